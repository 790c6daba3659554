"""What becomes of a ticket: its resident cancels, reopens, rates and says more; staff answer, note and call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from models import Ticket, WorkOrder
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.ticket import (
    MAX_RATING_TEXT,
    MAX_TEXT,
    MOST_STARS,
    REPORTERS,
    TICKET_VERBS,
    CallOutcome,
    TicketEntryKind,
    TicketStatus,
    TicketVerb,
)
from models.rules.work_order import ENDED, WorkOrderStatus, WorkOrderVerb, is_legal
from resolvers.ticket.reading import is_reporter
from resolvers.timeline import enter
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require
from resolvers.window import closing
from resolvers.work_order import Told, take_step
from subscriptions.ticket import TicketChange

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

_RATING = ("stars", "rating_text", "rated_at")


async def cancel(
    viewer: Viewer | None, house: House, id_: UUID, reason: str | None = None, expected_version: int | None = None
) -> Ticket:
    """Its resident calls it off, with its orders, before work has begun on any of them."""
    async with unit_of_work(house, viewer) as unit:
        ticket, orders = await _own(unit, id_, TicketVerb.CANCEL, expected_version)
        said = _text("reason", reason or "", 0, MAX_TEXT) or None
        live = [order for order in orders if order.status not in ENDED]
        for order in live:
            if not is_legal(WorkOrderVerb.WITHDRAW, order.status):
                refuse(ticket, TicketVerb.CANCEL, order.status)
        before = await unit.change(ticket, status=TicketStatus.CANCELLED, cancelled_at=unit.now, awaiting_since=None)
        unit.audit("ticket.cancel", before, ticket)
        await enter(unit, ticket, TicketEntryKind.CANCELLED, TicketChange.CANCELLED, text=said)
        for order in live:
            await take_step(unit, order, WorkOrderVerb.WITHDRAW, Told(note=said))
    return ticket


async def reopen(
    viewer: Viewer | None, house: House, id_: UUID, reason: str, expected_version: int | None = None
) -> Ticket:
    """It is not settled, its resident says: the last order that was done is to be done again, or answered anew."""
    async with unit_of_work(house, viewer) as unit:
        ticket, orders = await _own(unit, id_, TicketVerb.REOPEN, expected_version)
        said = _text("reason", reason, 1, MAX_TEXT)
        if ticket.reopen_until is not None and ticket.reopen_until < unit.now:
            raise Refusal(ErrorCode.REOPEN_WINDOW_OVER, field="id", current=ticket.id)
        cleared = dict.fromkeys(("resolved_at", "closed_at", "close_at", "reopen_until", *_RATING))
        before = await unit.change(ticket, status=TicketStatus.OPEN, reopen_count=ticket.reopen_count + 1, **cleared)
        unit.audit("ticket.reopen", before, ticket)
        await enter(unit, ticket, TicketEntryKind.REOPENED, TicketChange.REOPENED, text=said)
        done = [order for order in orders if is_legal(WorkOrderVerb.OBJECT, order.status)]
        for order in done[-1:]:
            await take_step(unit, order, WorkOrderVerb.OBJECT, Told(note=said))
    return ticket


async def rate(viewer: Viewer | None, house: House, id_: UUID, stars: int, text: str | None = None) -> Ticket:
    """Its resident rates it once it is settled, and may change that within a day; once for each time it is settled."""
    async with unit_of_work(house, viewer) as unit:
        ticket, _ = await _own(unit, id_, TicketVerb.RATE, None)
        if not 1 <= stars <= MOST_STARS:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="stars", message="WHOLE_NUMBER", low=1, high=MOST_STARS)
        said = _text("text", text or "", 0, MAX_RATING_TEXT) or None
        hours = house.settings.limits.rating_edit_hours
        if ticket.rated_at is not None and ticket.rated_at + timedelta(hours=hours) < unit.now:
            raise Refusal(ErrorCode.RATING_WINDOW_OVER, field="id", current=ticket.id, hours=hours)
        before = await unit.change(ticket, stars=stars, rating_text=said, rated_at=ticket.rated_at or unit.now)
        unit.audit("ticket.rate", before, ticket)
        await enter(unit, ticket, TicketEntryKind.RATING, TicketChange.RATED, stars=stars, text=said)
    return ticket


async def comment(viewer: Viewer | None, house: House, id_: UUID, text: str, internal: bool = False) -> Ticket:
    """Its resident or staff say something; `internal`: staff among themselves, at any time."""
    async with unit_of_work(house, viewer) as unit:
        ticket = await unit.find(Ticket, id_, "id")
        if internal or not is_reporter(ticket.property_id, ticket.reporter_id, unit.signed_in):
            require(unit.signed_in, Permission.TICKET_HANDLE, ticket.property_id)
        said = _text("text", text, 1, MAX_TEXT)
        if internal:
            entry = await enter(unit, ticket, TicketEntryKind.COMMENT, TicketChange.COMMENTED, text=said, internal=True)
            unit.audit("ticket.comment", None, entry)
            return ticket
        _check_status(ticket, TicketVerb.COMMENT)
        own = is_reporter(ticket.property_id, ticket.reporter_id, unit.signed_in)
        went_on = own and ticket.awaiting_since is not None  # it is what was waited for
        before = await unit.change(ticket, **({"awaiting_since": None} if went_on else {}))
        entry = await enter(unit, ticket, TicketEntryKind.COMMENT, TicketChange.COMMENTED, text=said)
        unit.audit("ticket.comment", None, entry)
        if went_on:
            unit.audit("ticket.resume", before, ticket)
            await enter(unit, ticket, TicketEntryKind.RESUMED, TicketChange.RESUMED)
    return ticket


async def answer(viewer: Viewer | None, house: House, id_: UUID, text: str, expected_version: int) -> Ticket:
    """The company's answer; a ticket on which no order runs is settled by it."""
    async with unit_of_work(house, viewer) as unit:
        seen = await unit.see(Ticket, id_, "id")
        require(unit.signed_in, Permission.TICKET_HANDLE, seen.property_id)
        orders = await _orders(id_)
        ticket = await unit.find(Ticket, id_, "id")
        check_version(ticket, expected_version)
        _check_status(ticket, TicketVerb.ANSWER)
        said = _text("text", text, 1, MAX_TEXT)
        settled = all(order.status in ENDED for order in orders)
        values: dict[str, Any] = {}
        if settled:
            values = {"status": TicketStatus.RESOLVED, "resolved_at": unit.now, "awaiting_since": None}
            values |= await closing(unit, ticket.property_id, ticket.ticket_category_id)
        before = await unit.change(ticket, **values)
        unit.audit("ticket.answer", before, ticket)
        await enter(unit, ticket, TicketEntryKind.ANSWER, TicketChange.ANSWERED, text=said)
    return ticket


