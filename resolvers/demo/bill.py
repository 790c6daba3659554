"""A year of property fees: a bill a month for each Unit that somebody holds, and who paid when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from models import Allocation, Bill, ChargeItem, Payment
from models.rules.bill import Line, Rounding, status_of
from models.rules.ledger import LedgerAccountKind, Move, PostingKind, taken
from models.rules.payment import PaymentMethod
from models.rules.place import local_day
from models.viewer import Viewer
from resolvers.bill import Draft, issue
from resolvers.demo.people import PAYERS, moved_in
from resolvers.ledger import Booking, hold, open_account, post
from resolvers.unit import system_unit

if TYPE_CHECKING:
    import random
    from datetime import datetime
    from uuid import UUID

    from models import Account, Occupancy, Property
    from models import Unit as PlaceUnit
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew
    from resolvers.unit import Unit

MONTHS = 12
DUE_DAY = 20
PRICES = {"YGHY": 28_000, "BJZX": 165_000, "NHLJ": 98_000}  # 1/10,000 yuan a month for a square metre
# What kind of payer holds a Unit, and how often: punctual, a month or two late, by instalments, not at all for long.
PUNCTUAL, LATE, PARTLY, NEVER = "PUNCTUAL", "LATE", "PARTLY", "NEVER"
HABITS = {PUNCTUAL: 80, LATE: 12, PARTLY: 4, NEVER: 4}


@dataclass
class _Owed:
    """A bill that is not paid, and what of it is open."""

    bill: Bill
    open: int


async def write_bills(load: Load, crew: Crew, months: int = MONTHS) -> str:
    """Issue and take money, month by month, in the order in which it happened; what was written, in words."""
    issued = paid = 0
    for code, place in load.properties.items():
        books = _Books(load, crew, code, place)
        await books.open()
        for month in _months(load.today, months):
            await books.month(month)
        issued += books.issued
        paid += books.paid
    return f"{issued} bills, {paid} payments"


def _months(today: date, count: int) -> list[date]:
    """The first days of the last months, this one included."""
    first = today.replace(day=1)
    found = [first]
    for _ in range(count - 1):
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


class _Books:
    """The books of one estate."""

    def __init__(self, load: Load, crew: Crew, code: str, place: Property) -> None:
        self.issued = self.paid = 0
        self._load = load
        self._code = code
        self._place = place
        self._chance = load.chance(f"bills:{code}")
        self._cashier = crew.of(code, "收费")[0]
        self._account: Account = crew.account_of(self._cashier)
        self._played = crew.played
        self._units = [unit for unit in load.units.values() if unit.property_id == place.id]
        self._habits = self._chance.choices(list(HABITS), list(HABITS.values()), k=len(self._units))
        self._owed: dict[UUID, list[_Owed]] = defaultdict(list)
        self._stays: dict[UUID, list[Occupancy]] = defaultdict(list)
        for stay in load.stays:
            self._stays[stay.unit_id].append(stay)

    async def open(self) -> None:
        """The charge item."""
        at = self._load.clock.now()
        self._item = self._load.row(
            ChargeItem,
            at,
            property_id=self._place.id,
            code="WYF",
            name="物业服务费",
            rounding=Rounding.HALF_UP,
            archived_at=None,
        )
        await self._load.save([self._item])

    async def month(self, first: date) -> None:
        """Bills of the month, then what was paid in it."""
        at = self._load.at(first, 9 * 3600)
        if at >= self._load.now:
            return
        clock = self._load.clock
        begun, clock.at = clock.at, at
        async with system_unit(self._load.house, self._load.organization_id) as unit:
            drafts = [draft for home in self._units if (draft := self._draft(home, first))]
            for bill in await issue(unit, self._place, drafts, announce=False):
                self._owed[bill.unit_id].append(_Owed(bill, bill.amount))
            self.issued += len(drafts)
        last = min(self._load.at(_next(first), 0), self._load.now) - timedelta(seconds=1)
        clock.at = last
        async with system_unit(self._load.house, self._load.organization_id) as unit:
            unit.viewer = Viewer(
                organization_id=self._load.organization_id, valid_until=last, account_id=self._account.id
            )
            await self._take(unit, first, last)
        clock.at = begun

    def _draft(self, home: PlaceUnit, first: date) -> Draft | None:
        payer = self._payer(home, first)
        if payer is None:
            return None
        words = f"物业服务费 {first:%Y年%m月}"
        return Draft(
            unit_id=home.id,
            building_id=home.building_id,
            charge_item=self._item,
            payer_id=payer,
            period_from=first,
            period_until=_next(first) - timedelta(days=1),
            due_on=first.replace(day=DUE_DAY),
            lines=[Line(words, home.built_up_area * 100, PRICES[self._code])],
        )

    def _payer(self, home: PlaceUnit, day: date) -> UUID | None:
        """Its tenant where it is let for business, else its owner; None for an empty one."""
        here = [stay for stay in self._stays[home.id] if moved_in(stay, day)]
        for kind in PAYERS[self._code]:
            for stay in here:
                if stay.kind is kind:
                    return stay.person_id
        return None

    async def _take(self, unit: Unit, first: date, last: datetime) -> None:
        """The month's payments, by the habits of those who pay."""
        wishes = []
        for home, habit in zip(self._units, self._habits, strict=True):
            owed = self._owed[home.id]
            share = _share(self._chance, habit, first.month, len(owed)) if owed else 0.0
            when = self._counter_hour(first)
            to_be_seen = home.id in self._played and _next(first) > self._load.today  # they pay while we watch
            if share and when < last and not to_be_seen:
                wishes.append((when, home.id, share))
        payments, allocations, bookings = [], [], []
        cash = await open_account(unit, self._place.id, LedgerAccountKind.CASH)
        touched: dict[UUID, tuple[_Owed, datetime]] = {}
        for when, home_id, share in sorted(wishes):
            payment, rows, moves = self._payment(when, home_id, share, touched)
            payments.append(payment)
            allocations += rows
            bookings.append(
                Booking(
                    kind=PostingKind.PAYMENT_RECORDED, moves=taken(cash, moves, None, 0), payment_id=payment.id, at=when
                )
            )
        await self._number(unit, payments)
        await unit.add_all(payments)
        await unit.add_all(allocations)
        await hold(unit, [cash])
        await post(unit, self._place.id, bookings)
        await _restate(unit, touched)
        self.paid += len(payments)

    def _counter_hour(self, first: date) -> datetime:
        """When somebody comes to the counter: in the days after the bill, while it is open."""
        day = first + timedelta(days=min(27, int(self._chance.expovariate(1 / 9)) + 1))
        return self._load.at(day, 8.5 * 3600 + self._chance.random() * 8.5 * 3600)

    def _payment(
        self, when: datetime, home_id: UUID, share: float, touched: dict[UUID, tuple[_Owed, datetime]]
    ) -> tuple[Payment, list[Allocation], list[Move]]:
        """A payment over what a Unit's holder owes, oldest first; `share` of it."""
        owed = self._owed[home_id]
        payer = owed[0].bill.payer_id
        mine = [item for item in owed if item.bill.payer_id == payer]
        amount = max(1, int(sum(item.open for item in mine) * share))
        payment = self._load.row(
            Payment,
            when,
            property_id=self._place.id,
            payer_id=payer,
            recorded_by_id=self._cashier.id,
            number="",
            method=PaymentMethod.CASH,
            amount=amount,
            prepaid=0,
            receipt_number=None,
            received_at=when,
            reversed_at=None,
            reverse_reason=None,
        )
        rows, moves = [], []
        for item in mine:
            part = min(amount, item.open)
            if part == 0:
                break
            amount, item.open = amount - part, item.open - part
            touched[item.bill.id] = (item, when)
            moves.append(Move(item.bill.receivable_id, part))
            rows.append(self._allocation(payment, item.bill, part))
        self._owed[home_id] = [item for item in owed if item.open]
        return payment, rows, moves

    def _allocation(self, payment: Payment, bill: Bill, amount: int) -> Allocation:
        return self._load.row(
            Allocation,
            payment.received_at,
            property_id=self._place.id,
            payment_id=payment.id,
            bill_id=bill.id,
            amount=amount,
            reversed_at=None,
        )

    async def _number(self, unit: Unit, payments: list[Payment]) -> None:
        by_day: dict[date, list[Payment]] = defaultdict(list)
        for payment in payments:
            by_day[local_day(payment.received_at, self._place.time_zone)].append(payment)
        for day, mine in by_day.items():
            for payment, number in zip(mine, await unit.numbers(day, Payment, count=len(mine)), strict=True):
                payment.number = number


