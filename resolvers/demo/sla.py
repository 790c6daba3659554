"""What the demo's company promises, when it works, and how well its tickets were kept within time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.demo.calendar import WEEK, days
from models import BusinessCalendar, Holiday, SlaClock, SlaTarget, TeamMember, Ticket, TicketCategory, WorkOrder
from models.rules.place import local_day
from models.rules.sla import DEFAULT_TARGETS, SlaClockKind, SlaClockState, Target, running_state, warn_after
from models.rules.ticket import Priority, TicketKind, TicketStatus
from models.rules.working_time import DAYS, WorkingTime, add, between, parse_hours
from resolvers.demo.dispatch import BY_HOUSE
from resolvers.demo.load import ZONE
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from resolvers.demo.load import Load

# Minutes around the clock from now on, so short that one or the other is late while somebody looks at the demo.
FAST = Target(3, 15, around_the_clock=True)
FAST_KINDS = (TicketKind.REPAIR, TicketKind.COMPLAINT)


async def write_levels(load: Load) -> str:
    """Write them; what was written, in words."""
    at = load.at(load.begun, 9 * 3600)
    calendar = load.row(BusinessCalendar, at, **dict(zip(DAYS, WEEK, strict=True)))
    holidays = [load.row(Holiday, at, day=day, name=name, hours=hours) for day, (name, hours) in days().items()]
    targets = [
        _target(load, at, estate.id, priority, target)
        for estate in load.properties.values()
        for priority, target in DEFAULT_TARGETS.items()
    ]
    targets += await _fast(load)
    clocks = await _past(load)
    await load.save([calendar], holidays, targets, clocks)
    return f"{len(holidays)} holidays, {len(targets)} targets, {len(clocks)} clocks"


def _target(
    load: Load, at: datetime, property_id: UUID, priority: Priority, target: Target, category_id: UUID | None = None
) -> SlaTarget:
    return load.row(
        SlaTarget,
        at,
        property_id=property_id,
        ticket_category_id=category_id,
        priority=priority,
        response_minutes=target.response_minutes,
        resolution_minutes=target.resolution_minutes,
        warn_percent=target.warn_percent,
        around_the_clock=target.around_the_clock,
        shown=True,
    )


async def _fast(load: Load) -> list[SlaTarget]:
    """What the estate whose orders the house gives promises since a moment ago: for the upper level of categories."""
    place = load.properties[BY_HOUSE]
    async with system_unit(load.house, load.organization_id):
        upper = TicketCategory.filter(property_id=place.id, kind__in=list(FAST_KINDS), parent_id=None)
        found = await upper.order_by("id")
    return [_target(load, load.now, place.id, priority, FAST, row.id) for row in found for priority in Priority]


async def _past(load: Load) -> list[SlaClock]:
    """Those of all tickets: an order stops them when it is accepted and when it is done, or the answer does."""
    async with system_unit(load.house, load.organization_id):
        mine = {"organization_id": load.organization_id}
        orders = {order.ticket_id: order for order in await WorkOrder.filter(**mine)}
        tickets = await Ticket.filter(**mine).exclude(status=TicketStatus.CANCELLED).order_by("id")
        teams = {(row.property_id, row.staff_id): row.team_id for row in await TeamMember.filter(**mine).order_by("id")}
    week = tuple(parse_hours(hours) or () for hours in WEEK)
    time = WorkingTime(ZONE.key, week, {day: parse_hours(hours) or () for day, (_, hours) in days().items()})
    return [clock for ticket in tickets for clock in _clocks(load, time, ticket, orders.get(ticket.id), teams)]


def _clocks(
    load: Load, time: WorkingTime, ticket: Ticket, order: WorkOrder | None, teams: dict[tuple[UUID, UUID], UUID]
) -> Iterator[SlaClock]:
    target = DEFAULT_TARGETS[ticket.priority]
    ends = {
        SlaClockKind.RESPONSE: order.accepted_at if order else ticket.resolved_at,
        SlaClockKind.RESOLUTION: order.completed_at if order else ticket.resolved_at,
    }
    staff_id = order.assignee_id if order else None
    for kind, end in ends.items():
        minutes = target.minutes(kind)
        if minutes is None:
            continue
        who: dict[str, Any] = {}
        if end is not None and staff_id is not None:
            who = {"staff_id": staff_id, "team_id": teams.get((ticket.property_id, staff_id))}
        yield load.row(
            SlaClock,
            ticket.created_at,
            kind=kind,
            property_id=ticket.property_id,
            ticket_id=ticket.id,
            work_order_id=order.id if order else None,
            reporter_id=ticket.reporter_id,
            ticket_category_id=ticket.ticket_category_id,
            day=local_day(ticket.created_at, ZONE.key),
            target_minutes=minutes,
            warn_percent=target.warn_percent,
            around_the_clock=target.around_the_clock,
            shown=True,
            started_at=ticket.created_at,
            **who,
            **_stood(load.now, None if target.around_the_clock else time, ticket.created_at, end, target, minutes),
        )


def _stood(
    now: datetime, time: WorkingTime | None, start: datetime, end: datetime | None, target: Target, minutes: int
) -> dict[str, Any]:
    """How a clock stands now."""
    due = add(time, start, timedelta(minutes=minutes))
    warn = add(time, start, timedelta(seconds=warn_after(minutes, target.warn_percent)))
    until = end or now
    late, warned = due <= until, warn <= until
    values: dict[str, Any] = {"due_at": due, "warn_at": warn, "warned_at": warn if warned else None}
    values |= {"breached_at": due if late else None}
    if end is None:
        return values | {"state": running_state(warned=warned, breached=late), "counted_from": start}
    counted = int(between(time, start, end).total_seconds())
    state = SlaClockState.MISSED if late else SlaClockState.MET
    return values | {"state": state, "stopped_at": end, "elapsed_seconds": counted}
