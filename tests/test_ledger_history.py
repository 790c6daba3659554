"""Promise 5 over random histories: whatever is issued, credited, paid, reversed and applied, the books balance.

Each history has a payer of its own. A plain model beside it says what each step must do; after each step the database
must say the same: what is open of each bill, the prepayment, every status, and that the books of the Property balance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.base import encode
from tests.dump import owner
from tests.factories.world import NOW
from tests.faults import FULL
from tests.money import Till, codes, key, made, yuan

if TYPE_CHECKING:
    from collections.abc import Callable

    from resolvers.ports import House
    from tests.client import Client

pytestmark = pytest.mark.timeout(3_600 if FULL else 120)
HISTORIES, STEPS = (300, 40) if FULL else (6, 12)

fen = st.integers(1, 30_000)
some = st.none() | st.lists(st.integers(0, 9), max_size=4)  # the bills that are named, counted from the first
step = st.one_of(
    st.tuples(st.just("issue"), fen, st.integers(-40, 40)),
    st.tuples(st.just("credit"), st.integers(0, 9), fen),
    st.tuples(st.just("pay"), fen, some, st.booleans()),
    st.tuples(st.just("reverse"), st.integers(0, 9)),
    st.tuples(st.just("apply"), st.none() | fen, some),
)
people = count(1)


def text(amount: int) -> str:
    """Fen as an input has it."""
    return f"{amount // 100}.{amount % 100:02}"


@dataclass
class Owed:
    """A bill as the model knows it."""

    id: str
    due_on: date
    amount: int
    open: int
    version: int = 1

    @property
    def status(self) -> str:
        if self.amount == 0:
            return "CREDITED"
        return "PAID" if self.open == 0 else "OPEN" if self.open == self.amount else "PARTLY_PAID"


@dataclass
class Paid:
    """A payment as the model knows it: what of it went to which bill, and the change of the prepayment."""

    id: str
    shares: dict[str, int]
    prepayment: int
    reversed: bool = False


@dataclass
class History:
    """One payer: takes steps, and knows what each must lead to."""

    till: Till
    house: House
    person: UUID
    bills: list[Owed] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)
    ahead: int = 0

    async def begin(self) -> None:
        """A payer who holds unit0."""
        keys = self.till.client.world.acme.keys
        await owner(
            self.house,
            "INSERT INTO person (id, organization_id, name, created_at, updated_at, version)"
            " VALUES ($1, $2, 'payer', $3, $3, 1)",
            self.person,
            keys["organization"],
            NOW,
        )
        await owner(
            self.house,
            "INSERT INTO occupancy (id, organization_id, kind, move_in_on, building_id, person_id, property_id,"
            " unit_id, created_at, updated_at, version) VALUES ($1, $2, 'OWNER', $3, $4, $1, $5, $6, $7, $7, 1)",
            self.person,
            keys["organization"],
            date(2020, 1, 1),
            keys["building"],
            keys["home"],
            keys["unit0"],
            NOW,
        )

    async def issue(self, amount: int, due: int) -> None:
        """A bill for a period that no other history has."""
        n = self.person.int * 100 + len(self.bills)
        start, due_on = date(1000, 1, 1) + timedelta(days=n), date(2026, 11, 22) + timedelta(days=due)
        days = {"periodFrom": start.isoformat(), "periodUntil": start.isoformat(), "dueOn": due_on.isoformat()}
        lines = [{"description": "x", "quantity": "1", "unitPrice": text(amount)}]
        bill = made(await self.till.bill(payerId=encode("Person", self.person), lines=lines, **days))
        self.bills.append(Owed(bill["id"], due_on, amount, amount))

    async def credit(self, n: int, amount: int) -> None:
        """At most what is open."""
        if not self.bills:
            return
        bill = self.bills[n % len(self.bills)]
        answer = await self.till.credit(bill.id, text(amount), version=bill.version)
        if amount > bill.open:
            assert codes(answer) == ["CREDIT_EXCEEDS_OPEN"]
            return
        made(answer)
        bill.amount, bill.open, bill.version = bill.amount - amount, bill.open - amount, bill.version + 1

    def named(self, chosen: list[int] | None) -> list[Owed]:
        """The bills in the order of settlement."""
        if chosen is None:
            return sorted(self.bills, key=lambda bill: (bill.due_on, key(bill.id)))
        return (
            list({n % len(self.bills): self.bills[n % len(self.bills)] for n in chosen}.values()) if self.bills else []
        )

    def split(self, amount: int, bills: list[Owed]) -> tuple[dict[str, int], int]:
        """What each gets, and the rest."""
        shares = {}
        for bill in bills:
            if part := min(amount, bill.open):
                shares[bill.id], amount = part, amount - part
        return shares, amount

    def settled(self, answer: dict[str, Any], shares: dict[str, int], prepayment: int) -> None:
        """A payment was made."""
        payment = made(answer)
        given = {node["bill"]["id"]: node["amount"]["amount"] for node in payment["allocations"]["nodes"]}
        assert given == {id_: text(part) for id_, part in shares.items()}
        self.payments.append(Paid(payment["id"], shares, prepayment))
        self.move(shares, -1)
        self.ahead += prepayment

    def move(self, shares: dict[str, int], sign: int) -> None:
        for bill in self.bills:
            if bill.id in shares:
                bill.open, bill.version = bill.open + sign * shares[bill.id], bill.version + 1

    async def pay(self, amount: int, chosen: list[int] | None, keep: bool) -> None:
        """In cash."""
        bills = self.named(chosen)
        shares, rest = self.split(amount, bills)
        names: dict[str, Any] = {} if chosen is None else {"billIds": [bill.id for bill in bills]}
        person = encode("Person", self.person)
        answer = await self.till.pay(text(amount), payerId=person, restToPrepayment=keep, **names)
        if rest and not keep:
            assert codes(answer) == ["PAYMENT_EXCEEDS_DUE"]
        else:
            self.settled(answer, shares, rest)

    async def apply(self, amount: int | None, chosen: list[int] | None) -> None:
        """From the prepayment."""
        bills = self.named(chosen)
        wanted = min(self.ahead, sum(bill.open for bill in bills)) if amount is None else amount
        shares, rest = self.split(wanted, bills)
        wish: dict[str, Any] = {"personId": encode("Person", self.person)}
        wish |= {} if amount is None else {"amount": yuan(text(amount))}
        wish |= {} if chosen is None else {"billIds": [bill.id for bill in bills]}
        answer = await self.till.apply(**wish)
        if wanted > self.ahead or not self.ahead:
            assert codes(answer) == ["PREPAYMENT_INSUFFICIENT"]
        elif not shares:
            assert codes(answer) == ["NOTHING_DUE"]
        elif rest:
            assert codes(answer) == ["PAYMENT_EXCEEDS_DUE"]
        else:
            self.settled(answer, shares, -wanted)

    async def reverse(self, n: int) -> None:
        """A payment, unless it was before, or left a prepayment that is used."""
        if not self.payments:
            return
        payment = self.payments[n % len(self.payments)]
        answer = await self.till.reverse(payment.id, version=2 if payment.reversed else 1)
        if payment.reversed:
            assert codes(answer) == ["PAYMENT_ALREADY_REVERSED"]
        elif payment.prepayment > self.ahead:
            assert codes(answer) == ["PREPAYMENT_SPENT"]
        else:
            made(answer)
            payment.reversed = True
            self.move(payment.shares, +1)
            self.ahead -= payment.prepayment

    async def compare(self) -> None:
        """The database against the model."""
        rows = await owner(
            self.house,
            "SELECT b.id, b.status, b.amount, b.version, a.balance FROM bill b"
            " JOIN ledger_account a ON a.id = b.receivable_id WHERE b.payer_id = $1",
            self.person,
        )
        found = {str(row["id"]): (row["status"], row["amount"], row["balance"], row["version"]) for row in rows}
        known = {str(key(bill.id)): (bill.status, bill.amount, bill.open, bill.version) for bill in self.bills}
        assert found == known
        sql = "SELECT balance FROM ledger_account WHERE person_id = $1"
        assert sum(row["balance"] for row in await owner(self.house, sql, self.person)) == -self.ahead
        await self.till.check()


@pytest.mark.promise(5)
@given(st.lists(step, min_size=1, max_size=STEPS))
@settings(
    max_examples=HISTORIES,
    deadline=None,
    database=None,
    derandomize=not FULL,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_the_books_balance_whatever_happens(
    client: Client, house: House, reached: Callable[..., None], steps: list[tuple[Any, ...]]
) -> None:
    history = History(Till(client), house, UUID(int=next(people)))
    await history.begin()
    beginning = [("issue", 10_000, 5), ("pay", 11_000, None, True), ("issue", 5_000, 0)]  # 10.00 is paid ahead
    for verb, *arguments in [*beginning, *steps]:
        await getattr(history, verb)(*arguments)
        await history.compare()
    assert len(history.bills) >= 2, "there was nothing to compare"
    reached(f"{HISTORIES} random histories of up to {STEPS} steps: balanced after each step", count=HISTORIES)