def _share(chance: random.Random, habit: str, month: int, months: int) -> float:
    """Which share of what is owed is paid this month."""
    if habit == NEVER:
        return 1.0 if month == 1 and chance.random() < 0.5 else 0.0  # before the new year some settle it all
    if habit == PARTLY:
        return chance.choice((0.5, 0.6, 0.8))
    if habit == LATE:
        return 1.0 if months > 1 and chance.random() < 0.75 else 0.0
    return 1.0 if chance.random() < 0.985 else 0.0


def _next(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(days=31)).replace(day=1)


_RESTATE = {
    "postgres": "UPDATE bill AS b SET status = d.status, updated_at = d.at, version = b.version + 1"
    " FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS d (id, status, at)"
    " WHERE b.id = d.id AND b.organization_id = $1 RETURNING b.id",
    "sqlite": "UPDATE bill AS b SET status = d.status, updated_at = d.at, version = b.version + 1"
    " FROM (SELECT value ->> 0 AS id, value ->> 1 AS status, value ->> 2 AS at FROM json_each($2)) d"
    " WHERE b.id = d.id AND +b.organization_id = $1 RETURNING id",  # +: by the key, never by the Organization's index
}


async def _restate(unit: Unit, touched: dict[UUID, tuple[_Owed, datetime]]) -> None:
    """Bring the bills that got something in line with what is open of them, in one statement."""
    if not touched:
        return
    states = [[id_, status_of(item.bill.amount, item.open).value, when] for id_, (item, when) in touched.items()]
    dialect = unit.house.database.dialect
    columns = [states] if dialect == "sqlite" else [list(column) for column in zip(*states, strict=True)]
    await unit.tx.fetch(_RESTATE[dialect], unit.organization_id, *columns)
