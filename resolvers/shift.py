"""Shifts of a Property, who is assigned to them, and who is on duty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.database import UniqueViolation
from models import Attendance, Property, Shift, ShiftAssignment, Staff
from models.errors import USER_CODES, ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, all_of, eq, exists, is_null, less, negate
from models.query import Order, Query
from models.rules.permission import Permission
from models.rules.shift import (
    DEFAULT_REST,
    MAX_MANY,
    MAX_MINUTES,
    MAX_NAME,
    MAX_REST,
    Clash,
    Span,
    clash,
    is_clock,
    nominal_minutes,
    span,
)
from models.rules.team import employed
from models.scope import visible
from resolvers.audit import note_refusal
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

BY_DAY = Order("day")
LONGEST = timedelta(days=2)  # what goes on now began on a day not longer ago, in whichever zone
_CLASHES = {Clash.OVERLAP: ErrorCode.SHIFT_OVERLAP, Clash.REST: ErrorCode.SHIFT_REST_TOO_SHORT}


@dataclass(frozen=True)
class Wanted:
    """An item of a roster: who works which shift on which day."""

    staff_id: UUID
    shift_id: UUID
    day: date


def patterns(viewer: Viewer | None, property_id: UUID, order: Order, archived: bool | None = None) -> Query:
    """Shifts of a Property: all, or only those that are (not) archived."""
    return Query(Shift, visible(Shift, viewer), order).only(
        eq("property_id", property_id), _ended("archived_at", archived)
    )


def roster(
    viewer: Viewer | None,
    property_id: UUID,
    since: date | None = None,
    until: date | None = None,
    staff_id: UUID | None = None,
    cancelled: bool | None = None,
) -> Query:
    """Assignments of a Property, by day: from the day `since`, before the day `until`."""
    return Query(ShiftAssignment, visible(ShiftAssignment, viewer), BY_DAY).only(
        eq("property_id", property_id),
        EVERYTHING if since is None else negate(less("day", since)),
        EVERYTHING if until is None else less("day", until),
        EVERYTHING if staff_id is None else eq("staff_id", staff_id),
        _ended("cancelled_at", cancelled),
    )


def on_duty(viewer: Viewer | None, property_id: UUID, at: datetime, *, present: bool | None = None) -> Query:
    """Assignments of a Property that are in force and go on at an instant; `present`: people (not) checked in there."""
    just_after = at + timedelta.resolution
    here = all_of(is_null("checked_out_at"), eq("property_id", property_id))
    came = exists(Attendance, "staff_id", here, outer="staff_id")
    return Query(ShiftAssignment, visible(ShiftAssignment, viewer), BY_DAY).only(
        eq("property_id", property_id),
        negate(less("day", (at - LONGEST).date())),
        less("day", (at + LONGEST).date()),
        less("starts_at", just_after),
        negate(less("ends_at", just_after)),
        is_null("cancelled_at"),
        EVERYTHING if present is None else came if present else negate(came),
    )


async def create(  # noqa: PLR0913 - a pattern is so many words
    viewer: Viewer | None,
    house: House,
    property_id: UUID,
    name: str,
    starts_at: str,
    ends_at: str,
    break_minutes: int = 0,
    rest_minutes: int = DEFAULT_REST,
) -> Shift:
    """A pattern of a Property. Raises Refusal NAME_TAKEN."""
    try:
        async with unit_of_work(house, viewer) as unit:
            place = await unit.see(Property, property_id, "property_id")
            require(unit.signed_in, Permission.STAFF_MANAGE, place.id)
            kept = {"name": name.strip(), "starts_at": starts_at, "ends_at": ends_at}
            _check(kept["name"], starts_at, ends_at, break_minutes, rest_minutes)
            pauses = {"break_minutes": break_minutes, "rest_minutes": rest_minutes}
            shift = await unit.add(Shift, property_id=place.id, archived_at=None, **kept, **pauses)
            unit.audit("shift.create", None, shift)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=name) from None
    return shift


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Shift:
    """Nobody is assigned to it any more; who is, works it."""
    async with unit_of_work(house, viewer) as unit:
        shift = await unit.find(Shift, id_, "id")
        require(unit.signed_in, Permission.STAFF_MANAGE, shift.property_id)
        check_version(shift, expected_version)
        if shift.archived_at is not None:
            raise Refusal(ErrorCode.SHIFT_ARCHIVED, field="id", current=shift.id)
        before = await unit.change(shift, archived_at=unit.now)
        unit.audit("shift.archive", before, shift)
    return shift


async def assign(viewer: Viewer | None, house: House, items: Sequence[Wanted]) -> list[ShiftAssignment | Refusal]:
    """A roster, in one transaction: for each item its assignment, or why it was refused; the others stand.

    The people are locked in the order of their ids, so that two rosters of the same people wait for each other.
    """
    if not 1 <= len(items) <= MAX_MANY:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="items", message="TOO_MANY_ITEMS", max=MAX_MANY)
    done: list[ShiftAssignment | Refusal] = []
    async with unit_of_work(house, viewer) as unit:
        people: dict[UUID, Staff | Refusal] = {}
        for id_ in sorted({item.staff_id for item in items}):
            try:
                people[id_] = await unit.find(Staff, id_, "staff_id")
            except Refusal as refusal:
                people[id_] = refusal
        for item in items:
            try:
                done.append(await _assign(unit, people[item.staff_id], item))
            except Refusal as refusal:
                if refusal.code not in {*USER_CODES, ErrorCode.FORBIDDEN}:
                    raise
                done.append(refusal)
    for refused in done:
        if isinstance(refused, Refusal) and refused.code is ErrorCode.FORBIDDEN:
            await note_refusal(house, viewer, "shiftAssign", refused)
    return done


async def unassign(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> ShiftAssignment:
    """It is not worked after all. Raises Refusal SHIFT_CANCELLED."""
    async with unit_of_work(house, viewer) as unit:
        row = await unit.find(ShiftAssignment, id_, "id")
        require(unit.signed_in, Permission.STAFF_MANAGE, row.property_id)
        check_version(row, expected_version)
        if row.cancelled_at is not None:
            raise Refusal(ErrorCode.SHIFT_CANCELLED, field="id", current=row.id)
        before = await unit.change(row, cancelled_at=unit.now)
        unit.audit("shift.unassign", before, row)
    return row


async def _assign(unit: Unit, staff: Staff | Refusal, item: Wanted) -> ShiftAssignment:
    shift = await unit.see(Shift, item.shift_id, "shift_id")
    require(unit.signed_in, Permission.STAFF_MANAGE, shift.property_id)
    if isinstance(staff, Refusal):
        raise staff
    if shift.archived_at is not None:
        raise Refusal(ErrorCode.SHIFT_ARCHIVED, field="shift_id")
    if not employed(staff.employed_from, staff.employed_until, item.day):
        raise Refusal(ErrorCode.STAFF_NOT_ELIGIBLE, field="staff_id", message="STAFF_NOT_EMPLOYED")
    place = await unit.see(Property, shift.property_id, "shift_id")
    start, end = span(item.day, shift.starts_at, shift.ends_at, place.time_zone)
    found = clash(Span(start, end, shift.rest_minutes), await _worked(unit, staff, start, end))
    if found is not None:
        raise Refusal(_CLASHES[found], field="day")
    where = {"property_id": place.id, "shift_id": shift.id, "staff_id": staff.id}
    row = await unit.add(ShiftAssignment, day=item.day, starts_at=start, ends_at=end, cancelled_at=None, **where)
    unit.audit("shift.assign", None, row)
    return row


async def _worked(unit: Unit, staff: Staff, start: datetime, end: datetime) -> list[Span]:
    """What somebody works near it, in any Property: as far as the longest rest reaches."""
    reach = timedelta(minutes=MAX_REST)
    rows = await unit.tx.fetch(
        "SELECT a.starts_at, a.ends_at, s.rest_minutes FROM shift_assignment a JOIN shift s ON s.id = a.shift_id"
        " WHERE a.organization_id = $1 AND a.staff_id = $2 AND a.cancelled_at IS NULL"
        " AND a.starts_at < $3 AND a.ends_at > $4",
        unit.organization_id,
        staff.id,
        end + reach,
        start - reach,
    )
    instant = unit.house.database.value
    return [
        Span(instant("DatetimeField", row["starts_at"]), instant("DatetimeField", row["ends_at"]), row["rest_minutes"])
        for row in rows
    ]


def _check(name: str, starts_at: str, ends_at: str, break_minutes: int, rest_minutes: int) -> None:
    """Raise Refusal BAD_USER_INPUT naming what is wrong about a pattern."""
    if not 1 <= len(name) <= MAX_NAME:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="name", message="TEXT_LENGTH", low=1, high=MAX_NAME)
    for field, text in (("starts_at", starts_at), ("ends_at", ends_at)):
        if not is_clock(text):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="CLOCK_TIME")
    long = nominal_minutes(starts_at, ends_at)
    if long > MAX_MINUTES:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="ends_at", message="SHIFT_TOO_LONG", max=MAX_MINUTES // 60)
    for field, minutes, most in (("break_minutes", break_minutes, long - 1), ("rest_minutes", rest_minutes, MAX_REST)):
        if not 0 <= minutes <= most:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="MINUTES_RANGE", max=most)


def _ended(column: str, wanted: bool | None) -> Predicate:
    if wanted is None:
        return EVERYTHING
    return negate(is_null(column)) if wanted else is_null(column)
