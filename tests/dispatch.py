"""Asks for what dispatch shows and does, in the words of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.work import do, order_of

if TYPE_CHECKING:
    from tests.client import Client

RULE = """mutation ($input: DispatchRuleSetInput!) { x: dispatchRuleSet(input: $input) {
    dispatchRule { id version enabled rounds loadWeight acceptNormal } userErrors { code field } } }"""
CANDIDATES = "candidates { staff { id } score excluded text terms { code points text } }"
WHY = f"""query ($id: ID!) {{ workOrder(id: $id) {{ id version status assignee {{ id }} dispatchState dispatchReason
    dispatchDueAt escalatedAt whyAssigned {{ outcome score text round staff {{ id }} decidedBy {{ id }}
    terms {{ code points text }} {CANDIDATES} }} decisions {{ nodes {{ outcome reason staff {{ id }} round }} }}
    steps(first: 50) {{ nodes {{ verb staff {{ id }} assignee {{ id }} }} }} }} }}"""
QUEUE = """query ($home: ID!) { dispatchQueue(propertyId: $home, first: 50) { nodes {
    id dispatchState dispatchReason decisions(last: 1) { nodes { outcome staff { id } } } } } }"""
SHIFT = """mutation ($input: ShiftAssignInput!) { x: shiftAssign(input: $input) {
    results { shiftAssignment { id } userErrors { code } } userErrors { code } } }"""


async def set_rule(client: Client, who: str = "manager", **wish: Any) -> dict[str, Any]:
    """Set the rule of home, which has version 1 in the world; what it is after that."""
    given = {"propertyId": client.world.acme.id("home"), "expectedVersion": 1, **wish}
    answer = (await client.data(RULE, who, input=given))["x"]
    assert answer["userErrors"] == [], answer
    rule: dict[str, Any] = answer["dispatchRule"]
    return rule


async def raised(client: Client, text: str = "漏水", **wish: Any) -> dict[str, Any]:
    """The order of a new repair that the desk takes down."""
    given = {"propertyId": client.world.acme.id("home"), "kind": "REPAIR", "category": "水管", "text": text, **wish}
    ticket = await do(client, "ticketCreate", "desk", None, **given)
    return await order_of(client, ticket["id"])


async def why(client: Client, order: str, who: str = "manager", locale: str = "en") -> dict[str, Any]:
    """An order and how it came to its assignee."""
    headers = {**client.headers(who), "accept-language": locale}
    answer = await client.http.post("/graphql", json={"query": WHY, "variables": {"id": order}}, headers=headers)
    found: dict[str, Any] = answer.json()["data"]["workOrder"]
    return found


async def queue(client: Client, who: str = "manager") -> list[tuple[str, str, str]]:
    """What waits for a person: the order, the state, why."""
    nodes = (await client.data(QUEUE, who, home=client.world.acme.id("home")))["dispatchQueue"]["nodes"]
    return [(node["id"], node["dispatchState"], node["dispatchReason"]) for node in nodes]


async def on_shift(client: Client, login: str, shift: str, day: str = "2026-11-22") -> None:
    """Put somebody on the roster."""
    item = {"staffId": client.world.acme.id(f"{login}_staff"), "shiftId": shift, "day": day}
    (done,) = (await client.data(SHIFT, "manager", input={"items": [item]}))["x"]["results"]
    assert done["userErrors"] == [], done
