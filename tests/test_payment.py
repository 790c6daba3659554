"""Payments through the public endpoint: cash, prepayment, reversal, and that a refusal changes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.dump import audits, dump, owner
from tests.factories.world import NOW
from tests.money import Till, codes, field, key, made, yuan
from tests.paging import check_paging

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

CASHIERS = 50


@pytest.fixture
def till(client: Client) -> Till:
    return Till(client)


async def later(till: Till, due: str, month: str, amount: str = "100") -> str:
    """A further bill of the resident."""
    lines = [{"description": month, "quantity": "1", "unitPrice": amount}]
    bill = made(await till.bill(periodFrom=f"{month}-01", periodUntil=f"{month}-28", dueOn=due, lines=lines))
    id_: str = bill["id"]
    return id_


async def test_the_oldest_due_date_is_paid_first(till: Till, house: House) -> None:
    late, early = await later(till, "2026-12-10", "2026-09"), await later(till, "2026-11-01", "2026-10")
    world = till.id("bill0")  # 342.86, due on 2026-11-22
    payment = made(await till.pay("500.00"))
    assert (payment["method"], payment["amount"]["amount"], payment["prepaidAmount"]["amount"]) == (
        "CASH",
        "500.00",
        "0.00",
    )
    assert (payment["version"], payment["viewerCanReverse"], payment["number"][:7]) == (1, True, "261122-")
    shares = {node["bill"]["id"]: node["amount"]["amount"] for node in payment["allocations"]["nodes"]}
    assert shares == {early: "100.00", world: "342.86", late: "57.14"}
    assert await till.shown(early) == ("PAID", "100.00", "0.00")
    assert await till.shown(world) == ("PAID", "342.86", "0.00")
    assert await till.shown(late) == ("PARTLY_PAID", "100.00", "42.86")
    (audit,) = await audits(house, "payment.record")
    assert (audit["account_id"], audit["after"]["amount"]) == (till.client.world.acme.keys["cashier"], 50_000)
    assert len(await audits(house, "bill.settle")) == 3
    await till.check()


async def test_the_cashier_names_the_bills(till: Till) -> None:
    late, early = await later(till, "2026-12-10", "2026-09"), await later(till, "2026-11-01", "2026-10")
    neighbours = till.id("bill1")  # somebody else's may be paid too
    payment = made(await till.pay("145.00", billIds=[late, neighbours, late, early]))
    shares = [(node["bill"]["id"], node["amount"]["amount"]) for node in payment["allocations"]["nodes"]]
    assert sorted(shares) == sorted([(late, "100.00"), (neighbours, "40.00"), (early, "5.00")])
    assert await till.shown(till.id("bill0")) == ("OPEN", "342.86", "342.86")
    await till.check()


async def test_too_much_is_refused_or_becomes_prepayment(till: Till, house: House) -> None:
    before = await dump(house)
    answer = await till.pay("342.87")
    assert (codes(answer), field(answer)) == (["PAYMENT_EXCEEDS_DUE"], ["input", "amount"])
    assert "0.01" in answer["data"]["x"]["userErrors"][0]["message"]
    assert await dump(house) == before
    payment = made(await till.pay("342.87", restToPrepayment=True))
    assert payment["prepaidAmount"]["amount"] == "0.01"
    assert codes(await till.pay("1.00")) == ["PAYMENT_EXCEEDS_DUE"], "nothing is owed any more"
    ahead = made(await till.pay("20.00", billIds=[], restToPrepayment=True))
    assert (ahead["prepaidAmount"]["amount"], ahead["allocations"]["nodes"]) == ("20.00", [])
    assert await prepaid(till, "resident") == ["20.01"]
    await till.check()


async def prepaid(till: Till, who: str) -> list[str]:
    """The balances that a resident sees of himself."""
    query = "{ viewer { person { prepayments { nodes { kind balance { amount } property { id } } } } } }"
    nodes = (await till.client.data(query, who))["viewer"]["person"]["prepayments"]["nodes"]
    assert all(node["kind"] == "PREPAYMENT" for node in nodes)
    return [node["balance"]["amount"] for node in nodes]


async def test_a_prepayment_settles(till: Till, house: House) -> None:
    payment = made(await till.apply())
    assert (payment["method"], payment["amount"]["amount"]) == ("PREPAYMENT", "15.00")
    assert await till.shown(till.id("bill1")) == ("PARTLY_PAID", "100.00", "25.00")
    assert await prepaid(till, "neighbour") == ["0.00"]
    assert len(await audits(house, "prepayment.apply")) == 1
    await till.check()
    before = await dump(house)
    assert codes(await till.apply()) == ["PREPAYMENT_INSUFFICIENT"]
    assert await dump(house) == before
    undone = made(await till.reverse(payment["id"]))
    assert undone["viewerCanReverse"] is False
    assert await prepaid(till, "neighbour") == ["15.00"]
    assert await till.shown(till.id("bill1")) == ("PARTLY_PAID", "100.00", "40.00")
    await till.check()


async def test_no_more_of_a_prepayment_than_there_is_or_is_owed(till: Till, house: House) -> None:
    before = await dump(house)
    short = await till.apply(amount=yuan("15.01"))
    assert (codes(short), field(short)) == (["PREPAYMENT_INSUFFICIENT"], ["input", "amount"])
    nothing = await till.apply(billIds=[])
    assert (codes(nothing), field(nothing)) == (["NOTHING_DUE"], ["input", "billIds"])
    assert await dump(house) == before
    made(await till.apply(amount=yuan("5.00")))
    neighbour = till.id("neighbour_person")
    made(await till.pay("30.00", payerId=neighbour))
    over = await till.apply(amount=yuan("5.01"))
    assert codes(over) == ["PAYMENT_EXCEEDS_DUE"]
    made(await till.apply())
    assert await till.shown(till.id("bill1")) == ("PAID", "100.00", "0.00")
    assert await prepaid(till, "neighbour") == ["5.00"]
    done = await till.apply()
    assert (codes(done), field(done)) == (["NOTHING_DUE"], ["input", "personId"])
    await till.check()


async def test_a_reversal_opens_the_bills_again(till: Till, house: House) -> None:
    second = await later(till, "2026-12-10", "2026-09")
    payment = made(await till.pay("400.00"))
    undone = made(await till.reverse(payment["id"], reason=" 找错 "))
    assert (undone["reversedAt"], undone["reverseReason"], undone["version"]) == (
        "2026-11-22T02:00:00.000000Z",
        "找错",
        2,
    )
    assert all(node["reversedAt"] for node in undone["allocations"]["nodes"])
    assert await till.shown(till.id("bill0")) == ("OPEN", "342.86", "342.86")
    assert await till.shown(second) == ("OPEN", "100.00", "100.00")
    (audit,) = await audits(house, "payment.reverse")
    assert (audit["before"]["reversed_at"], audit["after"]["reverse_reason"]) == (None, "找错")
    await till.check()
    before = await dump(house)
    again = await till.reverse(payment["id"], version=2)
    assert (codes(again), field(again)) == (["PAYMENT_ALREADY_REVERSED"], ["id"])
    stale = await till.reverse(payment["id"])
    assert (codes(stale), stale["data"]["x"]["payment"]["version"]) == (["CONFLICT"], 2)
    assert await dump(house) == before
    assert made(await till.pay("442.86"))["amount"]["amount"] == "442.86"
    await till.check()


async def test_a_prepayment_that_was_used_is_not_reversed(till: Till, house: House) -> None:
    applied = made(await till.apply(amount=yuan("0.01")))
    before = await dump(house)
    answer = await till.reverse(till.id("payment"))
    assert (codes(answer), field(answer)) == (["PREPAYMENT_SPENT"], ["id"])
    assert answer["data"]["x"]["payment"]["reversedAt"] is None
    assert await dump(house) == before
    made(await till.reverse(applied["id"]))
    made(await till.reverse(till.id("payment")))
    assert await till.shown(till.id("bill1")) == ("OPEN", "100.00", "100.00")
    assert await prepaid(till, "neighbour") == ["0.00"]
    await till.check()


async def test_a_receipt_number_is_taken_once(till: Till, house: House) -> None:
    first = made(await till.pay("10.00", receiptNumber=" 0007 "))
    assert first["receiptNumber"] == "0007"
    before = await dump(house)
    again = await till.pay("10.00", receiptNumber="0007")
    assert (codes(again), field(again)) == (["PAYMENT_ALREADY_RECORDED"], ["input", "receiptNumber"])
    assert again["data"]["x"]["payment"]["id"] == first["id"]
    assert await dump(house) == before
    answers = await asyncio.gather(*(till.pay("1.00", receiptNumber="0008") for _ in range(8)))
    assert sorted(code for answer in answers for code in codes(answer)) == ["PAYMENT_ALREADY_RECORDED"] * 7
    assert await till.shown(till.id("bill0")) == ("PARTLY_PAID", "342.86", "331.86")
    await till.check()


@pytest.mark.parametrize("named", [True, False])
async def test_many_cashiers_never_overpay_a_bill(till: Till, house: House, named: bool) -> None:
    """50 at once, 10.00 each, on a bill of 342.86: 34 are taken."""
    bills: dict[str, Any] = {"billIds": [till.id("bill0")]} if named else {}
    answers = await asyncio.gather(*(till.pay("10.00", **bills) for _ in range(CASHIERS)))
    taken = [made(answer) for answer in answers if not codes(answer)]
    refused = [code for answer in answers for code in codes(answer)]
    assert (len(taken), refused) == (34, ["PAYMENT_EXCEEDS_DUE"] * 16)
    assert await till.shown(till.id("bill0")) == ("PARTLY_PAID", "342.86", "2.86")
    (cash,) = await owner(
        house, "SELECT balance FROM ledger_account WHERE id = $1", till.client.world.acme.keys["cash"]
    )
    assert cash["balance"] == 7_500 + 34_000
    await till.check()


async def test_everything_at_once_never_locks_up(till: Till) -> None:
    """Payments over the same bills in opposite orders, credits, reversals and prepayments, all at the same time."""
    bills = [await later(till, f"2026-12-{n + 1:02}", f"2025-{n + 1:02}") for n in range(6)]
    taken = [made(await till.pay("3.00", billIds=bills)) for _ in range(4)]
    work: list[Any] = []
    for n, payment in enumerate(taken):
        work.append(till.reverse(payment["id"]))
        work.append(till.pay("250.00", billIds=bills if n % 2 else bills[::-1], restToPrepayment=True))
        work.append(till.apply(personId=till.id("resident_person")))
        work.append(till.credit(bills[n], "1.00", version=5))
        work.append(till.bill(periodFrom=f"2024-{n + 1:02}-01"))
    answers = await asyncio.gather(*work)
    assert not [answer for answer in answers if "errors" in answer]
    await till.check()


async def test_who_takes_no_money_changes_nothing(till: Till, house: House) -> None:
    before = await dump(house)
    for who, code in (
        ("manager", "FORBIDDEN"),  # who issues bills does not book payments
        ("admin", "FORBIDDEN"),
        ("control", "FORBIDDEN"),
        ("resident", "FORBIDDEN"),
        ("away_manager", "NOT_FOUND"),
        (None, "UNAUTHENTICATED"),
    ):
        assert codes(await till.pay("999.00", who, billIds=[till.id("away_bill")])) == [code], who
        assert codes(await till.apply(who, amount=yuan("999.00"))) == [code], who
    for who, code in (
        ("manager", "FORBIDDEN"),
        ("neighbour", "FORBIDDEN"),  # he sees it: it is his
        ("resident", "NOT_FOUND"),
        ("control", "NOT_FOUND"),
        ("away_manager", "NOT_FOUND"),
        (None, "UNAUTHENTICATED"),
    ):
        assert codes(await till.reverse(till.id("payment"), 9, who, reason="")) == [code], who
    assert await dump(house) == before


async def test_a_bad_field_is_named(till: Till, house: House) -> None:
    before = await dump(house)
    wrong: list[tuple[str, Any, str]] = [
        ("propertyId", "nonsense", "BAD_USER_INPUT"),
        ("payerId", "nonsense", "BAD_USER_INPUT"),
        ("payerId", till.id("away_resident_person"), "NOT_FOUND"),
        ("amount", yuan("0"), "BAD_USER_INPUT"),
        ("amount", yuan("-1"), "BAD_USER_INPUT"),
        ("amount", yuan("999999999999"), "BAD_USER_INPUT"),
        ("billIds", [till.id("bill0")] * 101, "BAD_USER_INPUT"),
        ("billIds", ["nonsense"], "BAD_USER_INPUT"),
        ("billIds", [till.id("bill0"), till.id("away_bill")], "NOT_FOUND"),
        ("receiptNumber", " ", "BAD_USER_INPUT"),
        ("receiptNumber", "x" * 41, "BAD_USER_INPUT"),
    ]
    for name, value, code in wrong:
        wish = {"propertyId": till.id("home"), "payerId": till.id("resident_person"), "amount": yuan("1.00")}
        answer = await till.say("paymentRecord", "cashier", {**wish, name: value})
        assert (codes(answer), field(answer)) == ([code], ["input", name]), (name, value)
    for reason in ("", " ", "x" * 201):
        answer = await till.reverse(till.id("payment"), reason=reason)
        assert (codes(answer), field(answer)) == (["BAD_USER_INPUT"], ["input", "reason"])
    assert await dump(house) == before


async def test_lists_page_and_filter(till: Till, house: House) -> None:
    for _ in range(3):
        made(await till.pay("1.00"))
    where = f'propertyId: "{till.id("home")}"'
    data = await till.client.data(f"{{ payments({where} order: OLDEST first: 100) {{ nodes {{ id }} }} }}")
    oldest = [node["id"] for node in data["payments"]["nodes"]]
    assert len(oldest) == 4
    await owner(house, "UPDATE payment SET updated_at = $1 WHERE id = $2", NOW + timedelta(days=1), key(oldest[1]))
    changed = [oldest[1], oldest[3], oldest[2], oldest[0]]
    for order, expected in (("OLDEST", oldest), ("NEWEST", oldest[::-1]), ("LAST_CHANGED", changed)):
        await check_paging(till.client, "payments", "cashier", f"{where} order: {order}", expected)
    for person, count in (("resident_person", 3), ("neighbour_person", 1)):
        chosen = f'{where} filter: {{ payerId: "{till.id(person)}" }}'
        data = await till.client.data(f"{{ payments({chosen}) {{ nodes {{ id }} }} }}", "cashier")
        assert len(data["payments"]["nodes"]) == count
