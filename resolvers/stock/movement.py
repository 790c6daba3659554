"""What people do with stock: receive, issue, give back, transfer; and warning levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import StockMovement, WorkOrder
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.stock import MAX_NAME, MOST_COST, NEVER, StockMovementKind, worth
from resolvers.stock.common import keep, note_of, open_item, open_warehouse, require_there, text, thousandths
from resolvers.stock.material import charge
from resolvers.stock.moving import Cause, Lot, give_back, hold, put_in, relevel, take_out
from resolvers.unit import Unit, unit_of_work

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from models import StockBalance
    from models.viewer import Viewer
    from resolvers.ports import House

    Moved = tuple[StockMovement, StockBalance]  # what was done, and how it stands then


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What comes in: `unit_cost` in yuan for one unit."""

    warehouse_id: UUID
    item_id: UUID
    quantity: Decimal
    unit_cost: Decimal
    supplier: str | None = None
    expires_on: date | None = None
    note: str | None = None


async def receive(viewer: Viewer | None, house: House, wish: Delivery) -> Moved:
    """Goods come in, as a batch at their cost. Raises Refusal."""
    async with unit_of_work(house, viewer) as unit:
        place = await open_warehouse(unit, wish.warehouse_id, "warehouse_id", Permission.STOCK_KEEP, into=True)
        item = await open_item(unit, wish.item_id, "item_id", into=True)
        quantity = thousandths(wish.quantity, item, "quantity")
        cost = int(wish.unit_cost.scaleb(4))
        if not 0 <= cost <= MOST_COST:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="unit_cost", message="COST_OUT_OF_RANGE")
        lot = Lot(
            quantity=quantity,
            unit_cost=cost,
            received_at=unit.now,
            supplier=text("supplier", wish.supplier, MAX_NAME),
            expires_on=wish.expires_on or NEVER,
        )
        cause = Cause(kind=StockMovementKind.IN, note=note_of(wish.note))
        balance = (await hold(unit, [place], [item.id]))[place.id, item.id]
        movement = await put_in(unit, balance, worth(quantity, cost), [lot], cause)
        unit.audit("stock.receive", None, movement)
    return movement, balance


async def issue(
    viewer: Viewer | None, house: House, warehouse_id: UUID, item_id: UUID, quantity: Decimal, note: str
) -> Moved:
    """Something is handed out for no WorkOrder; `note` says for what. Raises Refusal."""
    async with unit_of_work(house, viewer) as unit:
        place = await open_warehouse(unit, warehouse_id, "warehouse_id", Permission.STOCK_KEEP)
        item = await open_item(unit, item_id, "item_id")
        wanted = thousandths(quantity, item, "quantity")
        if not note.strip():
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="note", message="NOT_EMPTY")
        cause = Cause(kind=StockMovementKind.OUT, note=note_of(note))
        balance = (await hold(unit, [place], [item.id]))[place.id, item.id]
        movement, _ = await take_out(unit, balance, wanted, cause)
        unit.audit("stock.issue", None, movement)
    return movement, balance


async def take_back(
    viewer: Viewer | None, house: House, movement_id: UUID, quantity: Decimal, note: str | None = None
) -> Moved:
    """What was handed out comes back, all or a part of it. Raises Refusal.

    By who keeps the warehouse; what a WorkOrder took, also by its assignee.
    """
    async with unit_of_work(house, viewer) as unit:
        origin = await unit.see(StockMovement, movement_id, "movement_id")
        await _may_return(unit, origin)
        if origin.kind is not StockMovementKind.OUT:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="movement_id", message="NOT_AN_ISSUE")
        place = await open_warehouse(unit, origin.warehouse_id, "movement_id", None, into=True)
        item = await open_item(unit, origin.item_id, "movement_id", into=True)
        wanted = thousandths(quantity, item, "quantity")
        cause = Cause(
            kind=StockMovementKind.RETURN,
            note=note_of(note),
            work_order_id=origin.work_order_id,
            origin_id=origin.id,
        )
        balance = (await hold(unit, [place], [item.id]))[place.id, item.id]
        movement = await give_back(unit, balance, origin, wanted, cause)
        await charge(unit, movement)
        unit.audit("stock.return", None, movement)
    return movement, balance


async def transfer(
    viewer: Viewer | None,
    house: House,
    warehouse_id: UUID,
    to_warehouse_id: UUID,
    item_id: UUID,
    quantity: Decimal,
    note: str | None = None,
) -> tuple[StockMovement, StockMovement, StockBalance]:
    """From one warehouse to another, at the moving average of the first: out of it and into the other, or nothing.

    Batches keep when they came, from whom, until when they keep and what they cost. Raises Refusal.
    """
    async with unit_of_work(house, viewer) as unit:
        source = await open_warehouse(unit, warehouse_id, "warehouse_id", Permission.STOCK_KEEP)
        target = await open_warehouse(unit, to_warehouse_id, "to_warehouse_id", Permission.STOCK_KEEP, into=True)
        item = await open_item(unit, item_id, "item_id", into=True)
        if source.id == target.id:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="to_warehouse_id", message="SAME_WAREHOUSE")
        wanted, said = thousandths(quantity, item, "quantity"), note_of(note)
        held = await hold(unit, [source, target], [item.id])
        cause = Cause(kind=StockMovementKind.TRANSFER, note=said)
        out, picks = await take_out(unit, held[source.id, item.id], wanted, cause)
        lots = [
            Lot(
                quantity=part,
                unit_cost=batch.unit_cost,
                received_at=batch.received_at,
                supplier=batch.supplier,
                expires_on=batch.expires_on,
            )
            for batch, part in picks
        ]
        cause = Cause(kind=StockMovementKind.TRANSFER, note=said, origin_id=out.id)
        into = await put_in(unit, held[target.id, item.id], -out.value, lots, cause)
        unit.audit("stock.transfer", None, out)
        unit.audit("stock.transfer", None, into)
    return out, into, held[source.id, item.id]


async def set_level(
    viewer: Viewer | None, house: House, warehouse_id: UUID, item_id: UUID, warning_level: Decimal | None
) -> StockBalance:
    """When an item is to be bought for a warehouse: at `warning_level` and below; None: never. Raises Refusal."""
    async with unit_of_work(house, viewer) as unit:
        place = await open_warehouse(unit, warehouse_id, "warehouse_id", Permission.STOCK_MANAGE, into=True)
        item = await open_item(unit, item_id, "item_id", into=True)
        level = None if warning_level is None else thousandths(warning_level, item, "warning_level", least=0)
        balance = (await hold(unit, [place], [item.id]))[place.id, item.id]
        before = await relevel(unit, balance, level)
        unit.audit("stock.setLevel", before, balance)
    return balance


async def _may_return(unit: Unit, origin: StockMovement) -> None:
    """Who keeps the warehouse; the assignee of the order that took it. The order stays as it is until we commit."""
    viewer = unit.signed_in
    if origin.work_order_id is not None:
        order = await WorkOrder.get(id=origin.work_order_id)
        await keep(unit, order)
        own = order.assignee_id is not None and order.assignee_id == viewer.staff_id
        if own and viewer.may(Permission.WORK_ORDER_WORK, order.property_id):
            return
    require_there(unit, Permission.STOCK_KEEP, origin.property_id)
