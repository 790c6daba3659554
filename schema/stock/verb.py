"""Verbs of stock."""

from __future__ import annotations

import strawberry

from models.rules.permission import Permission
from resolvers.stock import movement, stocktake
from resolvers.stock.material import use_material
from schema.base import Info, decode, values, verb
from schema.stock.input import (
    StockIssueInput,
    StockIssuePayload,
    StockLevelSetInput,
    StockLevelSetPayload,
    StockReceiveInput,
    StockReceivePayload,
    StockReturnInput,
    StockReturnPayload,
    StocktakeCancelInput,
    StocktakeCancelPayload,
    StocktakeCountInput,
    StocktakeCountPayload,
    StocktakeFinishInput,
    StocktakeFinishPayload,
    StocktakeStartInput,
    StocktakeStartPayload,
    StockTransferInput,
    StockTransferPayload,
    WorkOrderUseMaterialInput,
    WorkOrderUseMaterialPayload,
)


@strawberry.type
class StockMutation:
    """Verbs of stock."""

    @verb("入库: goods come into a Warehouse, as a batch.", permission=Permission.STOCK_KEEP)
    async def stock_receive(self, info: Info, input: StockReceiveInput) -> StockReceivePayload | None:
        """Receive."""
        context = info.context
        done, balance = await movement.receive(context.viewer, context.house, movement.Delivery(**values(input)))
        return StockReceivePayload(
            stock_movement=await context.show("StockMovement", done.id),
            stock_balance=await context.show("StockBalance", balance.id),
        )

    @verb(
        "出库: hand something out for no WorkOrder (workOrderUseMaterial does it for one).",
        shows="StockBalance",
        permission=Permission.STOCK_KEEP,
    )
    async def stock_issue(self, info: Info, input: StockIssueInput) -> StockIssuePayload | None:
        """Issue."""
        context = info.context
        done, balance = await movement.issue(context.viewer, context.house, **values(input))
        return StockIssuePayload(
            stock_movement=await context.show("StockMovement", done.id),
            stock_balance=await context.show("StockBalance", balance.id),
        )

    @verb(
        "退库: what was handed out comes back, all or a part, at the value at which it left. By who keeps the"
        " Warehouse; what a WorkOrder took, also by its assignee."
    )
    async def stock_return(self, info: Info, input: StockReturnInput) -> StockReturnPayload | None:
        """Take back."""
        context = info.context
        done, balance = await movement.take_back(context.viewer, context.house, **values(input))
        return StockReturnPayload(
            stock_movement=await context.show("StockMovement", done.id),
            stock_balance=await context.show("StockBalance", balance.id),
        )

    @verb(
        "调拨: from one Warehouse to another, by who keeps both. What it cost goes with it.",
        shows="StockBalance",
        permission=Permission.STOCK_KEEP,
    )
    async def stock_transfer(self, info: Info, input: StockTransferInput) -> StockTransferPayload | None:
        """Transfer."""
        context = info.context
        sent, received, balance = await movement.transfer(context.viewer, context.house, **values(input))
        return StockTransferPayload(
            sent=await context.show("StockMovement", sent.id),
            received=await context.show("StockMovement", received.id),
            stock_balance=await context.show("StockBalance", balance.id),
        )

    @verb("预警: say when an item is to be bought for a Warehouse.", permission=Permission.STOCK_MANAGE)
    async def stock_level_set(self, info: Info, input: StockLevelSetInput) -> StockLevelSetPayload | None:
        """Set the level."""
        context = info.context
        balance = await movement.set_level(context.viewer, context.house, **values(input))
        return StockLevelSetPayload(stock_balance=await context.show("StockBalance", balance.id))

    @verb(
        "领料: take something for a WorkOrder that is assigned and not done yet: its assignee, or who keeps the"
        " Warehouse.",
        shows="StockBalance",
    )
    async def work_order_use_material(
        self, info: Info, id: strawberry.ID, input: WorkOrderUseMaterialInput
    ) -> WorkOrderUseMaterialPayload | None:
        """Take."""
        context = info.context
        key = decode("WorkOrder", id)
        material, done, balance = await use_material(context.viewer, context.house, key, **values(input))
        return WorkOrderUseMaterialPayload(
            material=await context.show("WorkOrderMaterial", material.id),
            stock_movement=await context.show("StockMovement", done.id),
            stock_balance=await context.show("StockBalance", balance.id),
        )

    @verb("盘点: open a count of a Warehouse; one at a time.", permission=Permission.STOCK_KEEP)
    async def stocktake_start(self, info: Info, input: StocktakeStartInput) -> StocktakeStartPayload | None:
        """Open it."""
        context = info.context
        row = await stocktake.start(context.viewer, context.house, **values(input))
        return StocktakeStartPayload(stocktake=await context.show("Stocktake", row.id))

    @verb(
        "Say how much is there of an item; what is expected is its balance in this moment. A later count holds.",
        shows="Stocktake",
        permission=Permission.STOCK_KEEP,
    )
    async def stocktake_count(
        self, info: Info, id: strawberry.ID, input: StocktakeCountInput
    ) -> StocktakeCountPayload | None:
        """Count."""
        context = info.context
        line = await stocktake.count(context.viewer, context.house, decode("Stocktake", id), **values(input))
        return StocktakeCountPayload(
            line=await context.show("StocktakeLine", line.id),
            stocktake=await context.show("Stocktake", line.stocktake_id),
        )

    @verb(
        "Post every difference between what was counted and what was expected then, or none. What was not counted"
        " stays.",
        shows="Stocktake",
        permission=Permission.STOCK_MANAGE,
    )
    async def stocktake_finish(
        self, info: Info, id: strawberry.ID, input: StocktakeFinishInput
    ) -> StocktakeFinishPayload | None:
        """Finish."""
        context = info.context
        row = await stocktake.finish(context.viewer, context.house, decode("Stocktake", id), **values(input))
        return StocktakeFinishPayload(stocktake=await context.show("Stocktake", row.id))

    @verb("Give up a count: nothing is posted.", shows="Stocktake", permission=Permission.STOCK_KEEP)
    async def stocktake_cancel(
        self, info: Info, id: strawberry.ID, input: StocktakeCancelInput
    ) -> StocktakeCancelPayload | None:
        """Cancel."""
        context = info.context
        row = await stocktake.cancel(context.viewer, context.house, decode("Stocktake", id), **values(input))
        return StocktakeCancelPayload(stocktake=await context.show("Stocktake", row.id))
