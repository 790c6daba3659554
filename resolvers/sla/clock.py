"""Clocks of tickets and orders: begun, paused, stopped in the transaction of the verb that causes it.

They follow from how their subject stands (models/rules/sla.py), so every verb calls the same function. A clock is
locked after its order and its ticket; the job that watches them locks nothing else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import Property, SlaClock, TeamMember, Ticket, TicketCategory, WorkOrder
from models.rules.place import local_day
from models.rules.sla import (
    Move,
    SlaClockChange,
    SlaClockKind,
    SlaClockState,
    Standing,
    begins_anew,
    move,
    running_state,
    standing_of_order,
    standing_of_ticket,
    target_of,
    warn_after,
)
from models.rules.ticket import TicketEntryKind
from models.rules.work_order import WorkOrderStatus
from models.rules.working_time import WorkingTime, add, between
from resolvers.business_calendar import working_time
from resolvers.sla.target import rules
from subscriptions.sla import changed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from resolvers.unit import Unit

ANSWERS = frozenset({TicketEntryKind.ANSWER, TicketEntryKind.AWAITED})  # of staff to the resident
# Entries that say how the ticket stands from now on; what is merely said moves no clock.
MOVES = ANSWERS | {TicketEntryKind.STEP, TicketEntryKind.CANCELLED, TicketEntryKind.REOPENED, TicketEntryKind.RESUMED}
_STATES = {
    SlaClockState.MET: SlaClockChange.MET,
    SlaClockState.MISSED: SlaClockChange.MISSED,
    SlaClockState.CANCELLED: SlaClockChange.CANCELLED,
}


async def begin_clocks(
    unit: Unit, place: Property, subject: Ticket | WorkOrder, order: WorkOrder | None = None
) -> None:
    """The clocks of a new Ticket of a Property (`order`: the one opened with it), or of a new order without one."""
    ticket = subject if isinstance(subject, Ticket) else None
    order = subject if isinstance(subject, WorkOrder) else order
    category_id = ticket.ticket_category_id if ticket else None
    held = await rules(unit, place.id, subject.priority)
    target = target_of(held, await _categories(category_id), subject.priority)
    promised = {
        "warn_percent": target.warn_percent,
        "around_the_clock": target.around_the_clock,
        "shown": target.shown and ticket is not None,
        "property_id": place.id,
        "ticket_id": ticket.id if ticket else None,
        "work_order_id": order.id if order else None,
        "reporter_id": subject.reporter_id,
        "ticket_category_id": category_id,
    }
    time = _Time(unit, place, unit.now)
    made = [
        await _new(unit, time, kind, minutes, promised)
        for kind in SlaClockKind
        if (minutes := target.minutes(kind)) is not None
    ]
    await unit.add_all(made)
    for clock in made:
        unit.announce(changed(SlaClockChange.STARTED, clock, unit.now))


async def keep(unit: Unit, ticket: Ticket, kind: TicketEntryKind) -> None:
    """After an entry of this kind on the timeline of a Ticket: its clocks as the Ticket stands now."""
    if kind in MOVES:
        awaits = ticket.awaiting_since is not None
        standing = standing_of_ticket(ticket.status, answered=kind in ANSWERS, awaits=awaits)
        await _keep(unit, standing, ticket.property_id, ticket_id=ticket.id)


async def keep_order(unit: Unit, order: WorkOrder) -> None:
    """After a step of an order that answers no Ticket: its clocks as it stands now."""
    standing = standing_of_order(WorkOrderStatus(order.status))
    await _keep(unit, standing, order.property_id, work_order_id=order.id, ticket_id=None)


async def watch(unit: Unit, ids: Sequence[UUID]) -> int:
    """Warn of and tell as late what is, now that the clocks are locked; how many were."""
    due = SlaClock.filter(organization_id=unit.organization_id, id__in=ids, stopped_at=None)
    told = 0
    for clock in await due.order_by("id").select_for_update():
        if await _breach(unit, clock):
            told += 1
        elif clock.state is SlaClockState.RUNNING and clock.warn_at <= unit.now:
            await _change(unit, clock, SlaClockChange.WARNED, state=SlaClockState.WARNED, warned_at=unit.now)
            told += 1
    return told


class _Time:
    """The working time of a Property from `since` on, read when a clock first asks for it."""

    def __init__(self, unit: Unit, place: Property | UUID, since: datetime) -> None:
        self._unit = unit
        self._place = place
        self._since = since
        self._read = False
        self._time: WorkingTime | None = None

    async def of(self, clock: SlaClock) -> WorkingTime | None:
        """What a clock counts; None: all time."""
        if clock.around_the_clock:
            return None
        if not self._read:
            place = await self.place()
            first = local_day(self._since, place.time_zone)
            self._time, self._read = await working_time(self._unit, place, first), True
        return self._time

    async def place(self) -> Property:
        """The Property."""
        if not isinstance(self._place, Property):
            self._place = await Property.get(id=self._place)
        return self._place


async def _keep(unit: Unit, standing: Standing, property_id: UUID, **subject: UUID | None) -> None:
    mine = SlaClock.filter(organization_id=unit.organization_id, **subject)
    clocks = await mine.order_by("id").select_for_update()
    counted = [clock.counted_from for clock in clocks if clock.counted_from is not None]
    time = _Time(unit, property_id, min(counted, default=unit.now))
    for clock in clocks:
        if clock.stopped_at is None:
            await _move(unit, time, clock, move(clock.kind, clock.state, standing))
    past = [clock for clock in clocks if clock.kind is SlaClockKind.RESOLUTION]
    if past and begins_anew(standing) and past[-1].stopped_at is not None:
        again = await _again(unit, time, past[-1])
        await unit.add_all([again])
        unit.announce(changed(SlaClockChange.STARTED, again, unit.now))


async def _move(unit: Unit, time: _Time, clock: SlaClock, wanted: Move | None) -> None:
    """Lateness that nobody has told of yet is told first."""
    if wanted is None:
        return
    await _breach(unit, clock)
    if wanted is Move.RESUME:
        state = running_state(warned=clock.warned_at is not None, breached=clock.breached_at is not None)
        again = await _reckon(time, clock, unit.now)
        await _change(unit, clock, SlaClockChange.RESUMED, state=state, paused_at=None, **again)
        return
    values: dict[str, Any] = {"counted_from": None, "elapsed_seconds": await _elapsed(unit, time, clock)}
    if wanted is Move.PAUSE:
        values |= {"state": SlaClockState.PAUSED, "paused_at": unit.now}
        await _change(unit, clock, SlaClockChange.PAUSED, **values)
        return
    state = SlaClockState.MET if clock.breached_at is None else SlaClockState.MISSED
    if wanted is Move.CANCEL:
        state = SlaClockState.CANCELLED
    values |= {"state": state, "stopped_at": unit.now, "paused_at": None, **await _who(unit, clock)}
    await _change(unit, clock, _STATES[state], **values)


async def _breach(unit: Unit, clock: SlaClock) -> bool:
    """Late from `due_at` on, told once."""
    counts = clock.state in (SlaClockState.RUNNING, SlaClockState.WARNED)
    if counts and clock.due_at <= unit.now:
        late = {"state": SlaClockState.BREACHED, "breached_at": clock.due_at}
        await _change(unit, clock, SlaClockChange.BREACHED, **late)
        return True
    return False


async def _change(unit: Unit, clock: SlaClock, change: SlaClockChange, **values: Any) -> None:
    before = await unit.change(clock, **values)
    if unit.viewer is None and change in (SlaClockChange.WARNED, SlaClockChange.BREACHED):  # no verb says it
        unit.audit(f"slaClock.{change.value.lower()}", before, clock, actor="job")
    unit.announce(changed(change, clock, unit.now))


async def _new(unit: Unit, time: _Time, kind: SlaClockKind, minutes: int, promised: dict[str, Any]) -> SlaClock:
    place = await time.place()
    clock = unit.new(
        SlaClock,
        kind=kind,
        state=SlaClockState.RUNNING,
        day=local_day(unit.now, place.time_zone),
        target_minutes=minutes,
        started_at=unit.now,
        **promised,
    )
    for name, value in (await _reckon(time, clock, unit.now)).items():
        setattr(clock, name, value)
    return clock


async def _again(unit: Unit, time: _Time, past: SlaClock) -> SlaClock:
    """The same promise once more."""
    same = ("warn_percent", "around_the_clock", "shown", "property_id", "ticket_id", "work_order_id", "reporter_id")
    promised = {name: getattr(past, name) for name in (*same, "ticket_category_id")}
    return await _new(unit, time, past.kind, past.target_minutes, promised)


async def _reckon(time: _Time, clock: SlaClock, now: datetime) -> dict[str, Any]:
    """When it warns and is due if it counts from now on. One that is late already stays due when it was."""
    values: dict[str, Any] = {"counted_from": now}
    if clock.breached_at is None:
        worked = await time.of(clock)
        for name, seconds in (
            ("warn_at", warn_after(clock.target_minutes, clock.warn_percent)),
            ("due_at", clock.target_minutes * 60),
        ):
            values[name] = add(worked, now, timedelta(seconds=seconds - clock.elapsed_seconds))
    return values


async def _elapsed(unit: Unit, time: _Time, clock: SlaClock) -> int:
    """Seconds that it has counted by now."""
    if clock.counted_from is None:
        return clock.elapsed_seconds
    worked = await time.of(clock)
    return clock.elapsed_seconds + int(between(worked, clock.counted_from, unit.now).total_seconds())


async def _who(unit: Unit, clock: SlaClock) -> dict[str, Any]:
    """The member of staff whose verb stopped it, and the team in which they work there."""
    staff_id = unit.viewer.staff_id if unit.viewer else None
    if staff_id is None:
        return {}
    inside = TeamMember.filter(
        organization_id=unit.organization_id, property_id=clock.property_id, staff_id=staff_id, left_on=None
    )
    member = await inside.order_by("joined_on", "id").first()
    return {"staff_id": staff_id, "team_id": member.team_id if member else None}


async def _categories(id_: UUID | None) -> list[UUID]:
    """A category and the one above it."""
    category = await TicketCategory.get(id=id_) if id_ else None
    return [] if category is None else [found for found in (category.id, category.parent_id) if found is not None]
