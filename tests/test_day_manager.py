"""A manager's day, through GraphQL alone: the board in the morning, the day's orders, what they cost, who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from tests.live.hearing import hears
from tests.live.talk import ORDERS, live_cursor
from tests.money import ERRORS, Till, codes
from tests.test_shift import say
from tests.work import do, order_of

if TYPE_CHECKING:
    from tests.client import Client
    from tests.conftest import Live

BOARD = """query ($p: ID!) { workOrderBoard(propertyId: $p) { liveCursor columns { status count
  workOrders(first: 5) { nodes { id summary viewerCanAssign viewerCanVerify viewerCanCharge } } } } }"""
CHARGE = f"""mutation ($id: ID!, $input: WorkOrderChargeInput!) {{ x: workOrderCharge(id: $id, input: $input) {{
  bill {{ id lines {{ nodes {{ description amount {{ amount }} }} }} }} {ERRORS} }} }}"""
COSTS = """query ($p: ID!, $day: Date!) { workOrderCosts(propertyId: $p, from: $day, until: $day, groupBy: TEAM) {
  team { name } orders labour { amount } materials { amount } total { amount } charged { amount } } }"""


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is."""
    return Limits(ws_ping_seconds=0.1)


async def counts(client: Client) -> dict[str, int]:
    """What is on the board now, empty columns left out."""
    found = (await client.data(BOARD, p=client.world.acme.id("home")))["workOrderBoard"]["columns"]
    return {column["status"]: column["count"] for column in found if column["count"]}


async def test_a_managers_day(live: Live) -> None:
    client, acme = live.client, live.client.world.acme
    till, home = Till(client), {"propertyId": acme.id("home")}
    # In the morning: who works today, and what is on the board. A tap was reported in the night.
    await do(client, "ticketCategoryCreate", "manager", None, **home, name="给排水", keywords=["龙头"], skill="水工")
    raised = await do(
        client, "ticketCreate", "resident", None, **home, unitId=acme.id("unit0"), kind="REPAIR", text="龙头断了"
    )
    early = {"name": "白班", "startsAt": "08:00", "endsAt": "17:00"}
    shift = (await say(client, "shiftCreate", **home, **early))["shift"]["id"]
    duty = {"staffId": acme.id("tech1_staff"), "shiftId": shift, "day": "2026-12-01"}
    assert (await say(client, "shiftAssign", items=[duty]))["results"][0]["userErrors"] == []
    board = (await client.data(BOARD, p=acme.id("home")))["workOrderBoard"]
    assert {c["status"]: c["count"] for c in board["columns"] if c["count"]} == {"CREATED": 2, "ASSIGNED": 1}
    waiting = board["columns"][0]["workOrders"]["nodes"]
    (tap,) = (card for card in waiting if card["summary"] == "给排水：龙头断了")
    assert (tap["viewerCanAssign"], tap["viewerCanVerify"], tap["viewerCanCharge"]) == (True, False, False)
    # It goes to a technician, who does it; the board follows by its cursor, card by card.
    order = tap["id"]
    version = (await order_of(client, raised["id"]))["version"]
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("Assign", "manager", {"staffId": acme.id("tech1_staff")}),
        ("Accept", "tech1", {}),
        ("Start", "tech1", {}),
        ("RecordLabour", "tech1", {"staffId": acme.id("tech1_staff"), "minutes": 45, "cost": {"amount": "30.00"}}),
        ("Complete", "tech1", {"result": "换了龙头"}),
    ]
    for name, who, wish in steps:
        version = (await do(client, f"workOrder{name}", who, order, expectedVersion=version, **wish))["version"]
    told = await hears(live, "manager", ORDERS, board["liveCursor"], await live_cursor(client))
    moves = [payload["data"]["workOrderChanged"] for payload in told]
    assert [(move["fromStatus"], move["toStatus"]) for move in moves] == [
        ("CREATED", "ASSIGNED"), ("ASSIGNED", "ACCEPTED"), ("ACCEPTED", "IN_PROGRESS"), ("IN_PROGRESS", "IN_PROGRESS"),
        ("IN_PROGRESS", "DONE"),
    ]  # fmt: skip
    assert await counts(client) == {"CREATED": 1, "ASSIGNED": 1, "DONE": 1}
    # The work is looked at: not tight yet, then well done.
    version = (await do(client, "workOrderReturn", "manager", order, expectedVersion=version, note="还在滴"))["version"]
    for name, who, wish in [*steps[1:3], ("Complete", "tech1", {"result": "重新上紧"}), ("Verify", "manager", {})]:
        version = (await do(client, f"workOrder{name}", who, order, expectedVersion=version, **wish))["version"]
    # The tap was broken by the household: it pays for the time and the tap. The item is the Property's own.
    item = await till.say("chargeItemCreate", "manager", {**home, "code": "WX", "name": "维修费"})
    wish = {
        "expectedVersion": version,
        "chargeItemId": item["data"]["x"]["chargeItem"]["id"],
        "dueOn": "2026-12-20",
        "labourPrice": "60",
        "lines": [{"description": "龙头", "quantity": "1", "unitPrice": "88"}],
    }
    charged = await client.post(CHARGE, "manager", id=order, input=wish)
    assert codes(charged) == []
    bill = charged["data"]["x"]["bill"]
    assert [(line["description"], line["amount"]["amount"]) for line in bill["lines"]["nodes"]] == [
        ("人工（小时）", "45.00"),
        ("龙头", "88.00"),
    ]
    number = (await order_of(client, raised["id"]))["number"]
    own = "query ($i: ID!) { bill(id: $i) { workOrderNumber openAmount { amount } workOrder { id } } }"
    assert (await client.data(own, "resident", i=bill["id"]))["bill"] == {
        "workOrderNumber": number, "openAmount": {"amount": "133.00"}, "workOrder": {"id": order},
    }  # fmt: skip
    # In the evening: what the day's work cost, by team, and that the books are right.
    version = (await order_of(client, raised["id"]))["version"]
    await do(client, "workOrderClose", "manager", order, expectedVersion=version)
    assert await counts(client) == {"CREATED": 1, "ASSIGNED": 1}
    (team,) = (await client.data(COSTS, p=acme.id("home"), day="2026-11-22"))["workOrderCosts"]
    assert (team["orders"], team["labour"], team["total"]) == (1, {"amount": "30.00"}, {"amount": "30.00"})
    assert (team["team"] is not None, team["charged"]) == (True, {"amount": "133.00"})
    await till.check()
