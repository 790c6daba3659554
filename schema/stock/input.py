"""What the verbs of stock take and answer."""

from __future__ import annotations

from datetime import date

import strawberry

from schema.base import Decimal3, Decimal4, Payload, ref, text
from schema.stock.type import StockBalance, StockMovement, Stocktake, StocktakeLine, WorkOrderMaterial

_QUANTITY = "How much, above 0, in the item's unit."
_NOTE = "What is said with it; at most 200 characters."
_VERSION = "The version the viewer saw; a newer one is a CONFLICT."
_BALANCE = "How much there is after it; on STOCK_INSUFFICIENT how much there is."


@strawberry.input(description="Goods that come in.")
class StockReceiveInput:
    """Goods that come in."""

    warehouse_id: strawberry.ID = ref("Warehouse", "Where to.")
    item_id: strawberry.ID = ref("StockItem", "What.")
    quantity: Decimal3 = text(_QUANTITY)
    unit_cost: Decimal4 = text("Yuan for one, not below 0, with at most four places.")
    supplier: str | None = text("From whom; at most 80 characters.", optional=True)
    expires_on: date | None = text("The last day on which it is good.", optional=True)
    note: str | None = text(_NOTE, optional=True)


@strawberry.input(description="What is handed out for no WorkOrder.")
class StockIssueInput:
    """What is handed out."""

    warehouse_id: strawberry.ID = ref("Warehouse", "From where.")
    item_id: strawberry.ID = ref("StockItem", "What.")
    quantity: Decimal3 = text(_QUANTITY)
    note: str = text("For whom or what; 1 to 200 characters.")


@strawberry.input(description="What comes back of what was handed out.")
class StockReturnInput:
    """What comes back."""

    movement_id: strawberry.ID = ref("StockMovement", "The movement, of kind OUT, that took it; to its Warehouse.")
    quantity: Decimal3 = text(_QUANTITY)
    note: str | None = text(_NOTE, optional=True)


@strawberry.input(description="From one warehouse to another.")
class StockTransferInput:
    """From one warehouse to another."""

    warehouse_id: strawberry.ID = ref("Warehouse", "From where.")
    to_warehouse_id: strawberry.ID = ref("Warehouse", "Where to.")
    item_id: strawberry.ID = ref("StockItem", "What.")
    quantity: Decimal3 = text(_QUANTITY)
    note: str | None = text(_NOTE, optional=True)


@strawberry.input(description="When an item is to be bought for a warehouse.")
class StockLevelSetInput:
    """When an item is to be bought."""

    warehouse_id: strawberry.ID = ref("Warehouse", "For where.")
    item_id: strawberry.ID = ref("StockItem", "What.")
    warning_level: Decimal3 | None = text("At this or below it is time; 0 or above. Without it: never.", optional=True)


@strawberry.input(description="What a WorkOrder takes.")
class WorkOrderUseMaterialInput:
    """What a work order takes."""

    warehouse_id: strawberry.ID = ref("Warehouse", "From where: of the order's Property or of the company.")
    item_id: strawberry.ID = ref("StockItem", "What.")
    quantity: Decimal3 = text(_QUANTITY)
    note: str | None = text(_NOTE, optional=True)


@strawberry.input(description="A count to open.")
class StocktakeStartInput:
    """A count to open."""

    warehouse_id: strawberry.ID = ref("Warehouse", "Where.")
    category: str | None = text("Only items of this category; all without it, at most 2,000.", optional=True)
    note: str | None = text(_NOTE, optional=True)


@strawberry.input(description="What was counted of one item.")
class StocktakeCountInput:
    """What was counted."""

    item_id: strawberry.ID = ref("StockItem", "What; it need not be on the sheet.")
    counted: Decimal3 = text("How much is there, 0 or above, in the item's unit.")


@strawberry.input(description="Which state of the count the viewer saw.")
class StocktakeFinishInput:
    """Which state the viewer saw."""

    expected_version: int = text(_VERSION)


@strawberry.input(description="Which state of the count the viewer saw.")
class StocktakeCancelInput:
    """Which state the viewer saw."""

    expected_version: int = text(_VERSION)


@strawberry.type(description="Answer to stockReceive.")
class StockReceivePayload(Payload):
    """What came in."""

    stock_movement: StockMovement | None = strawberry.field(default=None, description="What was done.")
    stock_balance: StockBalance | None = strawberry.field(default=None, description="How much there is after it.")


@strawberry.type(description="Answer to stockIssue.")
class StockIssuePayload(Payload):
    """What was handed out."""

    stock_movement: StockMovement | None = strawberry.field(default=None, description="What was done.")
    stock_balance: StockBalance | None = strawberry.field(default=None, description=_BALANCE)


@strawberry.type(description="Answer to stockReturn.")
class StockReturnPayload(Payload):
    """What came back."""

    stock_movement: StockMovement | None = strawberry.field(default=None, description="What was done.")
    stock_balance: StockBalance | None = strawberry.field(default=None, description="How much there is after it.")


@strawberry.type(description="Answer to stockTransfer.")
class StockTransferPayload(Payload):
    """Both sides of a transfer."""

    sent: StockMovement | None = strawberry.field(default=None, description="What left the one Warehouse.")
    received: StockMovement | None = strawberry.field(default=None, description="What came into the other.")
    stock_balance: StockBalance | None = strawberry.field(
        default=None, description="How much the first has after it; on STOCK_INSUFFICIENT how much it has."
    )


@strawberry.type(description="Answer to stockLevelSet.")
class StockLevelSetPayload(Payload):
    """The balance with its level."""

    stock_balance: StockBalance | None = strawberry.field(default=None, description="The balance with its level.")


@strawberry.type(description="Answer to workOrderUseMaterial.")
class WorkOrderUseMaterialPayload(Payload):
    """What the order took."""

    material: WorkOrderMaterial | None = strawberry.field(
        default=None, description="What the order has taken of the item from there in all."
    )
    stock_movement: StockMovement | None = strawberry.field(default=None, description="What was done.")
    stock_balance: StockBalance | None = strawberry.field(default=None, description=_BALANCE)


@strawberry.type(description="Answer to stocktakeStart.")
class StocktakeStartPayload(Payload):
    """The new count."""

    stocktake: Stocktake | None = strawberry.field(default=None, description="The new count with its sheet.")


@strawberry.type(description="Answer to stocktakeCount.")
class StocktakeCountPayload(Payload):
    """The counted line."""

    line: StocktakeLine | None = strawberry.field(default=None, description="The item on the sheet.")
    stocktake: Stocktake | None = strawberry.field(default=None, description="The count, as it is.")


@strawberry.type(description="Answer to stocktakeFinish.")
class StocktakeFinishPayload(Payload):
    """The finished count."""

    stocktake: Stocktake | None = strawberry.field(default=None, description="The count, as it is.")


@strawberry.type(description="Answer to stocktakeCancel.")
class StocktakeCancelPayload(Payload):
    """The cancelled count."""

    stocktake: Stocktake | None = strawberry.field(default=None, description="The count, as it is.")
