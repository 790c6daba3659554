"""Fields that null for who may not see them: phones, notes, costs; and filters that tell no more than the fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.rules.permission import Role
from tests.dump import owner
from tests.statements import watch

if TYPE_CHECKING:
    import pytest

    from resolvers.ports import House
    from tests.client import Client

PHONES = {"resident": "13611110001", "neighbour": "13611110002"}
PERSON = "query ($id: ID!) { person(id: $id) { name phone email } }"
PEOPLE = """query ($home: ID!, $phone: String) { people(propertyId: $home, filter: { phone: $phone }) {
    nodes { name phone email } } }"""
NOTES = """query ($order: ID!, $alarm: ID!, $lift: ID!) {
    workOrder(id: $order) { steps { nodes { note } } } alarm(id: $alarm) { acknowledgeNote clearReason }
    device(id: $lift) { notes supplier cost { amount } } }"""


async def known(client: Client, house: House) -> dict[str, Any]:
    """Phones and addresses of the residents; the tenants of the two Units live together."""
    keys = client.world.acme.keys
    for login, phone in PHONES.items():
        sql = "UPDATE person SET phone = $1, email = $2 WHERE id = $3"
        await owner(house, sql, phone, f"{login}@example.com", keys[f"{login}_person"])
    return dict(keys)


async def becomes(client: Client, house: House, login: str, role: Role) -> None:
    await owner(
        house, "UPDATE role_assignment SET role = $1 WHERE id = $2", role.value, client.world.acme.keys[f"{login}_role"]
    )


async def test_phone_and_email(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, acme = await known(client, house), client.world.acme
    await becomes(client, house, "cashier", Role.GUARD)  # who reads people, and has no business to call them
    await becomes(client, house, "control", Role.AUDITOR)
    resident, neighbour = ((PHONES[login], f"{login}@example.com") for login in PHONES)
    hidden = (None, None)
    shows: dict[str, Any] = {
        "manager": (resident, neighbour),
        "chief": (resident, neighbour),
        "cashier": (hidden, hidden),
        "control": (hidden, hidden),
        "resident": (resident, None),
        "neighbour": (None, neighbour),
        "tech1": (resident, None),  # the reporter of his order
        "away_manager": (None, None),
    }
    for who, expected in shows.items():
        found = [(await client.data(PERSON, who, id=acme.id(f"{login}_person")))["person"] for login in PHONES]
        assert tuple(one and (one["phone"], one["email"]) for one in found) == expected, who
        listed = (await client.data(PEOPLE, who, home=acme.id("home"), phone=PHONES["resident"]))["people"]["nodes"]
        # Only who sees the phone finds by it. A technician sees no list of people (tests/visible/core.py).
        assert len(listed) == (expected[0] == resident and who != "tech1"), who
    statements = watch(house, monkeypatch)
    for who, cost in (("manager", 2), ("chief", 1)):  # one more for a whole list, none with the right everywhere
        statements.clear()
        await client.data(PEOPLE, who, home=acme.id("home"))
        assert len(statements) == cost, statements
    sql = "UPDATE occupancy SET unit_id = $1 WHERE id = $2"
    await owner(house, sql, keys["unit0"], keys["neighbour_occupancy"])
    data = await client.data(PERSON, "resident", id=acme.id("neighbour_person"))
    assert data["person"]["phone"] == PHONES["neighbour"], "one's own household"


async def test_notes_and_costs(client: Client, house: House) -> None:
    acme, keys = client.world.acme, client.world.acme.keys
    assign = """mutation ($id: ID!, $input: WorkOrderAssignInput!) { workOrderAssign(id: $id, input: $input) {
        userErrors { code } } }"""
    wish = {"staffId": acme.id("tech1_staff"), "note": "业主难缠", "expectedVersion": 1}
    assert (await client.data(assign, id=acme.id("order0"), input=wish))["workOrderAssign"]["userErrors"] == []
    await owner(
        house, "UPDATE alarm SET acknowledge_note = '查过', clear_reason = '误报' WHERE id = $1", keys["alarm0"]
    )
    await owner(house, "UPDATE device SET notes = '每月检查' WHERE id = $1", keys["lift"])
    await becomes(client, house, "cashier", Role.GUARD)
    await becomes(client, house, "tech2", Role.BUYER)
    await becomes(client, house, "control", Role.AUDITOR)
    cost = {"amount": "186500.50"}
    shown: dict[str, tuple[Any, ...]] = {
        "manager": (["业主难缠"], ("查过", "误报"), ("每月检查", "acme 供应商", cost)),
        "control": (["业主难缠"], ("查过", "误报"), ("每月检查", "acme 供应商", cost)),
        "cashier": (None, (None, None), None),
        "tech1": (["业主难缠"], None, ("每月检查", None, None)),
        "tech2": (None, None, (None, "acme 供应商", cost)),
        "resident": ([None], None, None),
    }
    ids: dict[str, Any] = {"order": acme.id("order0"), "alarm": acme.id("alarm0"), "lift": acme.id("lift")}
    for who, (notes, said, file) in shown.items():
        data = await client.data(NOTES, who, **ids)
        order, alarm, device = data["workOrder"], data["alarm"], data["device"]
        assert (order and [step["note"] for step in order["steps"]["nodes"]]) == notes, who
        assert (alarm and (alarm["acknowledgeNote"], alarm["clearReason"])) == said, who
        assert (device and (device["notes"], device["supplier"], device["cost"])) == file, who
