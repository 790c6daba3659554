"""One step of an order: who may, what it needs, what it leaves behind, and the Ticket that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import File, Ticket, WorkOrder, WorkOrderItem, WorkOrderStep
from models.errors import ErrorCode, Refusal
from models.rules.file import PhotoMoment
from models.rules.ticket import MAX_TEXT, TicketEntryKind, TicketStatus, status_for
from models.rules.work_order import (
    PUBLIC,
    REWORK,
    TRANSITIONS,
    Need,
    Who,
    WorkOrderStatus,
    WorkOrderVerb,
    is_legal,
    is_person,
)
from resolvers.dispatch import soon
from resolvers.sla import keep_order
from resolvers.timeline import enter
from resolvers.unit import check_version
from resolvers.viewer import require
from resolvers.window import closing, reopening
from resolvers.work_order.reading import is_own
from subscriptions.ticket import TicketChange
from subscriptions.work_order import WorkOrderChange, changed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.rules.place import Spot
    from resolvers.unit import Unit

_CHANGES = {
    WorkOrderVerb.ASSIGN: WorkOrderChange.ASSIGNED,
    WorkOrderVerb.ACCEPT: WorkOrderChange.ACCEPTED,
    WorkOrderVerb.DECLINE: WorkOrderChange.DECLINED,
    WorkOrderVerb.DEPART: WorkOrderChange.DEPARTED,
    WorkOrderVerb.START: WorkOrderChange.STARTED,
    WorkOrderVerb.WAIT: WorkOrderChange.WAITING,
    WorkOrderVerb.COMPLETE: WorkOrderChange.COMPLETED,
    WorkOrderVerb.VERIFY: WorkOrderChange.VERIFIED,
    WorkOrderVerb.RETURN: WorkOrderChange.RETURNED,
    WorkOrderVerb.CLOSE: WorkOrderChange.CLOSED,
    WorkOrderVerb.CANCEL: WorkOrderChange.CANCELLED,
    WorkOrderVerb.REOPEN: WorkOrderChange.REOPENED,
    WorkOrderVerb.WITHDRAW: WorkOrderChange.CANCELLED,
    WorkOrderVerb.OBJECT: WorkOrderChange.REOPENED,
    WorkOrderVerb.EXPIRE: WorkOrderChange.CLOSED,
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is said with a step: a note for staff, and where the phone was."""

    note: str | None = None
    location: Spot | None = None


async def ready(unit: Unit, id_: UUID, verb: WorkOrderVerb, expected: int) -> WorkOrder:
    """The order, locked, when this viewer may take this step with it now. Rights come before anything it may learn."""
    step = TRANSITIONS[verb]
    order = await unit.find(WorkOrder, id_, "id")
    if step.permission is None:
        raise TypeError(f"{verb} is no verb of people")
    require(unit.signed_in, step.permission, order.property_id)
    if not is_person(step.who, own=is_own(order.assignee_id, unit.signed_in)):
        raise Refusal(ErrorCode.FORBIDDEN, message="NOT_ASSIGNEE" if step.who is Who.ASSIGNEE else "OWN_WORK")
    check_version(order, expected)
    if not is_legal(verb, order.status):
        raise Refusal(
            ErrorCode.TRANSITION_NOT_ALLOWED,
            field="id",
            current=order.id,
            verb=verb,
            status=order.status,
            legal=tuple(other for other in PUBLIC if is_legal(other, order.status)),
        )
    return order


async def take_step(
    unit: Unit, order: WorkOrder, verb: WorkOrderVerb, told: Told, actor: str = "account", **values: Any
) -> None:
    """The transition with its history, audit and event; the Ticket follows. Raises Refusal when a need is not met."""
    step = TRANSITIONS[verb]
    check_note(told.note, needed=order.status in step.explained)
    if Need.WINDOW in step.needs and order.reopen_until is not None and order.reopen_until < unit.now:
        raise Refusal(ErrorCode.REOPEN_WINDOW_OVER, field="id", current=order.id)
    values = dict.fromkeys(step.clears) | _out_of_hands(verb) | values
    if step.restamp or getattr(order, step.stamp) is None:
        values[step.stamp] = unit.now
    if verb in REWORK:
        values["rework_count"] = order.rework_count + 1
    values |= await _windows(unit, order, step.target)
    before = await unit.change(order, status=step.target, **values)
    taken = await _remember(unit, before, order, verb, told)
    await follow(unit, order, taken, actor)
    unit.audit(f"workOrder.{verb.value.lower()}", before, order, actor=actor)
    unit.announce(changed(_CHANGES[verb], before, order, unit.now))
    if step.target in _TO_BE_GIVEN:
        await soon(unit, order.property_id)