async def await_resident(viewer: Viewer | None, house: House, id_: UUID, text: str, expected_version: int) -> Ticket:
    """Staff asked the resident for something, and wait for it: meanwhile no time towards resolving it counts."""
    async with unit_of_work(house, viewer) as unit:
        ticket = await _handled(unit, id_, TicketVerb.AWAIT, expected_version)
        said = _text("text", text, 1, MAX_TEXT)
        before = await unit.change(ticket, awaiting_since=unit.now)
        unit.audit("ticket.await", before, ticket)
        await enter(unit, ticket, TicketEntryKind.AWAITED, TicketChange.AWAITED, text=said)
    return ticket


async def resume(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, note: str | None = None
) -> Ticket:
    """It waits for its resident no more, who called or was there; a comment of theirs does the same."""
    async with unit_of_work(house, viewer) as unit:
        ticket = await _handled(unit, id_, TicketVerb.RESUME, expected_version)
        said = _text("note", note or "", 0, MAX_TEXT) or None
        before = await unit.change(ticket, awaiting_since=None)
        unit.audit("ticket.resume", before, ticket)
        await enter(unit, ticket, TicketEntryKind.RESUMED, TicketChange.RESUMED, text=said)
    return ticket


async def follow_up(
    viewer: Viewer | None, house: House, id_: UUID, outcome: CallOutcome, note: str | None = None
) -> Ticket:
    """Staff called after the work: what came of it, for staff."""
    async with unit_of_work(house, viewer) as unit:
        ticket = await unit.find(Ticket, id_, "id")
        require(unit.signed_in, Permission.TICKET_HANDLE, ticket.property_id)
        _check_status(ticket, TicketVerb.FOLLOW_UP)
        said = _text("note", note or "", 0, MAX_TEXT) or None
        entry = await enter(
            unit,
            ticket,
            TicketEntryKind.CALL,
            TicketChange.CALLED,
            outcome=outcome,
            text=said,
            internal=True,
        )
        unit.audit("ticket.followUp", None, entry)
    return ticket


async def _handled(unit: Unit, id_: UUID, verb: TicketVerb, expected_version: int) -> Ticket:
    """The ticket, locked, for whoever handles tickets there, when it waits (RESUME) or does not (AWAIT)."""
    ticket = await unit.find(Ticket, id_, "id")
    require(unit.signed_in, Permission.TICKET_HANDLE, ticket.property_id)
    check_version(ticket, expected_version)
    _check_status(ticket, verb)
    if (ticket.awaiting_since is not None) is not (verb is TicketVerb.RESUME):
        refuse(ticket, verb, ticket.status)
    return ticket


async def _own(unit: Unit, id_: UUID, verb: TicketVerb, expected_version: int | None) -> tuple[Ticket, list[WorkOrder]]:
    """The ticket and its orders, locked as a step of an order locks them, when it is the viewer's own and allows it."""
    seen = await unit.see(Ticket, id_, "id")
    if verb not in REPORTERS or not is_reporter(seen.property_id, seen.reporter_id, unit.signed_in):
        raise Refusal(ErrorCode.FORBIDDEN, message="NOT_REPORTER")
    orders = await _orders(id_)
    ticket = await unit.find(Ticket, id_, "id")
    check_version(ticket, expected_version)
    _check_status(ticket, verb)
    return ticket, orders


async def _orders(ticket_id: UUID) -> list[WorkOrder]:
    """Oldest first; before the ticket itself is locked."""
    return await WorkOrder.filter(ticket_id=ticket_id).order_by("id").select_for_update()


def _check_status(ticket: Ticket, verb: TicketVerb) -> None:
    if ticket.status not in TICKET_VERBS[verb]:
        refuse(ticket, verb, ticket.status)


def refuse(ticket: Ticket, verb: TicketVerb, status: TicketStatus | WorkOrderStatus) -> NoReturn:
    """Raise Refusal TRANSITION_NOT_ALLOWED, which says what is possible."""
    raise Refusal(
        ErrorCode.TRANSITION_NOT_ALLOWED,
        field="id",
        message="TICKET_STATUS",
        current=ticket.id,
        verb=verb,
        status=status,
        legal=tuple(other for other in TicketVerb if ticket.status in TICKET_VERBS[other] and other is not verb),
    )


def _text(field: str, text: str, low: int, high: int) -> str:
    kept = text.strip()
    if not low <= len(kept) <= high:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=low, high=high)
    return kept
