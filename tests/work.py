"""Asks for a verb of tickets, work orders and attendance, in the words of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.client import Client

SHOWN = {
    "workOrder": "id version status assignee { id } rework: reworkCount",
    "ticket": "id version status stars reopenCount",
    "ticketCategory": "id version name archivedAt",
    "property": "id version ticketReopenDays ticketCloseDays attendanceToleranceMinutes",
    "attendance": "id version status day checkedInAt checkedOutAt minutes lateMinutes earlyMinutes correctedAt",
}


def node_of(verb: str) -> str:
    """The payload's field: ticketCategoryArchive answers with a ticketCategory."""
    return max((name for name in SHOWN if verb.startswith(name)), key=len)


async def ask(client: Client, verb: str, who: str, id_: str | None, **wish: Any) -> dict[str, Any]:
    """The whole answer."""
    kind = f"{verb[0].upper()}{verb[1:]}Input!"
    place, given = ("$id: ID!, ", "id: $id, ") if id_ else ("", "")
    shown = f"{node_of(verb)} {{ {SHOWN[node_of(verb)]} }} userErrors {{ code message field }}"
    document = f"mutation ({place}$input: {kind}) {{ x: {verb}({given}input: $input) {{ {shown} }} }}"
    variables: dict[str, Any] = {"input": wish, **({"id": id_} if id_ else {})}
    return await client.post(document, who, **variables)


async def do(client: Client, verb: str, who: str, id_: str | None, **wish: Any) -> dict[str, Any]:
    """The node after a verb that is done."""
    answer = await ask(client, verb, who, id_, **wish)
    assert "errors" not in answer, (verb, answer)
    assert answer["data"]["x"]["userErrors"] == [], (verb, answer)
    found: dict[str, Any] = answer["data"]["x"][node_of(verb)]
    return found


async def refused(client: Client, verb: str, who: str, id_: str | None, **wish: Any) -> str:
    """The code of a verb that is refused."""
    answer = await ask(client, verb, who, id_, **wish)
    errors = answer.get("errors")
    if errors:
        return str(errors[0]["extensions"]["code"])
    (error,) = answer["data"]["x"]["userErrors"]
    return str(error["code"])


async def order_of(client: Client, ticket: str, who: str = "manager") -> dict[str, Any]:
    """The newest order of a ticket."""
    fields = "id number version status closeAt reopenUntil reworkCount assignee { id }"
    query = f"query ($id: ID!) {{ ticket(id: $id) {{ workOrders(last: 1) {{ nodes {{ {fields} }} }} }} }}"
    (order,) = (await client.data(query, who, id=ticket))["ticket"]["workOrders"]["nodes"]
    return dict(order)


async def carry_out(client: Client, order: str, version: int, until: str = "Complete") -> int:
    """From assignment on, by tech1; the version after the step `until`."""
    tech = client.world.acme.id("tech1_staff")
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("Assign", "manager", {"staffId": tech}),
        ("Accept", "tech1", {}),
        ("Depart", "tech1", {}),
        ("Start", "tech1", {}),
        ("Complete", "tech1", {"result": "换了阀芯"}),
        ("Verify", "desk", {}),
        ("Close", "desk", {}),
    ]
    for name, who, wish in steps:
        version = (await do(client, f"workOrder{name}", who, order, expectedVersion=version, **wish))["version"]
        if name == until:
            break
    return version
