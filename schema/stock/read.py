"""Reads and the stream of stock."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

import strawberry

from models.errors import ErrorCode, Refusal
from models.query import Order
from models.query import Query as Rows
from models.rules.stock import StockMovementKind, StocktakeStatus
from resolvers.stock import reading as usecase
from schema.base import Cursor, Info, ListOrder, decode, live, many, one, ref, text, values
from schema.stock.type import (
    StockBalance,
    StockBatch,
    StockItem,
    StockLevelChanged,
    StockMovement,
    Stocktake,
    Warehouse,
)


@strawberry.enum(description="The order of batches.")
class StockBatchOrder(Enum):
    """The order of batches."""

    NEWEST = strawberry.enum_value("NEWEST", description="The one that came into the warehouse last comes first.")
    OLDEST = strawberry.enum_value("OLDEST", description="The one that came into the warehouse first comes first.")
    EXPIRING = strawberry.enum_value(
        "EXPIRING", description="The one that expires first comes first; those that never do come last."
    )

    @property
    def order(self) -> Order:
        """As the read engine takes it; each has an index (0022_stock.sql)."""
        if self is StockBatchOrder.EXPIRING:
            return Order("expires_on")
        return Order(descending=self is StockBatchOrder.NEWEST)


@strawberry.input(description="Which warehouses.")
class WarehouseFilter:
    """Which warehouses."""

    property_id: strawberry.ID | None = ref("Property", "Only those of this Property.", optional=True)
    archived: bool | None = text("True: only archived ones; false: only those in use.", optional=True)


@strawberry.input(description="Which items.")
class StockItemFilter:
    """Which items."""

    category: str | None = text("Only of this category.", optional=True)
    barcode: str | None = text("Only the one with this barcode.", optional=True)
    archived: bool | None = text("True: only archived ones; false: only those in use.", optional=True)


@strawberry.input(description="Which balances.")
class StockBalanceFilter:
    """Which balances."""

    item_id: strawberry.ID | None = ref("StockItem", "Only of this item.", optional=True)
    low: bool | None = text("True: only what is at its warning level; false: only what is not.", optional=True)


@strawberry.input(description="Which batches.")
class StockBatchFilter:
    """Which batches."""

    item_id: strawberry.ID | None = ref("StockItem", "Only of this item.", optional=True)
    expires_before: date | None = text("Only those that expire before this day.", optional=True)
    left: bool | None = text("True: only those of which something is left; false: only empty ones.", optional=True)


@strawberry.input(description="Which movements: all that is given holds.")
class StockMovementFilter:
    """Which movements."""

    item_id: strawberry.ID | None = ref("StockItem", "Only of this item.", optional=True)
    kind: StockMovementKind | None = text("Only of this kind.", optional=True)
    since: datetime | None = strawberry.field(name="from", default=None, description="Only from this instant on.")
    until: datetime | None = text("Only before this instant.", optional=True)


@strawberry.input(description="Which counts.")
class StocktakeFilter:
    """Which counts."""

    status: StocktakeStatus | None = text("Only with this status.", optional=True)


@strawberry.type
class StockQuery:
    """Reads of stock."""

    warehouse: Warehouse | None = one("A Warehouse.", "Warehouse")
    stock_item: StockItem | None = one("A StockItem.", "StockItem")
    stock_balance: StockBalance | None = one("A StockBalance.", "StockBalance")
    stock_movement: StockMovement | None = one("A StockMovement.", "StockMovement")
    stocktake: Stocktake | None = one("A Stocktake.", "Stocktake")

    @many("Warehouses that the viewer sees; those of the whole company with stock.read for all of it.", Warehouse)
    def warehouses(
        self, info: Info, filter: WarehouseFilter | None = None, order: ListOrder = ListOrder.OLDEST
    ) -> Rows:
        """Warehouses."""
        return usecase.warehouses(info.context.viewer, order.order, **values(filter or WarehouseFilter()))

    @many(
        "The company's items. A word is found in the code, the name, its initials (断路器: dlq), the keywords and the"
        " barcode.",
        StockItem,
        page=500,
    )
    def stock_items(
        self,
        info: Info,
        search: str | None = None,
        filter: StockItemFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Items."""
        return usecase.items(info.context.viewer, order.order, search, **values(filter or StockItemFilter()))

    @many("What lies in a Warehouse.", StockBalance, page=500)
    def stock_balances(
        self,
        info: Info,
        warehouse_id: strawberry.ID,
        filter: StockBalanceFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Balances."""
        place = decode("Warehouse", warehouse_id, "warehouse_id")
        return usecase.balances(info.context.viewer, place, order.order, **values(filter or StockBalanceFilter()))

    @many("The batches of a Warehouse.", StockBatch, page=500)
    def stock_batches(
        self,
        info: Info,
        warehouse_id: strawberry.ID,
        filter: StockBatchFilter | None = None,
        order: StockBatchOrder = StockBatchOrder.EXPIRING,
    ) -> Rows:
        """Batches."""
        place = decode("Warehouse", warehouse_id, "warehouse_id")
        return usecase.batches(info.context.viewer, place, order.order, **values(filter or StockBatchFilter()))

    @many("The movements of a Warehouse.", StockMovement, page=500)
    def stock_movements(
        self,
        info: Info,
        warehouse_id: strawberry.ID,
        filter: StockMovementFilter | None = None,
        order: ListOrder = ListOrder.NEWEST,
    ) -> Rows:
        """Movements."""
        place = decode("Warehouse", warehouse_id, "warehouse_id")
        wanted = usecase.Wanted(**values(filter or StockMovementFilter()))
        return usecase.movements(info.context.viewer, place, order.order, wanted)

    @many("The counts of a Warehouse.", Stocktake)
    def stocktakes(
        self,
        info: Info,
        warehouse_id: strawberry.ID,
        filter: StocktakeFilter | None = None,
        order: ListOrder = ListOrder.NEWEST,
    ) -> Rows:
        """Counts."""
        place = decode("Warehouse", warehouse_id, "warehouse_id")
        return usecase.stocktakes(info.context.viewer, place, order.order, **values(filter or StocktakeFilter()))


@strawberry.type
class StockSubscription:
    """Stock live."""

    @live("What of a Warehouse reaches its warning level or rises above it: once per crossing.", StockLevelChanged)
    async def stock_level_changed(self, info: Info, warehouse_id: strawberry.ID, after: Cursor | None = None) -> object:
        """Crossings live."""
        key = decode("Warehouse", warehouse_id, "warehouse_id")
        if info.context.viewer is None:
            raise Refusal(ErrorCode.UNAUTHENTICATED)
        place = await info.context.show("Warehouse", key)
        if place is None:
            raise Refusal(ErrorCode.NOT_FOUND, field="warehouse_id")
        return usecase.level_changes(info.context.viewer, key, place.values["property_id"], after)
