"""What was done is charged to a resident: one bill for an order, as long as it is not credited as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Bill, ChargeItem, Occupancy, Person, Property, StockItem, WorkOrder, WorkOrderMaterial
from models import Unit as PlaceUnit
from models.errors import ErrorCode, Refusal
from models.rules.bill import BillStatus, Line
from models.rules.charge import CHARGEABLE, labour_line, material_line
from models.rules.permission import Permission
from models.rules.place import local_day
from resolvers.bill import Draft, check_draft, issue
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require
from resolvers.work_order.extra import touch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Price:
    """What an item that the order used is charged at: 1/10,000 yuan for one; all that was used unless told."""

    material_id: UUID
    unit_price: int
    quantity: int | None = None


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A charge as it is asked for. `labour_price` is 1/10,000 yuan for an hour; without `payer_id` who reported it."""

    expected_version: int
    charge_item_id: UUID
    due_on: date
    payer_id: UUID | None = None
    labour_price: int | None = None
    materials: Sequence[Price] = ()
    lines: Sequence[Line] = ()


async def charge(viewer: Viewer | None, house: House, id_: UUID, wish: Charge) -> tuple[WorkOrder, Bill]:
    """Bill an order that is done to whom it was done for, once: what is wrong is corrected by a credit note.

    Raises Refusal WORK_ORDER_NOT_CHARGEABLE, and BILL_EXISTS while it has a bill that is not CREDITED (rules.md 13).
    """
    try:
        async with unit_of_work(house, viewer) as unit:
            order = await unit.find(WorkOrder, id_, "id")
            require(unit.signed_in, Permission.BILL_CREATE, order.property_id)
            check_version(order, wish.expected_version)
            place = await Property.get(id=order.property_id)
            draft = await _draft(unit, place, order, wish)
            check_draft(draft)
            (bill,) = await issue(unit, place, [draft])
            before = await touch(unit, order)
            unit.audit("workOrder.charge", before, order)
    except UniqueViolation:
        raise _charged(id_) from None
    return order, bill


def _charged(id_: UUID) -> Refusal:
    return Refusal(ErrorCode.BILL_EXISTS, field="id", message="WORK_ORDER_CHARGED", current=id_)


async def _draft(unit: Unit, place: Property, order: WorkOrder, wish: Charge) -> Draft:
    """What the viewer may see of what is named comes before what the order is."""
    item = await unit.see(ChargeItem, wish.charge_item_id, "charge_item_id")
    if item.property_id != order.property_id:
        raise Refusal(ErrorCode.NOT_FOUND, field="charge_item_id")
    payer_id = await _payer(unit, order, wish.payer_id)
    lines = await _lines(order, wish)
    home, day = await _done(order, place)
    return Draft(
        unit_id=home.id,
        building_id=home.building_id,
        charge_item=item,
        payer_id=payer_id,
        period_from=day,
        period_until=day,
        due_on=wish.due_on,
        lines=lines,
        work_order_id=order.id,
        work_order_number=order.number,
    )


async def _done(order: WorkOrder, place: Property) -> tuple[PlaceUnit, date]:
    """Where and on which day it was done. Raises Refusal."""
    about: dict[str, Any] = {"field": "id", "current": order.id}
    if order.status not in CHARGEABLE or order.completed_at is None:
        status = order.status
        raise Refusal(ErrorCode.WORK_ORDER_NOT_CHARGEABLE, message="WORK_ORDER_NOT_DONE", status=status, **about)
    if order.unit_id is None:
        raise Refusal(ErrorCode.WORK_ORDER_NOT_CHARGEABLE, message="WORK_ORDER_OF_NO_UNIT", **about)
    if await Bill.filter(work_order_id=order.id).exclude(status=BillStatus.CREDITED).exists():
        raise _charged(order.id)
    return await PlaceUnit.get(id=order.unit_id), local_day(order.completed_at, place.time_zone)


async def _payer(unit: Unit, order: WorkOrder, payer_id: UUID | None) -> UUID:
    """Who holds the Unit or held it: the one named, else the resident whose Ticket it answers."""
    wanted = payer_id or order.reporter_id
    if wanted is None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="payer_id", message="PAYER_UNKNOWN")
    payer = await unit.see(Person, wanted, "payer_id")
    if order.unit_id and not await Occupancy.filter(unit_id=order.unit_id, person_id=payer.id).exists():
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="payer_id", message="PAYER_NEVER_HELD_UNIT")
    return payer.id


async def _lines(order: WorkOrder, wish: Charge) -> list[Line]:
    lines = []
    if wish.labour_price is not None:
        if not order.labour_minutes:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="labour_price", message="NO_LABOUR")
        lines.append(labour_line(order.labour_minutes, wish.labour_price))
    if len({price.material_id for price in wish.materials}) < len(wish.materials):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="materials", message="NAMED_TWICE")
    return [*lines, *[await _material(order, price) for price in wish.materials], *wish.lines]


async def _material(order: WorkOrder, price: Price) -> Line:
    found = await WorkOrderMaterial.filter(id=price.material_id, work_order_id=order.id).get_or_none()
    if found is None:
        raise Refusal(ErrorCode.NOT_FOUND, field="materials")
    item = await StockItem.get(id=found.item_id)
    try:
        return material_line(item.name, item.unit, found.taken - found.returned, price.quantity, price.unit_price)
    except ValueError:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="materials", message="MORE_THAN_USED", item=item.name) from None
