"""What work orders take from the warehouses, and what of it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import WorkOrder, WorkOrderMaterial
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.stock import TAKES_MATERIAL, StockMovementKind
from resolvers.stock.common import keep, note_of, open_item, open_warehouse, thousandths
from resolvers.stock.moving import Cause, hold, take_out
from resolvers.unit import Unit, unit_of_work

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

    from models import StockBalance, StockMovement
    from models.viewer import Viewer
    from resolvers.ports import House


async def use_material(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    warehouse_id: UUID,
    item_id: UUID,
    quantity: Decimal,
    note: str | None = None,
) -> tuple[WorkOrderMaterial, StockMovement, StockBalance]:
    """Take something for a WorkOrder that somebody has in hand: its assignee, or who keeps the warehouse.

    From a warehouse of the order's Property or of the Organization. Raises Refusal.
    """
    async with unit_of_work(house, viewer) as unit:
        order = await unit.see(WorkOrder, id_, "id")
        await keep(unit, order)
        own = order.assignee_id is not None and order.assignee_id == unit.signed_in.staff_id
        works = own and unit.signed_in.may(Permission.WORK_ORDER_WORK, order.property_id)
        needed = None if works else Permission.STOCK_KEEP
        place = await open_warehouse(unit, warehouse_id, "warehouse_id", needed)
        if place.property_id not in (None, order.property_id):
            raise Refusal(ErrorCode.NOT_FOUND, field="warehouse_id")
        if order.status not in TAKES_MATERIAL:
            raise Refusal(ErrorCode.WORK_ORDER_TAKES_NO_MATERIAL, field="id", status=order.status)
        item = await open_item(unit, item_id, "item_id")
        wanted = thousandths(quantity, item, "quantity")
        cause = Cause(kind=StockMovementKind.OUT, note=note_of(note), work_order_id=order.id)
        balance = (await hold(unit, [place], [item.id]))[place.id, item.id]
        movement, _ = await take_out(unit, balance, wanted, cause)
        material = await _taken(unit, order, movement)
        unit.audit("workOrder.useMaterial", None, movement)
    return material, movement, balance


async def charge(unit: Unit, movement: StockMovement) -> None:
    """What came back of an order's material. The balance is held, and with it what the order took from there."""
    if movement.work_order_id is None:
        return
    material = await WorkOrderMaterial.get(
        work_order_id=movement.work_order_id, warehouse_id=movement.warehouse_id, item_id=movement.item_id
    )
    await unit.change(material, returned=material.returned + movement.quantity, cost=material.cost - movement.value)


async def _taken(unit: Unit, order: WorkOrder, movement: StockMovement) -> WorkOrderMaterial:
    """One row for an order, a warehouse and an item; the balance is held."""
    key = {"work_order_id": order.id, "warehouse_id": movement.warehouse_id, "item_id": movement.item_id}
    material = await WorkOrderMaterial.filter(**key).get_or_none()
    taken, cost = -movement.quantity, -movement.value
    if material is None:
        return await unit.add(
            WorkOrderMaterial, property_id=order.property_id, taken=taken, returned=0, cost=cost, **key
        )
    await unit.change(material, taken=material.taken + taken, cost=material.cost + cost)
    return material
