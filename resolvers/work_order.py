"""Work orders: which ones a viewer lists, and the steps of their life (models/rules/work_order.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Property, RoleAssignment, Staff, Ticket, WorkOrder, WorkOrderStep
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq, is_in
from models.query import Order, Query
from models.rules.permission import ROLE_PERMISSIONS, Permission
from models.rules.place import local_day
from models.rules.ticket import MAX_TEXT, status_for
from models.rules.work_order import TRANSITIONS, WorkOrderStatus, WorkOrderVerb, is_legal
from models.scope import visible
from resolvers.file import attach_photos
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require
from subscriptions.feed import Cursor, Feed
from subscriptions.work_order import WorkOrderChange, WorkOrderChanged, changed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from models import Alarm
    from models.rules.ticket import Priority
    from models.viewer import Viewer
    from resolvers.ports import House

_CHANGES = {
    WorkOrderVerb.ASSIGN: WorkOrderChange.ASSIGNED,
    WorkOrderVerb.ACCEPT: WorkOrderChange.ACCEPTED,
    WorkOrderVerb.START: WorkOrderChange.STARTED,
    WorkOrderVerb.COMPLETE: WorkOrderChange.COMPLETED,
}


def in_property(
    viewer: Viewer | None,
    property_id: UUID,
    order: Order,
    statuses: Sequence[WorkOrderStatus] | None = None,
    assignee_id: UUID | None = None,
) -> Query:
    """Work orders of a Property."""
    return Query(WorkOrder, visible(WorkOrder, viewer), order).only(
        eq("property_id", property_id),
        EVERYTHING if statuses is None else is_in("status", [status.value for status in statuses]),
        EVERYTHING if assignee_id is None else eq("assignee_id", assignee_id),
    )


def changes(viewer: Viewer | None, property_id: UUID, after: str | None) -> Feed:
    """Every step of the orders of a Property that the viewer may see."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=property_id,
        type=WorkOrderChanged.TYPE,
        where=visible(WorkOrder, viewer),
        after=Cursor.decode(after) if after else None,
    )


def viewer_can(verb: WorkOrderVerb, order: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a client should show the button of `verb`: the same table that the verb itself obeys."""
    step = TRANSITIONS[verb]
    return (
        is_legal(verb, WorkOrderStatus(order["status"]))
        and viewer.may(step.permission, order["property_id"])
        and (not step.assignee_only or (viewer.staff_id is not None and order["assignee_id"] == viewer.staff_id))
    )


async def open_order(unit: Unit, ticket: Ticket) -> WorkOrder:
    """The order of a Ticket that needs somebody to go there."""
    return await _open(
        unit,
        property_id=ticket.property_id,
        building_id=ticket.building_id,
        unit_id=ticket.unit_id,
        ticket_id=ticket.id,
        reporter_id=ticket.reporter_id,
        number=ticket.number,
        summary=f"{ticket.category}：{ticket.text}"[:200],
        priority=ticket.priority,
    )


async def open_for_alarm(unit: Unit, alarm: Alarm, unit_id: UUID | None, summary: str, priority: Priority) -> WorkOrder:
    """The order of an Alarm; `unit_id` is where its source stands, when that is in a Unit."""
    estate = await Property.get(id=alarm.property_id)
    return await _open(
        unit,
        property_id=alarm.property_id,
        building_id=alarm.building_id,
        unit_id=unit_id,
        alarm_id=alarm.id,
        number=await free_number(unit, local_day(unit.now, estate.time_zone)),
        summary=summary,
        priority=priority,
    )


async def free_number(unit: Unit, day: date) -> str:
    """A number that no Ticket and no WorkOrder of the Organization has: an order bears its ticket's."""
    (number,) = await unit.numbers(day, Ticket, WorkOrder)
    return number


async def _open(unit: Unit, **values: Any) -> WorkOrder:
    order = await unit.add(WorkOrder, status=WorkOrderStatus.CREATED, **values)
    unit.audit("workOrder.create", None, order)
    unit.announce(changed(WorkOrderChange.CREATED, None, order, unit.now))
    return order


async def assign(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, staff_id: UUID, note: str | None = None
) -> WorkOrder:
    """Give an order to a member of staff who works in its Property; again, to somebody else."""
    async with unit_of_work(house, viewer) as unit:
        order = await _ready(unit, id_, WorkOrderVerb.ASSIGN, expected_version)
        staff = await unit.find(Staff, staff_id, "staff_id")
        await _eligible(unit, staff, order)
        await _step(unit, order, WorkOrderVerb.ASSIGN, note, assignee_id=staff.id)
    return order


async def accept(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, note: str | None = None
) -> WorkOrder:
    """The assignee takes the order on."""
    async with unit_of_work(house, viewer) as unit:
        order = await _ready(unit, id_, WorkOrderVerb.ACCEPT, expected_version)
        await _step(unit, order, WorkOrderVerb.ACCEPT, note)
    return order


async def start(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, note: str | None = None
) -> WorkOrder:
    """The assignee begins the work."""
    async with unit_of_work(house, viewer) as unit:
        order = await _ready(unit, id_, WorkOrderVerb.START, expected_version)
        await _step(unit, order, WorkOrderVerb.START, note)
    return order


async def complete(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    expected_version: int,
    result: str,
    photo_ids: Sequence[UUID] = (),
) -> WorkOrder:
    """The assignee reports the work done, with its result and photos."""
    async with unit_of_work(house, viewer) as unit:
        order = await _ready(unit, id_, WorkOrderVerb.COMPLETE, expected_version)
        if not 1 <= len(result.strip()) <= MAX_TEXT:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="result", message="TEXT_LENGTH", low=1, high=MAX_TEXT)
        await _step(unit, order, WorkOrderVerb.COMPLETE, None, result=result.strip())
        await attach_photos(
            unit, photo_ids, work_order_id=order.id, property_id=order.property_id, reporter_id=order.reporter_id
        )
    return order


