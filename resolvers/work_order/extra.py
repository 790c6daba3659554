"""What an order holds besides its steps: a checklist, labour, a contractor. Each raises the order's version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import Staff, WorkOrder, WorkOrderItem, WorkOrderLabour
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.work_order import ENDED, MAX_MINUTES, MAX_NAME, MAX_PHONE
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require
from resolvers.work_order.reading import is_own
from subscriptions.work_order import WorkOrderChange, changed

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

MAX_LABOUR_NOTE = 200


@dataclass(frozen=True, kw_only=True)
class Labour:
    """Time as it is recorded; `cost` in fen, of the sign of the minutes."""

    expected_version: int
    staff_id: UUID
    minutes: int
    cost: int | None = None
    note: str | None = None


async def check_item(viewer: Viewer | None, house: House, id_: UUID, item_id: UUID, done: bool) -> WorkOrder:
    """The assignee ticks an item off, or takes the tick back; again changes nothing."""
    async with unit_of_work(house, viewer) as unit:
        order = await unit.find(WorkOrder, id_, "id")
        require(unit.signed_in, Permission.WORK_ORDER_WORK, order.property_id)
        if not is_own(order.assignee_id, unit.signed_in):
            raise Refusal(ErrorCode.FORBIDDEN, message="NOT_ASSIGNEE")
        item = await unit.find(WorkOrderItem, item_id, "item_id")
        if item.work_order_id != order.id:
            raise Refusal(ErrorCode.NOT_FOUND, field="item_id")
        _still_open(order)
        if done is not (item.done_at is not None):
            stamp = {"done_at": unit.now, "done_by_id": unit.signed_in.staff_id}
            before = await unit.change(item, **(stamp if done else dict.fromkeys(stamp)))
            unit.audit("workOrder.check", before, item)
            await touch(unit, order)
    return order


async def record_labour(viewer: Viewer | None, house: House, id_: UUID, labour: Labour) -> WorkOrder:
    """Time that somebody spent on it; a negative entry corrects, and all together never goes below nothing."""
    async with unit_of_work(house, viewer) as unit:
        order = await _writable(unit, id_, labour.expected_version)
        staff = await unit.see(Staff, labour.staff_id, "staff_id")
        minutes, cost = labour.minutes, labour.cost or 0
        if not (minutes and abs(minutes) <= MAX_MINUTES and order.labour_minutes + minutes >= 0):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="minutes", message="LABOUR_MINUTES", max=MAX_MINUTES)
        if order.labour_cost + cost < 0 or cost * minutes < 0:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="cost", message="LABOUR_COST")
        _short("note", labour.note, MAX_LABOUR_NOTE)
        row = await unit.add(
            WorkOrderLabour,
            property_id=order.property_id,
            work_order_id=order.id,
            staff_id=staff.id,
            account_id=unit.signed_in.account_id,
            minutes=minutes,
            cost=cost,
            note=labour.note,
        )
        unit.audit("workOrder.recordLabour", None, row)
        sums = {"labour_minutes": order.labour_minutes + minutes, "labour_cost": order.labour_cost + cost}
        await touch(unit, order, **sums)
    return order


async def set_contractor(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    expected_version: int,
    name: str | None,
    phone: str | None = None,
    cost: int | None = None,
) -> WorkOrder:
    """Who outside does it, how to reach them and what they cost (fen); no name takes it back."""
    async with unit_of_work(house, viewer) as unit:
        order = await unit.find(WorkOrder, id_, "id")
        require(unit.signed_in, Permission.WORK_ORDER_ASSIGN, order.property_id)
        check_version(order, expected_version)
        _still_open(order)
        _short("name", name, MAX_NAME)
        _short("phone", phone, MAX_PHONE)
        kept = (name or "").strip() or None
        before = await touch(
            unit,
            order,
            contractor_name=kept,
            contractor_phone=(phone or "").strip() or None if kept else None,
            contractor_cost=cost if kept else None,
        )
        unit.audit("workOrder.setContractor", before, order)
    return order


async def _writable(unit: Unit, id_: UUID, expected_version: int) -> WorkOrder:
    """The order, locked: its assignee's, or that of whoever checks work there."""
    order = await unit.find(WorkOrder, id_, "id")
    viewer, place = unit.signed_in, order.property_id
    works = viewer.may(Permission.WORK_ORDER_WORK, place) and is_own(order.assignee_id, viewer)
    if not works:
        require(viewer, Permission.WORK_ORDER_VERIFY, place)
    check_version(order, expected_version)
    _still_open(order)
    return order


def _still_open(order: WorkOrder) -> None:
    if order.status in ENDED:
        raise Refusal(ErrorCode.WORK_ORDER_ENDED, field="id", current=order.id, status=order.status)


def _short(field: str, text: str | None, most: int) -> None:
    if len(text or "") > most:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=0, high=most)


async def touch(unit: Unit, order: WorkOrder, **values: Any) -> WorkOrder:
    """A change that is no step: the order's version grows, and boards hear of it. The order as it was."""
    before = await unit.change(order, **values)
    unit.announce(changed(WorkOrderChange.UPDATED, before, order, unit.now))
    return before
