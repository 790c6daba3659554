"""Raising a ticket: what it is about, duplicates and floods refused, its order opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import Building, Occupancy, Person, Property, Ticket, TicketCategory
from models import Unit as PlaceUnit
from models.errors import ErrorCode, Refusal
from models.predicate import all_of, eq, to_q
from models.rules.permission import Permission
from models.rules.place import local_day
from models.rules.ticket import (
    MAX_CATEGORY,
    MAX_TEXT,
    MOST_AHEAD,
    RUNNING,
    UNCLASSIFIED,
    Priority,
    TicketEntryKind,
    TicketKind,
    TicketStatus,
    needs_work_order,
    remind_at,
)
from models.scope.word import running
from resolvers.file import attach_photos
from resolvers.sla import begin_clocks
from resolvers.ticket.category import chosen, classified
from resolvers.timeline import enter
from resolvers.unit import Unit, unit_of_work
from resolvers.viewer import require
from resolvers.work_order import free_number, open_order
from subscriptions.ticket import TicketChange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A ticket as it is raised."""

    property_id: UUID
    kind: TicketKind
    text: str
    category: str | None = None
    category_id: UUID | None = None
    unit_id: UUID | None = None
    building_id: UUID | None = None
    reporter_id: UUID | None = None
    photo_ids: Sequence[UUID] = ()
    appointment_at: datetime | None = None
    priority: Priority = Priority.NORMAL


async def create(viewer: Viewer | None, house: House, draft: Draft) -> Ticket:
    """Raise a ticket; a repair or complaint opens its work order in the same transaction (features.md row 15)."""
    found = draft.category_id or await classified(viewer, house, draft.property_id, draft.kind, _said(draft))
    async with unit_of_work(house, viewer) as unit:
        place = await unit.see(Property, draft.property_id, "property_id")
        home = await unit.see(PlaceUnit, draft.unit_id, "unit_id") if draft.unit_id else None
        if home is not None and home.property_id != place.id:
            raise Refusal(ErrorCode.NOT_FOUND, field="unit_id")
        building = await unit.see(Building, draft.building_id, "building_id") if draft.building_id else None
        if building is not None and building.property_id != place.id:
            raise Refusal(ErrorCode.NOT_FOUND, field="building_id")
        _may_raise(unit, place, home)
        _check(draft, unit.now)
        reporter_id = await _reporter(unit, place, home, draft.reporter_id)
        named = draft.category_id is not None
        category = await chosen(unit, place, draft.kind, found, named=named) if found else None
        ticket = await _add(unit, place, home, replace(draft, reporter_id=reporter_id), category)
        await attach_photos(
            unit, draft.photo_ids, ticket_id=ticket.id, property_id=place.id, reporter_id=ticket.reporter_id
        )
        opens = needs_work_order(draft.kind, category=category is not None and category.opens_work_order)
        order = await open_order(unit, ticket, category) if opens else None
        ordered = order is not None and ticket.handler_id is None
        await enter(unit, ticket, TicketEntryKind.RAISED, TicketChange.RAISED, ordered=ordered)
        await begin_clocks(unit, place, ticket, order)
    return ticket


async def _add(
    unit: Unit, place: Property, home: PlaceUnit | None, draft: Draft, category: TicketCategory | None
) -> Ticket:
    name = (draft.category or "").strip() or (category.name if category else UNCLASSIFIED)
    ticket = unit.new(
        Ticket,
        property_id=place.id,
        building_id=home.building_id if home else draft.building_id,
        unit_id=home.id if home else None,
        reporter_id=draft.reporter_id,
        ticket_category_id=category.id if category else None,
        department=category.department if category else None,
        handler_id=category.handler_id if category else None,
        number=await free_number(unit, local_day(unit.now, place.time_zone)),
        kind=draft.kind,
        category=name,
        text=draft.text.strip(),
        status=TicketStatus.OPEN,
        priority=draft.priority,
        appointment_at=draft.appointment_at,
        remind_at=remind_at(unit.now, draft.appointment_at, place.remind_minutes),
    )
    if ticket.reporter_id is not None:
        await _check_repeats(unit, ticket)
    await unit.add_all([ticket])
    unit.audit("ticket.create", None, ticket)
    return ticket


async def _check_repeats(unit: Unit, ticket: Ticket) -> None:
    """Raise Refusal TICKET_FLOOD or TICKET_DUPLICATE.

    The Person's row is locked, so that tickets sent at once are counted one after the other.
    """
    await Person.filter(id=ticket.reporter_id).select_for_update(no_key=True).get()
    own = Ticket.filter(reporter_id=ticket.reporter_id)
    most = unit.house.settings.limits.tickets_per_hour
    if await own.filter(created_at__gt=unit.now - HOUR).count() >= most:
        raise Refusal(ErrorCode.TICKET_FLOOD, max=most)
    about: dict[str, Any] = {"ticket_category_id": ticket.ticket_category_id} if ticket.ticket_category_id else {}
    same = await own.filter(
        property_id=ticket.property_id,
        unit_id=ticket.unit_id,
        building_id=ticket.building_id,
        kind=ticket.kind,
        status__in=RUNNING,
        **(about or {"category": ticket.category}),
    ).first()
    if same is not None and ticket.category != UNCLASSIFIED:
        raise Refusal(ErrorCode.TICKET_DUPLICATE, field="category_id" if about else "category", number=same.number)


async def _reporter(unit: Unit, place: Property, home: PlaceUnit | None, wanted: UUID | None) -> UUID | None:
    """Whose ticket it is: the caller's own, or that of a resident who called the desk. Raises Refusal."""
    if wanted is None or wanted == unit.signed_in.person_id:
        return unit.signed_in.person_id
    require(unit.signed_in, Permission.TICKET_HANDLE, place.id)
    person = await unit.see(Person, wanted, "reporter_id")
    held = all_of(
        eq("person_id", person.id), eq("property_id", place.id), running(local_day(unit.now, place.time_zone))
    )
    there = all_of(held, eq("unit_id", home.id)) if home else held
    if not await Occupancy.filter(to_q(there)).exists():
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="reporter_id", message="NO_HOME_THERE")
    return person.id


def _said(draft: Draft) -> str:
    return f"{draft.category or ''} {draft.text}"


def _check(draft: Draft, now: datetime) -> None:
    texts = [("text", draft.text, MAX_TEXT)]
    if draft.category is not None:
        texts.insert(0, ("category", draft.category, MAX_CATEGORY))
    for field, text, most in texts:
        if not 1 <= len(text.strip()) <= most:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=1, high=most)
    if draft.appointment_at is not None and draft.appointment_at < now:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="appointment_at", message="IN_THE_PAST")
    if draft.appointment_at is not None and draft.appointment_at > now + MOST_AHEAD:
        raise Refusal(
            ErrorCode.BAD_USER_INPUT, field="appointment_at", message="APPOINTMENT_TOO_FAR", days=MOST_AHEAD.days
        )
    if draft.building_id is not None and draft.unit_id is not None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="building_id", message="ONE_PLACE")
    if draft.category is not None and draft.category_id is not None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="category", message="ONE_CATEGORY")


def _may_raise(unit: Unit, place: Property, home: PlaceUnit | None) -> None:
    """Residents raise tickets about their own homes and the shared places of their Property."""
    viewer = unit.signed_in
    require(viewer, Permission.TICKET_CREATE, place.id)
    resident_only = not viewer.may(Permission.TICKET_READ, place.id)
    if resident_only and home is not None and home.id not in viewer.units:
        raise Refusal(ErrorCode.NOT_FOUND, field="unit_id")
