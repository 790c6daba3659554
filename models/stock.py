"""Stock (物资): warehouses, items, what lies where and what it cost, each movement, batches, and counts of it.

Quantities are integers of 1/1,000 of the item's unit, values and costs integers of 1/10,000 yuan (docs/stock.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.stock import StockMovementKind, StocktakeStatus

if TYPE_CHECKING:
    from uuid import UUID


class Warehouse(Versioned):
    """A place where things lie, of a Property or, without one, of the Organization; it ends by `archived_at`."""

    property: Any = reference("Property", null=True)
    code = fields.CharField(max_length=20, description="unique in the Organization while not archived")
    name = fields.CharField(max_length=80)
    address = fields.CharField(max_length=200, null=True)
    archived_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID | None

    class Meta:
        table = "warehouse"


class StockItem(Versioned):
    """A kind of thing, of the Organization. `search_text` is what a search looks through: made, never entered."""

    code = fields.CharField(max_length=40, description="unique in the Organization while not archived")
    name = fields.CharField(max_length=80)
    unit = fields.CharField(max_length=10, description="of measure: 个, 根, 米, 千克")
    decimals = fields.IntField(description="0 to 3: the places that a quantity of it may have")
    category = fields.CharField(max_length=40, null=True)
    barcode = fields.CharField(max_length=40, null=True)
    keywords = fields.CharField(max_length=200, null=True, description="what else it is looked for by")
    search_text = fields.CharField(max_length=500)
    archived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "stock_item"


class StockBalance(Versioned):
    """What of an item lies in a warehouse; never below zero. `low_at` is set while it is at its warning level."""

    property: Any = reference("Property", null=True)
    warehouse: Any = reference("Warehouse")
    item: Any = reference("StockItem")
    quantity = fields.BigIntField(default=0)
    value = fields.BigIntField(default=0, description="the sum of the movements' values")
    average_cost = fields.BigIntField(null=True, description="of one unit; the last one when nothing is left")
    warning_level = fields.BigIntField(null=True)
    low_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID | None
        warehouse_id: UUID
        item_id: UUID

    class Meta:
        table = "stock_balance"


class StockBatch(Record):
    """What came in together; what expires first leaves first, then what was received first."""

    property: Any = reference("Property", null=True)
    warehouse: Any = reference("Warehouse")
    item: Any = reference("StockItem")
    received_at = fields.DatetimeField(description="when the company got it, in whichever warehouse")
    supplier = fields.CharField(max_length=80, null=True)
    expires_on = fields.DateField(description="NEVER (models/rules/stock.py) for what does not")
    unit_cost = fields.BigIntField()
    quantity = fields.BigIntField()
    quantity_left = fields.BigIntField()

    if TYPE_CHECKING:
        property_id: UUID | None
        warehouse_id: UUID
        item_id: UUID

    class Meta:
        table = "stock_batch"


class StockMovement(Record):
    """One change of a balance, never changed itself: below zero what left. A correction is another movement."""

    property: Any = reference("Property", null=True)
    warehouse: Any = reference("Warehouse")
    item: Any = reference("StockItem")
    account: Any = reference("Account", null=True)
    work_order: Any = reference("WorkOrder", null=True)
    stocktake: Any = reference("Stocktake", null=True)
    origin: Any = reference("StockMovement", null=True)
    kind = fields.CharEnumField(StockMovementKind, max_length=32)
    quantity = fields.BigIntField()
    value = fields.BigIntField()
    quantity_after = fields.BigIntField()
    note = fields.CharField(max_length=200, null=True)

    if TYPE_CHECKING:
        property_id: UUID | None
        warehouse_id: UUID
        item_id: UUID
        account_id: UUID | None
        work_order_id: UUID | None
        stocktake_id: UUID | None
        origin_id: UUID | None

    class Meta:
        table = "stock_movement"


class StockPick(Record):
    """How much of a movement went into a batch or, below zero, came out of it."""

    property: Any = reference("Property", null=True)
    movement: Any = reference("StockMovement")
    batch: Any = reference("StockBatch")
    quantity = fields.BigIntField()

    if TYPE_CHECKING:
        movement_id: UUID
        batch_id: UUID

    class Meta:
        table = "stock_pick"


class Stocktake(Versioned):
    """A count of a warehouse (盘点); one at a time is open there."""

    property: Any = reference("Property", null=True)
    warehouse: Any = reference("Warehouse")
    started_by: Any = reference("Account", null=True)
    finished_by: Any = reference("Account", null=True)
    status = fields.CharEnumField(StocktakeStatus, max_length=32)
    note = fields.CharField(max_length=200, null=True)
    finished_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID | None
        warehouse_id: UUID
        started_by_id: UUID | None

    class Meta:
        table = "stocktake"


class StocktakeLine(Versioned):
    """An item on the count sheet: what was expected in the moment of the count, and what was counted."""

    property: Any = reference("Property", null=True)
    stocktake: Any = reference("Stocktake")
    item: Any = reference("StockItem")
    counted_by: Any = reference("Account", null=True)
    expected = fields.BigIntField()
    counted = fields.BigIntField(null=True)
    counted_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID | None
        stocktake_id: UUID
        item_id: UUID

    class Meta:
        table = "stocktake_line"


class WorkOrderMaterial(Versioned):
    """What of an item a WorkOrder took from a warehouse, less what it gave back."""

    property: Any = reference("Property")
    work_order: Any = reference("WorkOrder")
    warehouse: Any = reference("Warehouse")
    item: Any = reference("StockItem")
    taken = fields.BigIntField(default=0)
    returned = fields.BigIntField(default=0)
    cost = fields.BigIntField(default=0, description="the value of what was taken, less that of what came back")

    if TYPE_CHECKING:
        property_id: UUID
        work_order_id: UUID
        warehouse_id: UUID
        item_id: UUID

    class Meta:
        table = "work_order_material"
