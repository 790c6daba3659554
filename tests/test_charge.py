"""An order is charged to a resident through the ledger, once; and what the work cost the company."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.dump import audits, dump, owner
from tests.factories.world import NOW
from tests.money import ERRORS, Till, codes, field
from tests.test_work_order import stand
from tests.work import carry_out, do

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

SHOWN = """workOrder { id version viewerCanCharge bills { nodes { status } } }
  bill { id number workOrderNumber amount { amount } openAmount { amount } workOrder { id } payer { id }
    periodFrom periodUntil lines { nodes { description quantity unitPrice amount { amount } } } }"""
CHARGE = f"""mutation ($id: ID!, $input: WorkOrderChargeInput!) {{
  x: workOrderCharge(id: $id, input: $input) {{ {SHOWN} {ERRORS} }} }}"""
COSTS = """query ($p: ID!, $from: Date!, $until: Date!, $by: WorkOrderCostGroup!) {
  workOrderCosts(propertyId: $p, from: $from, until: $until, groupBy: $by) { orders labourMinutes
    workOrder { id } team { name } property { code }
    labour { amount } materials { amount } contractors { amount } total { amount } charged { amount } } }"""
TODAY = "2026-11-22"


async def charge(client: Client, who: str = "manager", order: str = "order1", version: int = 6, **wish: Any) -> Any:
    """The whole answer; 20.00 for a washer unless told."""
    acme = client.world.acme
    lines = [{"description": "密封圈", "quantity": "2", "unitPrice": "10"}]
    given = {"expectedVersion": version, "chargeItemId": acme.id("charge_item"), "dueOn": "2026-12-10", "lines": lines}
    return await client.post(CHARGE, who, id=acme.id(order), input={**given, **wish})


@pytest.fixture
async def done(client: Client) -> int:
    """order1 is done; its version."""
    acme = client.world.acme
    version = await carry_out(client, acme.id("order1"), 1)
    spent = {"staffId": acme.id("tech1_staff"), "minutes": 50, "cost": {"amount": "25.00"}}
    order = await do(
        client, "workOrderRecordLabour", "tech1", acme.id("order1"), expectedVersion=version, **spent
    )  # fmt: skip
    return int(order["version"])


async def test_an_order_becomes_a_bill_of_labour_materials_and_free_lines(
    client: Client, house: House, done: int
) -> None:
    acme, till = client.world.acme, Till(client)
    material = {"materialId": acme.id("material"), "unitPrice": "12.5"}
    answer = await charge(client, version=done, labourPrice="80", materials=[material])
    assert codes(answer) == []
    bill = answer["data"]["x"]["bill"]
    number = (await client.data("query ($i: ID!) { workOrder(id: $i) { number } }", i=acme.id("order1")))["workOrder"]
    assert (bill["workOrderNumber"], bill["workOrder"]) == (number["number"], {"id": acme.id("order1")})
    assert (bill["periodFrom"], bill["periodUntil"]) == (TODAY, TODAY)
    lines = [(line["quantity"], line["unitPrice"], line["amount"]["amount"]) for line in bill["lines"]["nodes"]]
    assert lines == [
        ("0.8333", "80.0000", "66.66"),
        ("1.0000", "12.5000", "12.50"),
        ("2.0000", "10.0000", "20.00"),
    ]
    assert bill["amount"] == bill["openAmount"] == {"amount": "99.16"}
    assert answer["data"]["x"]["workOrder"]["version"] == done + 1
    await till.check()
    (noted,) = await audits(house, "workOrder.charge")
    assert (noted["account_id"], noted["subject_id"]) == (acme.keys["manager"], acme.keys["order1"])
    # Its resident hears of it on the own stream, sees it with the order's number, and pays.
    told = await owner(house, "SELECT * FROM event WHERE stream_id = $1", acme.keys["resident"])
    assert [event["type"] for event in told][-1] == "bill.changed"
    seen = await client.data("query ($i: ID!) { bill(id: $i) { workOrderNumber } }", "resident", i=bill["id"])
    assert seen["bill"] == {"workOrderNumber": number["number"]}
    paid = await till.pay("99.16", billIds=[bill["id"]])
    assert codes(paid) == []
    await till.check()


async def test_an_order_is_charged_once_whoever_asks_and_anew_after_a_credit_note(
    client: Client, house: House, done: int
) -> None:
    till = Till(client)
    # At the same time, and one after the other: one bill.
    answers = await asyncio.gather(*(charge(client, version=done) for _ in range(8)))
    made = [answer for answer in answers if not codes(answer)]
    assert len(made) == 1
    assert {code for answer in answers for code in codes(answer)} == {"CONFLICT"}
    bills = "SELECT * FROM bill WHERE work_order_id IS NOT NULL"
    assert len(await owner(house, bills)) == 1
    before = await dump(house)
    again = await charge(client, version=done + 1)
    assert (codes(again), field(again)) == (["BILL_EXISTS"], ["id"])
    assert again["data"]["x"]["workOrder"]["bills"]["nodes"] == [{"status": "OPEN"}]
    assert await dump(house) == before
    # What is wrong is corrected by a credit note; credited as a whole, it is charged anew.
    bill = made[0]["data"]["x"]["bill"]["id"]
    assert codes(await till.credit(bill, "5.00")) == []
    assert codes(await charge(client, version=done + 1)) == ["BILL_EXISTS"]
    assert codes(await till.credit(bill, "15.00", version=2)) == []
    anew = await charge(client, version=done + 1)
    assert codes(anew) == []
    assert anew["data"]["x"]["workOrder"]["bills"]["nodes"] == [{"status": "CREDITED"}, {"status": "OPEN"}]
    assert len(await owner(house, bills)) == 2
    await till.check()


async def test_a_unit_has_several_charges_on_one_day_beside_its_bills(client: Client, house: House, done: int) -> None:
    keys = client.world.acme.keys
    assert codes(await charge(client, version=done)) == []
    await stand(house, client, "DONE", "order0")
    await owner(house, "UPDATE work_order SET completed_at = $1 WHERE id = $2", NOW, keys["order0"])
    assert codes(await charge(client, order="order0", version=1)) == []
    till = Till(client)
    day = {"periodFrom": TODAY, "periodUntil": TODAY}
    assert codes(await till.bill(**day)) == []
    assert codes(await till.bill(**day)) == ["BILL_EXISTS"]
    await till.check()


async def test_what_cannot_be_charged_is_refused_and_changes_nothing(client: Client, house: House, done: int) -> None:
    acme = client.world.acme
    material = {"materialId": acme.id("material"), "unitPrice": "1"}
    line = {"description": "x", "quantity": "1", "unitPrice": "1"}
    before = await dump(house)
    cases: list[tuple[str, dict[str, Any], str, list[str]]] = [
        ("CONFLICT", {"version": done - 1}, "manager", ["input", "expectedVersion"]),
        ("WORK_ORDER_NOT_CHARGEABLE", {"order": "order0", "version": 1}, "manager", ["id"]),
        ("BAD_USER_INPUT", {"materials": [{**material, "quantity": "1.0001"}]}, "manager", ["input", "materials"]),
        ("BAD_USER_INPUT", {"materials": [material, material]}, "manager", ["input", "materials"]),
        ("BAD_USER_INPUT", {"lines": []}, "manager", ["input", "lines"]),
        ("BAD_USER_INPUT", {"lines": [line] * 101}, "manager", ["input", "lines"]),
        ("BAD_USER_INPUT", {"lines": [{**line, "unitPrice": "0"}]}, "manager", ["input", "lines"]),
        ("BAD_USER_INPUT", {"payerId": acme.id("neighbour_person")}, "manager", ["input", "payerId"]),
        ("NOT_FOUND", {"chargeItemId": acme.id("away_charge_item")}, "admin", ["input", "chargeItemId"]),
    ]
    for code, wish, who, path in cases:
        answer = await charge(client, who, **{"version": done, **wish})
        assert (codes(answer), field(answer)) == ([code], path), wish
    assert await dump(house) == before
    for who in ("resident", "tech1", "desk"):
        assert codes(await charge(client, who, version=done)) == ["FORBIDDEN"], who
    assert codes(await charge(client, "cashier", version=done)) == ["NOT_FOUND"]
    assert await owner(house, "SELECT * FROM bill WHERE work_order_id IS NOT NULL") == []
    # An order of a common place is nobody's to pay.
    await owner(house, "UPDATE work_order SET unit_id = NULL WHERE id = $1", acme.keys["order1"])
    answer = await charge(client, version=done)
    assert (codes(answer), answer["data"]["x"]["workOrder"]["viewerCanCharge"]) == (
        ["WORK_ORDER_NOT_CHARGEABLE"],
        False,
    )


async def costs(client: Client, by: str, who: str = "manager", **window: str) -> list[dict[str, Any]]:
    """By order, team or Property; of today unless told."""
    given: dict[str, Any] = {"from": TODAY, "until": TODAY, **window}
    found = await client.data(COSTS, who, p=client.world.acme.id("home"), by=by, **given)
    return [
        {
            name: value["amount"] if isinstance(value, dict) and "amount" in value else value
            for name, value in row.items()
        }
        for row in found["workOrderCosts"]
    ]


async def test_costs_by_order_team_and_property(client: Client, house: House, done: int) -> None:
    acme = client.world.acme
    await owner(
        house,
        "UPDATE work_order SET completed_at = $1, labour_cost = 9000, labour_minutes = 10 WHERE id = $2",
        NOW,
        acme.keys["order0"],
    )
    answer = await charge(client, version=done)
    bill = answer["data"]["x"]["bill"]["id"]
    assert codes(await Till(client).credit(bill, "5.00")) == []
    first = {"orders": 1, "labourMinutes": 10, "labour": "90.00", "materials": "0.00", "contractors": "0.00"}
    second = {"orders": 1, "labourMinutes": 50, "labour": "25.00", "materials": "8.22", "contractors": "0.00"}
    nothing = {"workOrder": None, "team": None, "property": None}
    assert await costs(client, "WORK_ORDER") == [
        {**nothing, **first, "total": "90.00", "charged": "0.00", "workOrder": {"id": acme.id("order0")}},
        {**nothing, **second, "total": "33.22", "charged": "15.00", "workOrder": {"id": acme.id("order1")}},
    ]
    team = (await client.data("query ($i: ID!) { team(id: $i) { name } }", i=acme.id("team")))["team"]
    assert [(row["team"], row["total"]) for row in await costs(client, "TEAM")] == [(None, "90.00"), (team, "33.22")]
    (whole,) = await costs(client, "PROPERTY")
    assert (whole["orders"], whole["labour"], whole["materials"]) == (2, "115.00", "8.22")
    assert (whole["total"], whole["charged"], whole["property"]) == ("123.22", "15.00", {"code": "home"})
    # Days are those of the Property: what was done at 8 in the evening UTC is tomorrow's.
    late = "UPDATE work_order SET completed_at = $1 WHERE id = $2"
    await owner(house, late, NOW.replace(hour=20), acme.keys["order0"])
    assert (await costs(client, "PROPERTY"))[0]["orders"] == 1
    assert (await costs(client, "PROPERTY", until="2026-11-23"))[0]["orders"] == 2
    assert await costs(client, "PROPERTY", until="2026-11-21", **{"from": "2026-11-20"}) == []
    # What things cost is not for everybody, and not without an end.
    for who in ("resident", "tech1", "desk", "buyer"):
        assert await costs(client, "PROPERTY", who) == []
    rival: dict[str, Any] = {"p": client.world.rival.id("home"), "by": "PROPERTY", "from": TODAY, "until": TODAY}
    assert await client.data(COSTS, "admin", **rival) == {"workOrderCosts": []}
    for until in ("2026-11-21", "2027-11-23"):
        assert await client.codes(COSTS, **{**rival, "until": until}) == ["BAD_USER_INPUT"]