async def _ready(unit: Unit, id_: UUID, verb: WorkOrderVerb, expected: int) -> WorkOrder:
    """The order, locked, when this viewer may take this step with it now. Rights come before anything it may learn."""
    step = TRANSITIONS[verb]
    viewer = _viewer(unit)
    order = await unit.find(WorkOrder, id_, "id")
    require(viewer, step.permission, order.property_id)
    if step.assignee_only and order.assignee_id != viewer.staff_id:
        raise Refusal(ErrorCode.FORBIDDEN, message="NOT_ASSIGNEE")
    check_version(order, expected)
    if not is_legal(verb, order.status):
        raise Refusal(
            ErrorCode.TRANSITION_NOT_ALLOWED, field="id", current=order.id, verb=verb.value, status=order.status.value
        )
    return order


async def _step(unit: Unit, order: WorkOrder, verb: WorkOrderVerb, note: str | None, **values: Any) -> None:
    """The transition with its history, audit and event; the Ticket follows."""
    step = TRANSITIONS[verb]
    if note is not None and len(note) > MAX_TEXT:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="note", message="TEXT_LENGTH", low=0, high=MAX_TEXT)
    if step.restamp or getattr(order, step.stamp) is None:
        values[step.stamp] = unit.now
    before = await unit.change(order, status=step.target, **values)
    await unit.add(
        WorkOrderStep,
        property_id=order.property_id,
        work_order_id=order.id,
        account_id=_viewer(unit).account_id,
        verb=verb,
        from_status=before.status,
        to_status=order.status,
        note=note,
    )
    await _follow_ticket(unit, order)
    unit.audit(f"workOrder.{verb.value.lower()}", before, order)
    unit.announce(changed(_CHANGES[verb], before, order, unit.now))


async def _follow_ticket(unit: Unit, order: WorkOrder) -> None:
    """The Ticket shows its resident how far the order is."""
    ticket = await Ticket.filter(id=order.ticket_id).select_for_update().get_or_none() if order.ticket_id else None
    status = status_for(order.status)
    if ticket is not None and ticket.status is not status:
        before = await unit.change(ticket, status=status)
        unit.audit("ticket.follow", before, ticket)


async def _eligible(unit: Unit, staff: Staff, order: WorkOrder) -> None:
    """Refuse a member of staff who has left or who does no work orders in this Property."""
    working = [role for role, held in ROLE_PERMISSIONS.items() if Permission.WORK_ORDER_WORK in held]
    estate = await Property.get(id=order.property_id)
    today = local_day(unit.now, estate.time_zone)
    employed = staff.employed_from <= today and (staff.employed_until is None or staff.employed_until >= today)
    roles = await RoleAssignment.filter(
        account__staff_id=staff.id, account__disabled_at=None, role__in=working, valid_from__lte=unit.now
    ).values_list("property_id", "valid_until")
    here = any(place in (None, order.property_id) and (until is None or until > unit.now) for place, until in roles)
    if not (employed and here):
        raise Refusal(ErrorCode.STAFF_NOT_ELIGIBLE, field="staff_id")


def _viewer(unit: Unit) -> Viewer:
    assert unit.viewer is not None  # noqa: S101 - unit_of_work gave it
    return unit.viewer
