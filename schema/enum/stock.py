"""The enums of stock."""

from models.rules.stock import StockLevelChange, StockMovementKind, StocktakeStatus
from schema.enum.show import show

show(
    StockMovementKind,
    "Why a balance changed.",
    IN="入库: goods came in.",
    OUT="出库: handed out, to a WorkOrder or for what the note says.",
    RETURN="退库: what was handed out came back.",
    TRANSFER="调拨: to another Warehouse (below zero) or from one.",
    STOCKTAKE="盘点: counted more or less than there should be.",
)
show(
    StocktakeStatus,
    "How far a count is.",
    OPEN="盘点中: being counted.",
    FINISHED="已完成: the differences were posted.",
    CANCELLED="已取消: nothing was posted.",
)
show(
    StockLevelChange,
    "A balance crossed its warning level.",
    LOW="库存不足: it reached the level: time to buy.",
    RECOVERED="已恢复: it rose above it again.",
)
