"""Stock balances over random histories, whatever is received, issued, returned, transferred, used and counted.

Each history has an item of its own. A plain model beside it, which rounds by Decimal and keeps its batches as a list,
says what each step must do; at the end (with FAULTS=full after each step) the database must say the same, and add up:
the balance is the sum of its movements, quantity and value, its batches hold what it holds, and an order's material is
what it took.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.clock import HeldClock
from schema.base.node import split
from tests.dump import owner
from tests.faults import FULL
from tests.stock import Store, codes, made

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

pytestmark = pytest.mark.timeout(3_600 if FULL else 120)
HISTORIES, STEPS = (300, 40) if FULL else (4, 10)
PLACES = ("warehouse", "away_warehouse")
NEVER = "9999-12-31"

place = st.sampled_from(PLACES)
amount = st.integers(1, 12_000)  # thousandths
step = st.one_of(
    st.tuples(st.just("receive"), place, amount, st.integers(0, 200_000), st.sampled_from([NEVER, "2027-01-01"])),
    st.tuples(st.just("issue"), place, amount),
    st.tuples(st.just("use"), amount),
    st.tuples(st.just("take_back"), st.integers(0, 9), amount),
    st.tuples(st.just("transfer"), place, amount),
    st.tuples(st.just("stocktake"), place, st.integers(0, 12_000), st.none() | amount),
)
codes_of_items = count(1)


def text(quantity: int) -> str:
    return str(Decimal(quantity).scaleb(-3))


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass
class Lot:
    """A batch as the model knows it."""

    expires: str
    came: int  # the number of its arrival in the company
    seen: int  # and in this warehouse
    left: int


@dataclass
class Out:
    """What was handed out, and has not come back."""

    id: str
    where: str
    quantity: int
    value: int
    picks: list[tuple[Lot, int]]
    order: bool


@dataclass
class Pile:
    """A balance as the model knows it."""

    quantity: int = 0
    value: int = 0
    average: int = 0
    lots: list[Lot] = field(default_factory=list)

    def put(self, lots: list[Lot], value: int) -> None:
        self.lots += lots
        self.move(sum(lot.left for lot in lots), value)

    def take(self, quantity: int) -> tuple[int, list[tuple[Lot, int]]]:
        value = self.value
        if quantity < self.quantity:
            value = half_up(Decimal(self.value) * quantity / self.quantity)
        self.move(-quantity, -value)
        picks = []
        for lot in sorted(self.lots, key=lambda lot: (lot.expires, lot.came, lot.seen)):
            if part := min(lot.left, quantity):
                lot.left, quantity = lot.left - part, quantity - part
                picks.append((lot, part))
        return value, picks

    def move(self, quantity: int, value: int) -> None:
        self.quantity, self.value = self.quantity + quantity, self.value + value
        if self.quantity:
            self.average = half_up(Decimal(self.value) * 1_000 / self.quantity)


@dataclass
class History:
    """Takes steps, and knows what each must lead to."""

    store: Store
    house: House
    item: str
    piles: dict[str, Pile] = field(default_factory=lambda: {name: Pile() for name in PLACES})
    outs: list[Out] = field(default_factory=list)
    used: int = 0
    cost: int = 0
    arrivals: int = 0

    def lot(self, left: int, expires: str = NEVER, came: int | None = None) -> Lot:
        self.arrivals += 1
        return Lot(expires, self.arrivals if came is None else came, self.arrivals, left)

    def tick(self) -> None:
        """Each batch has an instant of its own."""
        assert isinstance(self.house.clock, HeldClock)
        self.house.clock.move(timedelta(milliseconds=1))

    async def receive(self, where: str, quantity: int, cost: int, expires: str) -> None:
        price = str(Decimal(cost).scaleb(-4))
        day = None if expires == NEVER else expires
        made(await self.store.receive(text(quantity), price, where, self.item, expiresOn=day))
        value = half_up(Decimal(quantity) * cost / 1_000)
        self.piles[where].put([self.lot(quantity, expires)], value)

    def lacks(self, where: str, quantity: int, answer: dict[str, Any]) -> bool:
        if quantity <= self.piles[where].quantity:
            return False
        assert codes(answer) == [("STOCK_INSUFFICIENT", ["input", "quantity"])]
        return True

    async def issue(self, where: str, quantity: int) -> None:
        self.gone(where, quantity, await self.store.issue(text(quantity), where, self.item), order=False)

    async def use(self, quantity: int) -> None:
        where = PLACES[0]
        self.gone(where, quantity, await self.store.use(text(quantity), where, self.item), order=True)

    def gone(self, where: str, quantity: int, answer: dict[str, Any], *, order: bool) -> None:
        if self.lacks(where, quantity, answer):
            return
        value, picks = self.piles[where].take(quantity)
        self.outs.append(Out(made(answer)["stockMovement"]["id"], where, quantity, value, picks, order))
        if order:
            self.used, self.cost = self.used + quantity, self.cost + value

    async def take_back(self, n: int, quantity: int) -> None:
        if not self.outs:
            return
        out = self.outs[n % len(self.outs)]
        answer = await self.store.take_back(out.id, text(quantity))
        if quantity > out.quantity:
            assert codes(answer) == [("RETURN_EXCEEDS_ISSUE", ["input", "quantity"])]
            return
        made(answer)
        value = out.value if quantity == out.quantity else half_up(Decimal(out.value) * quantity / out.quantity)
        out.quantity, out.value = out.quantity - quantity, out.value - value
        self.piles[out.where].move(quantity, value)
        if out.order:
            self.used, self.cost = self.used - quantity, self.cost - value
        for at in reversed(range(len(out.picks))):
            lot, held = out.picks[at]
            part = min(held, quantity)
            lot.left, quantity, out.picks[at] = lot.left + part, quantity - part, (lot, held - part)

    async def transfer(self, source: str, quantity: int) -> None:
        target = PLACES[1 - PLACES.index(source)]
        answer = await self.store.transfer(text(quantity), source, target, self.item)
        if self.lacks(source, quantity, answer):
            return
        made(answer)
        value, picks = self.piles[source].take(quantity)
        self.piles[target].put([self.lot(part, lot.expires, lot.came) for lot, part in picks], value)

    async def stocktake(self, where: str, counted: int, meanwhile: int | None) -> None:
        """Counted, and perhaps something is handed out before the differences are posted."""
        pile = self.piles[where]
        sheet = await self.store.start(where)
        made(await self.store.count(sheet["id"], text(counted), self.item))
        difference = counted - pile.quantity
        if meanwhile is not None:
            await self.issue(where, meanwhile)
        answer = await self.store.say("stocktakeFinish", sheet["id"], expectedVersion=1)
        if -difference > pile.quantity:
            assert codes(answer) == [("STOCKTAKE_COUNT_AGAIN", ["id"])]
            made(await self.store.say("stocktakeCancel", sheet["id"], expectedVersion=1))
            return
        made(answer)
        if difference > 0:
            pile.put([self.lot(difference)], half_up(Decimal(difference) * pile.average / 1_000))
        elif difference < 0:
            pile.take(-difference)

    async def compare(self) -> None:
        """The database against the model, and against itself."""
        key = split(self.item)[1]
        for name, pile in self.piles.items():
            there = (self.store.client.world.acme.keys[name], key)
            (moved,) = await owner(self.house, _MOVED, *there)
            assert (int(moved["quantity"]), int(moved["value"])) == (pile.quantity, pile.value), name
            for row in await owner(self.house, _BALANCE, *there):
                found = (row["quantity"], row["value"], row["average_cost"] or 0)
                assert found == (pile.quantity, pile.value, pile.average), name
            rows = await owner(self.house, _BATCHES, *there)
            assert all(row["picked"] == row["quantity_left"] for row in rows)
            assert sorted(row["quantity_left"] for row in rows) == sorted(lot.left for lot in pile.lots)
            assert sum(row["quantity_left"] for row in rows) == pile.quantity
        for row in await owner(self.house, "SELECT * FROM work_order_material WHERE item_id = $1", key):
            assert (row["taken"] - row["returned"], row["cost"]) == (self.used, self.cost)


_MOVED = """SELECT COALESCE(SUM(quantity), 0) AS quantity, COALESCE(SUM(value), 0) AS value FROM stock_movement
 WHERE warehouse_id = $1 AND item_id = $2"""
_BALANCE = "SELECT * FROM stock_balance WHERE warehouse_id = $1 AND item_id = $2"
_BATCHES = """SELECT b.quantity_left, (SELECT SUM(p.quantity) FROM stock_pick p WHERE p.batch_id = b.id) AS picked
 FROM stock_batch b WHERE b.warehouse_id = $1 AND b.item_id = $2"""


@given(st.lists(step, min_size=1, max_size=STEPS))
@settings(
    max_examples=HISTORIES,
    deadline=None,
    database=None,
    derandomize=not FULL,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_a_balance_is_the_sum_of_its_movements(
    client: Client, house: House, steps: list[tuple[Any, ...]]
) -> None:
    store = Store(client)
    item = await store.item(f"H-{next(codes_of_items)}", "电线", "米", decimals=3)
    history = History(store, house, item)
    beginning = [
        ("receive", PLACES[0], 3_000, 33_333, NEVER),
        ("receive", PLACES[0], 4_000, 100_001, "2027-01-01"),
        ("use", 5_001),
        ("take_back", 0, 1_001),
        ("transfer", PLACES[0], 1_000),
    ]
    for verb, *arguments in [*beginning, *steps]:
        await getattr(history, verb)(*arguments)
        history.tick()
        if FULL:
            await history.compare()
    await history.compare()
    assert history.arrivals >= 3
    assert history.outs, "there was nothing to compare"
