"""A year of the store room: what came in, what repairs took, one count; in books that balance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adapters.demo.stock import ITEMS, SUPPLIERS, WAREHOUSE, ItemPlan
from models import (
    StockBalance,
    StockBatch,
    StockItem,
    StockMovement,
    StockPick,
    Stocktake,
    StocktakeLine,
    Warehouse,
    WorkOrder,
    WorkOrderMaterial,
)
from models.rules.stock import (
    NEVER,
    StockMovementKind,
    StocktakeStatus,
    average,
    drawn,
    is_low,
    search_text,
    share,
    worth,
)
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew

ESTATE = "YGHY"
COUNTED = timedelta(days=20)  # before the loading
LATELY = timedelta(days=12)  # what ran low since then has not been bought yet


@dataclass
class Pile:
    """An item in the store room."""

    plan: ItemPlan
    balance: StockBalance
    batches: list[StockBatch] = field(default_factory=list)


async def write_stock(load: Load, crew: Crew) -> str:
    """Write it; what was written, in words."""
    room = _Room(load, crew)
    chance = load.chance("stock")
    counted = load.now - COUNTED
    for order in await _orders(load, room.place.property_id):
        at = order.completed_at
        if at >= counted and room.take is None:
            room.count(counted)
        fitting = [pile for pile in room.piles if order.summary.partition("：")[0] in pile.plan.needed]
        for pile in chance.sample(fitting, min(len(fitting), chance.randint(1, 2))):
            room.use(pile, order, chance.randint(1, 3) * 1_000, at)
            if at < load.now - LATELY and pile.balance.low_at is not None:
                room.deliver(pile, at + timedelta(minutes=1))
    await load.save(*room.tables())
    return f"{len(room.piles)} items in a store room, {len(room.movements)} movements"


async def _orders(load: Load, property_id: UUID | None) -> list[Any]:
    """The orders of the estate that were carried out, in the order of their ends."""
    async with system_unit(load.house, load.organization_id):
        done = WorkOrder.filter(property_id=property_id, completed_at__isnull=False, completed_at__lt=load.now)
        return await done.order_by("completed_at", "id")


class _Room:
    """The rows, as they come about."""

    def __init__(self, load: Load, crew: Crew) -> None:
        self._load = load
        self._crew = crew
        self._chance = load.chance("deliveries")
        self._begun = load.at(load.begun, 9 * 3600)
        self._keeper = crew.accounts[crew.of(ESTATE, "仓库管理员")[0].id].id
        code, name, address = WAREHOUSE
        self.place = load.row(
            Warehouse,
            self._begun,
            property_id=load.properties[ESTATE].id,
            code=code,
            name=name,
            address=address,
        )
        self._there = {"property_id": self.place.property_id}
        self.items: list[StockItem] = []
        self.movements: list[StockMovement] = []
        self.picks: list[StockPick] = []
        self.lines: list[StocktakeLine] = []
        self.take: Stocktake | None = None
        self._materials: dict[tuple[UUID, UUID], WorkOrderMaterial] = {}
        self.piles = [self._pile(plan) for plan in ITEMS]
        for pile in self.piles:
            self.deliver(pile, self._begun)

    def _pile(self, plan: ItemPlan) -> Pile:
        found_by = search_text(code=plan.code, name=plan.name, barcode=None, keywords=plan.keywords)
        item = self._load.row(
            StockItem,
            self._begun,
            code=plan.code,
            name=plan.name,
            unit=plan.unit,
            decimals=plan.decimals,
            category=plan.category,
            keywords=plan.keywords,
            search_text=found_by,
        )
        self.items.append(item)
        where = {**self._there, "warehouse_id": self.place.id, "item_id": item.id}
        balance = self._load.row(StockBalance, self._begun, warning_level=plan.level * 1_000, **where)
        return Pile(plan, balance)

    def deliver(self, pile: Pile, at: datetime) -> None:
        """What is always ordered, at about the usual price."""
        quantity = pile.plan.delivery * 1_000
        cost = int(Decimal(pile.plan.cost).scaleb(4)) * self._chance.randint(95, 108) // 100
        supplier = SUPPLIERS[self._chance.randrange(len(SUPPLIERS))]
        moved = self._move(pile, StockMovementKind.IN, quantity, worth(quantity, cost), at, account_id=self._keeper)
        batch = self._load.row(
            StockBatch,
            at,
            **self._there,
            warehouse_id=self.place.id,
            item_id=pile.balance.item_id,
            received_at=at,
            supplier=supplier,
            expires_on=NEVER,
            unit_cost=cost,
            quantity=quantity,
            quantity_left=quantity,
        )
        pile.batches.append(batch)
        self._pick(moved, batch, quantity)

    def use(self, pile: Pile, order: Any, wanted: int, at: datetime) -> None:
        """For an order, as much as there is."""
        quantity = min(wanted, pile.balance.quantity)
        if not quantity:
            return
        account = self._crew.accounts[order.assignee_id].id
        moved = self._draw(pile, StockMovementKind.OUT, quantity, at, work_order_id=order.id, account_id=account)
        key = (order.id, pile.balance.item_id)
        if key not in self._materials:
            about = {**self._there, "work_order_id": order.id, "warehouse_id": self.place.id}
            self._materials[key] = self._load.row(WorkOrderMaterial, at, item_id=key[1], **about)
        self._materials[key].taken += quantity
        self._materials[key].cost -= moved.value

    def count(self, at: datetime) -> None:
        """Everything is counted; of two things one is missing."""
        by = {"started_by_id": self._keeper, "finished_by_id": self._keeper}
        self.take = self._load.row(
            Stocktake,
            at,
            **self._there,
            **by,
            warehouse_id=self.place.id,
            status=StocktakeStatus.FINISHED,
            note="月度盘点",
            finished_at=at,
        )
        missing = self._chance.sample(self.piles, 2)
        for pile in self.piles:
            there = pile.balance.quantity
            lost = 1_000 if pile in missing and there else 0
            line = self._load.row(
                StocktakeLine,
                at,
                **self._there,
                stocktake_id=self.take.id,
                item_id=pile.balance.item_id,
                expected=there,
                counted=there - lost,
                counted_at=at,
                counted_by_id=self._keeper,
            )
            self.lines.append(line)
            if lost:
                kind = StockMovementKind.STOCKTAKE
                self._draw(pile, kind, lost, at, stocktake_id=self.take.id, account_id=self._keeper)

    def _draw(self, pile: Pile, kind: StockMovementKind, quantity: int, at: datetime, **about: Any) -> StockMovement:
        value = share(pile.balance.value, pile.balance.quantity, quantity)
        moved = self._move(pile, kind, -quantity, -value, at, **about)
        for batch, part in drawn([(batch, batch.quantity_left) for batch in pile.batches], quantity):
            batch.quantity_left -= part
            self._pick(moved, batch, -part)
        return moved

    def _move(
        self, pile: Pile, kind: StockMovementKind, quantity: int, value: int, at: datetime, **about: Any
    ) -> StockMovement:
        balance = pile.balance
        balance.quantity, balance.value = balance.quantity + quantity, balance.value + value
        balance.version, balance.updated_at = balance.version + 1, at
        if balance.quantity:
            balance.average_cost = average(balance.value, balance.quantity)
        low = is_low(balance.quantity, balance.warning_level)
        balance.low_at = (balance.low_at or at) if low else None
        where = {**self._there, "warehouse_id": self.place.id, "item_id": balance.item_id}
        figures = {"quantity": quantity, "value": value, "quantity_after": balance.quantity}
        moved = self._load.row(StockMovement, at, kind=kind, **where, **figures, **about)
        self.movements.append(moved)
        return moved

    def _pick(self, moved: StockMovement, batch: StockBatch, quantity: int) -> None:
        about = {**self._there, "movement_id": moved.id, "batch_id": batch.id}
        self.picks.append(self._load.row(StockPick, moved.created_at, quantity=quantity, **about))

    def tables(self) -> list[list[Any]]:
        """Parents first."""
        batches = [batch for pile in self.piles for batch in pile.batches]
        balances = [pile.balance for pile in self.piles]
        found: list[list[Any]] = [[self.place], self.items, balances, batches, [self.take] if self.take else []]
        return [*found, self.lines, self.movements, self.picks, list(self._materials.values())]