def _out_of_hands(verb: WorkOrderVerb) -> dict[str, Any]:
    """Whatever somebody does, the house is about nothing with the order until it looks again."""
    rest = dict.fromkeys(("dispatch_state", "dispatch_reason", "dispatch_due_at"))
    return rest if verb is WorkOrderVerb.DECLINE else {**rest, "dispatch_round": 0}


def check_note(note: str | None, *, needed: bool, field: str = "note") -> None:
    """Raise Refusal BAD_USER_INPUT for a note that is too long, or lacks where one must say why."""
    low = 1 if needed else 0
    if not low <= len((note or "").strip()) <= MAX_TEXT:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=low, high=MAX_TEXT)


async def check_photos(unit: Unit, order: WorkOrder, moment: PhotoMoment, photo_ids: Sequence[UUID]) -> None:
    """Raise Refusal PHOTO_REQUIRED where the order wants a photo of that moment and has none."""
    wanted = order.needs_before_photo if moment is PhotoMoment.BEFORE else order.needs_after_photo
    if wanted and not photo_ids and not await File.filter(work_order_id=order.id, moment=moment).exists():
        raise Refusal(ErrorCode.PHOTO_REQUIRED, field="photo_ids", moment=moment)


async def check_list(order: WorkOrder) -> None:
    """Raise Refusal CHECKLIST_OPEN while an item of the order is not done."""
    left = await WorkOrderItem.filter(work_order_id=order.id, done_at=None).count()
    if left:
        raise Refusal(ErrorCode.CHECKLIST_OPEN, field="id", current=order.id, left=left)


async def _windows(unit: Unit, order: WorkOrder, target: WorkOrderStatus) -> dict[str, Any]:
    """When it closes by itself once it is done, and until when it may be reopened once it is closed."""
    if target not in (WorkOrderStatus.DONE, WorkOrderStatus.CLOSED):
        return {}
    ticket = await Ticket.get(id=order.ticket_id) if order.ticket_id else None
    category_id = ticket.ticket_category_id if ticket else None
    find = closing if target is WorkOrderStatus.DONE else reopening
    return await find(unit, order.property_id, category_id)


async def _remember(unit: Unit, before: WorkOrder, order: WorkOrder, verb: WorkOrderVerb, told: Told) -> WorkOrderStep:
    viewer, spot = unit.viewer, told.location
    return await unit.add(
        WorkOrderStep,
        property_id=order.property_id,
        work_order_id=order.id,
        account_id=viewer.account_id if viewer else None,
        staff_id=viewer.staff_id if viewer else None,
        person_id=viewer.person_id if viewer else None,
        assignee_id=order.assignee_id,
        verb=verb,
        from_status=before.status,
        to_status=order.status,
        note=told.note,
        latitude=spot.latitude if spot else None,
        longitude=spot.longitude if spot else None,
    )


async def follow(unit: Unit, order: WorkOrder, step: WorkOrderStep, actor: str = "account") -> None:
    """The Ticket shows its resident how far the order is; one that was cancelled stays so. Clocks follow either."""
    ticket = await Ticket.filter(id=order.ticket_id).select_for_update().get_or_none() if order.ticket_id else None
    if ticket is None:
        await keep_order(unit, order)
        return
    status, before = status_for(order.status), None
    if ticket.status not in (status, TicketStatus.CANCELLED):
        values: dict[str, Any] = {"status": status, "closed_at": None, "close_at": None, "reopen_until": None}
        if status in (TicketStatus.RESOLVED, TicketStatus.CLOSED):
            values["awaiting_since"] = None
        if status is TicketStatus.CLOSED:
            values |= {"closed_at": unit.now, "reopen_until": order.reopen_until}
        else:
            values["resolved_at"] = unit.now if status is TicketStatus.RESOLVED else None
        before = await unit.change(ticket, **values)
        unit.audit("ticket.follow", before, ticket, actor=actor)
    change = _TOLD.get(status, TicketChange.PROGRESSED) if before else None
    await enter(unit, ticket, TicketEntryKind.STEP, change, work_order_step_id=step.id)


_TO_BE_GIVEN = (WorkOrderStatus.CREATED, WorkOrderStatus.REJECTED)
_TOLD = {TicketStatus.RESOLVED: TicketChange.RESOLVED, TicketStatus.CLOSED: TicketChange.CLOSED}
