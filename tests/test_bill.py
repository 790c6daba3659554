"""Bills through the public endpoint: issuing, credit notes, who sees which, and that a refusal changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from adapters.database import UniqueViolation
from models import ChargeItem, Property
from models.rules.bill import Line
from resolvers.bill import Draft, issue
from resolvers.unit import system_unit
from tests.dump import audits, dump, owner, rewrite
from tests.factories.world import NOW
from tests.money import Till, codes, field, key, made
from tests.paging import check_paging
from tests.visible.furnish import Furnisher

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

READ = """query ($id: ID!) { bill(id: $id) {
    number periodFrom periodUntil dueOn issuedAt property { id } building { id } unit { id } payer { id }
    chargeItem { id } lines { nodes { kind description quantity unitPrice amount { amount } } } } }"""


@pytest.fixture
def till(client: Client) -> Till:
    return Till(client)


def line(description: str, quantity: str, price: str, amount: str, kind: str = "CHARGE") -> dict[str, Any]:
    """A line as it is shown."""
    values = {"kind": kind, "description": description, "quantity": quantity, "unitPrice": price}
    return {**values, "amount": {"amount": amount}}


async def test_a_bill_is_the_sum_of_its_lines(till: Till, house: House) -> None:
    lines = [
        {"description": " 物业费 ", "quantity": "120.3", "unitPrice": "2.85"},
        {"description": "垃圾费", "quantity": "1", "unitPrice": "10"},
    ]
    bill = made(await till.bill(lines=lines, dueOn="2026-12-15"))
    assert (bill["status"], bill["version"], bill["number"][:7]) == ("OPEN", 1, "261122-")
    assert (bill["amount"], bill["openAmount"]) == ({"amount": "352.86", "currency": "CNY"}, {"amount": "352.86"})
    assert bill["viewerCanCredit"] is True
    shown = (await till.client.data(READ, "resident", id=bill["id"]))["bill"]
    assert shown == {
        "number": bill["number"],
        "periodFrom": "2026-12-01",
        "periodUntil": "2026-12-31",
        "dueOn": "2026-12-15",
        "issuedAt": "2026-11-22T02:00:00.000000Z",
        "property": {"id": till.id("home")},
        "building": {"id": till.id("building")},
        "unit": {"id": till.id("unit0")},
        "payer": {"id": till.id("resident_person")},
        "chargeItem": {"id": till.id("charge_item")},
        "lines": {
            "nodes": [line("物业费", "120.3000", "2.8500", "342.86"), line("垃圾费", "1.0000", "10.0000", "10.00")]
        },
    }
    (audit,) = await audits(house, "bill.issue")
    assert (audit["account_id"], audit["subject_id"]) == (till.client.world.acme.keys["manager"], key(bill["id"]))
    assert audit["after"]["amount"] == 35_286
    assert (await till.check())["accounts"] == 6


@pytest.mark.parametrize(("rounding", "amount"), [("HALF_UP", "0.01"), ("UP", "0.01"), ("DOWN", "0.00")])
async def test_the_item_says_how_to_round(till: Till, rounding: str, amount: str) -> None:
    wish = {"propertyId": till.id("home"), "code": "R", "name": "R", "rounding": rounding}
    item = made(await till.say("chargeItemCreate", "manager", wish))["id"]
    lines = [{"description": "x", "quantity": q, "unitPrice": p} for q, p in (("1", "0.005"), ("1", "1"))]
    bill = made(await till.bill(chargeItemId=item, lines=lines))
    assert bill["amount"]["amount"] == f"1.{amount[2:]}"
    await till.check()


async def test_a_period_is_billed_once_until_it_is_credited(till: Till, house: House) -> None:
    bill = made(await till.bill())
    before = await dump(house)
    again = await till.bill(lines=[{"description": "y", "quantity": "1", "unitPrice": "1"}])
    assert (codes(again), field(again)) == (["BILL_EXISTS"], ["input", "periodFrom"])
    assert again["data"]["x"]["bill"]["id"] == bill["id"]
    assert await dump(house) == before
    assert made(await till.bill(periodUntil="2026-12-30"))["id"] != bill["id"], "another period"
    gone = made(await till.credit(bill["id"], "100.00"))
    assert (gone["status"], gone["amount"]["amount"], gone["viewerCanCredit"]) == ("CREDITED", "0.00", False)
    assert made(await till.bill())["status"] == "OPEN"
    await till.check()


async def test_the_database_itself_refuses_a_second_bill(till: Till, house: House) -> None:
    """Past every check: as two runs that read before either wrote."""
    made(await till.bill())
    before = await dump(house)
    keys = till.client.world.acme.keys
    with pytest.raises(UniqueViolation):
        async with system_unit(house, keys["organization"]) as unit:
            await issue(unit, await Property.get(id=keys["home"]), [await draft(till, "unit0", "resident_person", 12)])
    assert await dump(house) == before


async def draft(till: Till, unit: str, payer: str, month: int) -> Draft:
    keys = till.client.world.acme.keys
    return Draft(
        unit_id=keys[unit],
        building_id=keys["building"],
        charge_item=await ChargeItem.get(id=keys["charge_item"]),
        payer_id=keys[payer],
        period_from=date(2026, month, 1),
        period_until=date(2026, month, 31),
        due_on=date(2026, month, 10),
        lines=[Line("物业费", 10_000, 1_000_000)],
        issued_at=NOW - timedelta(days=30 * (12 - month)),
    )


async def test_many_bills_take_few_statements(till: Till, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = till.client.world.acme.keys
    async with system_unit(house, keys["organization"]) as unit:
        place, posted = await Property.get(id=keys["home"]), 0
        drafts = [
            await draft(till, unit, payer, month)
            for unit, payer in (("unit0", "resident_person"), ("unit1", "neighbour_person"))
            for month in (1, 3, 5, 7, 8, 10)
        ]
        real = unit.tx.fetch

        async def counted(sql: str, *args: Any) -> Any:
            nonlocal posted
            posted += "UPDATE ledger_account" in sql
            return await real(sql, *args)

        monkeypatch.setattr(unit.tx, "fetch", counted)
        bills = await issue(unit, place, drafts, announce=False)
    assert posted == 1, "one statement moves every balance"
    assert len({bill.number for bill in bills}) == 12
    assert {bill.number[:6] for bill in bills if bill.period_from.month == 10} == {"260923"}
    assert await owner(house, "SELECT * FROM event") == []
    assert len(await audits(house, "bill.issue")) == 12
    checked = await till.check()
    assert (checked["accounts"], checked["debits"]["amount"]) == (5 + 12, "1717.86")


async def test_a_credit_note_is_a_line(till: Till, house: House) -> None:
    bill = made(await till.bill())
    after = made(await till.credit(bill["id"], "30.50", reason=" 面积更正 "))
    assert (after["status"], after["version"]) == ("OPEN", 2)
    assert (after["amount"]["amount"], after["openAmount"]["amount"]) == ("69.50", "69.50")
    lines = (await till.client.data(READ, id=bill["id"]))["bill"]["lines"]["nodes"]
    assert [each["amount"]["amount"] for each in lines] == ["100.00", "-30.50"]
    assert lines[1] == line("面积更正", "1.0000", "-30.5000", "-30.50", "CREDIT")
    (audit,) = await audits(house, "bill.credit")
    assert (audit["before"]["amount"], audit["after"]["amount"]) == (10_000, 6_950)
    await till.check()


async def test_no_more_is_credited_than_is_open(till: Till, house: House) -> None:
    bill = made(await till.bill())
    made(await till.pay("60.00", billIds=[bill["id"]]))
    before = await dump(house)
    answer = await till.credit(bill["id"], "40.01", version=2)
    assert (codes(answer), field(answer)) == (["CREDIT_EXCEEDS_OPEN"], ["input", "amount"])
    assert answer["data"]["x"]["bill"]["openAmount"]["amount"] == "40.00"
    assert await dump(house) == before
    assert made(await till.credit(bill["id"], "40.00", version=2))["status"] == "PAID"
    assert await till.shown(bill["id"]) == ("PAID", "60.00", "0.00")
    assert codes(await till.credit(bill["id"], "0.01", version=3)) == ["CREDIT_EXCEEDS_OPEN"]
    await till.check()


async def test_an_old_version_is_a_conflict(till: Till, house: House) -> None:
    bill = made(await till.bill())
    made(await till.credit(bill["id"], "1.00"))
    before = await dump(house)
    answer = await till.credit(bill["id"], "1.00")
    assert (codes(answer), field(answer)) == (["CONFLICT"], ["input", "expectedVersion"])
    assert answer["data"]["x"]["bill"]["version"] == 2
    assert await dump(house) == before


async def test_who_issues_no_bills_changes_nothing(till: Till, house: House) -> None:
    before = await dump(house)
    for who, code in (
        ("cashier", "FORBIDDEN"),
        ("control", "FORBIDDEN"),
        ("resident", "FORBIDDEN"),
        ("neighbour", "NOT_FOUND"),
        ("away_manager", "NOT_FOUND"),
        (None, "UNAUTHENTICATED"),
    ):
        assert codes(await till.bill(who, lines=[], periodUntil="2026-11-01")) == [code], who
    for who, code in (
        ("cashier", "FORBIDDEN"),
        ("resident", "FORBIDDEN"),
        ("neighbour", "NOT_FOUND"),
        ("control", "NOT_FOUND"),
        ("away_manager", "NOT_FOUND"),
        (None, "UNAUTHENTICATED"),
    ):
        assert codes(await till.credit(till.id("bill0"), "999999.00", 7, who)) == [code], who
    assert await dump(house) == before


LINE = {"description": "x", "quantity": "1", "unitPrice": "1"}
BAD: list[tuple[str, Any]] = [
    ("unitId", "nonsense"),
    ("chargeItemId", "nonsense"),
    ("payerId", "nonsense"),
    ("periodUntil", "2026-11-30"),
    ("lines", []),
    ("lines", [LINE] * 101),
    ("lines", [{**LINE, "description": " "}]),
    ("lines", [{**LINE, "description": "x" * 201}]),
    ("lines", [{**LINE, "quantity": "0"}]),
    ("lines", [{**LINE, "quantity": "-1"}]),
    ("lines", [{**LINE, "unitPrice": "-0.0001"}]),
    ("lines", [{**LINE, "unitPrice": "0"}]),
    ("lines", [{**LINE, "quantity": "999999999", "unitPrice": "999999999"}]),
]


async def test_a_bad_field_is_named(till: Till, house: House) -> None:
    keys = till.client.world.acme.keys
    before = await dump(house)
    for name, value in BAD:
        answer = await till.bill(**{name: value})
        assert (codes(answer), field(answer)) == (["BAD_USER_INPUT"], ["input", name]), (name, value)
    stranger = await till.bill(payerId=till.id("neighbour_person"))
    assert (codes(stranger), field(stranger)) == (["BAD_USER_INPUT"], ["input", "payerId"])
    elsewhere = await till.bill("chief", chargeItemId=till.id("away_charge_item"))
    assert (codes(elsewhere), field(elsewhere)) == (["NOT_FOUND"], ["input", "chargeItemId"])
    for amount in ("0", "-1.00", "0.00"):
        answer = await till.credit(till.id("bill0"), amount)
        assert (codes(answer), field(answer)) == (["BAD_USER_INPUT"], ["input", "amount"])
    for reason in ("", " ", "x" * 201):
        answer = await till.credit(till.id("bill0"), "1.00", reason=reason)
        assert (codes(answer), field(answer)) == (["BAD_USER_INPUT"], ["input", "reason"])
    assert await dump(house) == before
    await owner(house, "UPDATE charge_item SET archived_at = $1 WHERE id = $2", NOW, keys["charge_item"])
    archived = await till.bill()
    assert (codes(archived), field(archived)) == (["BAD_USER_INPUT"], ["input", "chargeItemId"])


async def add_former(till: Till, house: House) -> None:
    """A Person without an account."""
    acme, keys = till.client.world.acme, till.client.world.acme.keys
    keys["former"], acme.types["former"] = UUID(int=77), "Person"
    await owner(
        house,
        "INSERT INTO person (id, organization_id, name, created_at, updated_at, version)"
        " VALUES ($1, $2, 'former', $3, $3, 1)",
        keys["former"],
        keys["organization"],
        NOW,
    )


async def test_a_household_shares_bills_and_a_new_owner_sees_no_old_ones(till: Till, house: House) -> None:
    """unit0 had an owner before; the neighbour joins the resident on the 24th; the resident leaves on the 25th."""
    acme, keys = till.client.world.acme, till.client.world.acme.keys
    await add_former(till, house)
    add = Furnisher(house, acme, 900)
    place = {"property_id": keys["home"], "building_id": keys["building"], "unit_id": keys["unit0"]}
    for person, kind, since, until in (
        ("former", "OWNER", date(2010, 1, 1), date(2019, 12, 31)),
        ("neighbour_person", "FAMILY", date(2026, 11, 24), None),
    ):
        days = {"move_in_on": since, "move_out_on": until, "updated_at": NOW, "version": 1}
        await add.insert(f"{person}_here", "occupancy", "Occupancy", person_id=keys[person], kind=kind, **place, **days)
    leaves = "UPDATE occupancy SET move_out_on = $1 WHERE id = $2"
    await rewrite(house, leaves, date(2026, 11, 25), keys["resident_occupancy"])
    old = made(await till.bill(payerId=acme.id("former")))["id"]
    new = made(await till.bill(periodUntil="2026-12-30"))["id"]

    async def sees(login: str) -> list[bool]:
        data = await till.client.data(f'{{ a: bill(id: "{old}") {{ id }} b: bill(id: "{new}") {{ id }} }}', login)
        return [data["a"] is not None, data["b"] is not None]

    logins = ("manager", "resident", "neighbour")
    assert [await sees(login) for login in logins] == [[True, True], [False, True], [False, False]]
    house.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    assert [await sees(login) for login in logins] == [[True, True], [False, True], [False, True]]
    house.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    assert await sees("neighbour") == [False, False], "the payer holds it no longer"
    assert await sees("resident") == [False, True], "a debt does not end with the occupancy"
    query = f'{{ bill(id: "{new}") {{ property {{ id }} openAmount {{ amount }} }} }}'
    shown = await till.client.data(query, "resident")
    assert shown["bill"] == {"property": None, "openAmount": {"amount": "100.00"}}


async def test_lists_page_in_every_order(till: Till, house: House) -> None:
    due = {"2026-12-01": "2026-12-09", "2026-10-01": "2026-11-30", "2026-09-01": "2026-12-09"}
    for start, day in due.items():
        made(await till.bill(periodFrom=start, dueOn=day))
    where = f'propertyId: "{till.id("home")}"'
    data = await till.client.data(f"{{ bills({where} order: OLDEST first: 100) {{ nodes {{ id dueOn }} }} }}")
    nodes = data["bills"]["nodes"]
    oldest = [node["id"] for node in nodes]
    assert len(oldest) == 5
    by_due = [node["id"] for node in sorted(nodes, key=lambda node: node["dueOn"])]
    assert by_due not in (oldest, oldest[::-1])
    await owner(house, "UPDATE bill SET updated_at = $1 WHERE id = $2", NOW + timedelta(days=1), key(oldest[1]))
    changed = [oldest[1], oldest[4], oldest[3], oldest[2], oldest[0]]
    for order, expected in (
        ("OLDEST", oldest),
        ("NEWEST", oldest[::-1]),
        ("DUE_FIRST", by_due),
        ("LAST_CHANGED", changed),
    ):
        await check_paging(till.client, "bills", "manager", f"{where} order: {order}", expected)


async def test_filters(till: Till, house: House) -> None:
    house.clock.move(timedelta(hours=14))  # type: ignore[attr-defined]  # 16:00 UTC: the 23rd in Shanghai
    made(await till.bill(dueOn="2026-11-23"))
    paid = made(await till.bill(periodUntil="2026-12-30", dueOn="2026-01-01"))["id"]
    made(await till.pay("100.00", billIds=[paid]))
    cases = {
        "status: [OPEN]": 2,
        "status: [OPEN, PARTLY_PAID]": 3,
        "status: [PAID]": 1,
        "status: []": 0,
        f'unitId: "{till.id("unit1")}"': 1,
        f'payerId: "{till.id("resident_person")}"': 3,
        "overdue: true": 2,  # those of the world, due on the 22nd
        "overdue: false": 4,
        "overdue: true, status: [OPEN]": 1,
    }
    for chosen, count in cases.items():
        query = f'{{ bills(propertyId: "{till.id("home")}", filter: {{ {chosen} }}) {{ nodes {{ id }} }} }}'
        assert len((await till.client.data(query))["bills"]["nodes"]) == count, chosen
    house.clock.move(timedelta(seconds=-1))  # type: ignore[attr-defined]
    query = f'{{ bills(propertyId: "{till.id("home")}", filter: {{ overdue: true }}) {{ nodes {{ id }} }} }}'
    assert (await till.client.data(query))["bills"]["nodes"] == [], "the last day to pay is not over"


async def test_places_and_people_show_their_bills(till: Till) -> None:
    query = "{ nodes { id } }"
    unit = await till.client.data(f'{{ unit(id: "{till.id("unit0")}") {{ bills {query} }} }}', "resident")
    assert unit["unit"]["bills"]["nodes"] == [{"id": till.id("bill0")}]
    who = f"{{ viewer {{ person {{ bills {query} prepayments {{ nodes {{ balance {{ amount }} }} }} }} }} }}"
    person = (await till.client.data(who, "neighbour"))["viewer"]["person"]
    assert person == {
        "bills": {"nodes": [{"id": till.id("bill1")}]},
        "prepayments": {"nodes": [{"balance": {"amount": "15.00"}}]},
    }
