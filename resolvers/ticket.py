"""Tickets: which ones a viewer lists, and raising one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import Property, Ticket
from models import Unit as PlaceUnit
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq, is_in
from models.query import Order, Query
from models.rules.permission import Permission
from models.rules.place import local_day
from models.rules.ticket import MAX_CATEGORY, MAX_TEXT, Priority, TicketKind, TicketStatus, needs_work_order
from models.scope import visible
from resolvers.file import attach_photos
from resolvers.unit import Unit, unit_of_work
from resolvers.viewer import require
from resolvers.work_order import free_number, open_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

MAX_CATEGORY = 40


def in_property(
    viewer: Viewer | None,
    property_id: UUID,
    order: Order,
    statuses: Sequence[TicketStatus] | None = None,
    kinds: Sequence[TicketKind] | None = None,
) -> Query:
    """Tickets of a Property."""
    return Query(Ticket, visible(Ticket, viewer), order).only(
        eq("property_id", property_id),
        EVERYTHING if statuses is None else is_in("status", [status.value for status in statuses]),
        EVERYTHING if kinds is None else is_in("kind", [kind.value for kind in kinds]),
    )


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A ticket as it is raised."""

    property_id: UUID
    kind: TicketKind
    category: str
    text: str
    unit_id: UUID | None = None
    photo_ids: Sequence[UUID] = ()
    appointment_at: datetime | None = None
    priority: Priority = Priority.NORMAL


async def create(viewer: Viewer | None, house: House, draft: Draft) -> Ticket:
    """Raise a ticket; a repair or complaint opens its work order in the same transaction (features.md row 15)."""
    async with unit_of_work(house, viewer) as unit:
        place = await unit.see(Property, draft.property_id, "property_id")
        home = await unit.see(PlaceUnit, draft.unit_id, "unit_id") if draft.unit_id else None
        if home is not None and home.property_id != place.id:
            raise Refusal(ErrorCode.NOT_FOUND, field="unit_id")
        _may_raise(unit, place, home)
        _check(draft, unit.now)
        ticket = await unit.add(
            Ticket,
            property_id=place.id,
            building_id=home.building_id if home else None,
            unit_id=home.id if home else None,
            reporter_id=unit.viewer.person_id if unit.viewer else None,
            number=await free_number(unit, local_day(unit.now, place.time_zone)),
            kind=draft.kind,
            category=draft.category.strip(),
            text=draft.text.strip(),
            status=TicketStatus.OPEN,
            priority=draft.priority,
            appointment_at=draft.appointment_at,
        )
        unit.audit("ticket.create", None, ticket)
        await attach_photos(
            unit, draft.photo_ids, ticket_id=ticket.id, property_id=place.id, reporter_id=ticket.reporter_id
        )
        if needs_work_order(draft.kind):
            await open_order(unit, ticket, None)
    return ticket


def _check(draft: Draft, now: datetime) -> None:
    for field, text, most in (("category", draft.category, MAX_CATEGORY), ("text", draft.text, MAX_TEXT)):
        if not 1 <= len(text.strip()) <= most:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=1, high=most)
    if draft.appointment_at is not None and draft.appointment_at < now:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="appointment_at", message="IN_THE_PAST")


def _may_raise(unit: Unit, place: Property, home: PlaceUnit | None) -> None:
    """Residents raise tickets about their own homes and the shared places of their Property."""
    viewer = unit.viewer
    assert viewer is not None  # noqa: S101 - unit_of_work gave it
    require(viewer, Permission.TICKET_CREATE, place.id)
    resident_only = not viewer.may(Permission.TICKET_READ, place.id)
    if resident_only and home is not None and home.id not in viewer.units:
        raise Refusal(ErrorCode.NOT_FOUND, field="unit_id")
