"""What a manager does: corrects a stay, and says for how long one may be late. The original stays on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Attendance, AttendanceCorrection, Property
from models.errors import ErrorCode, Refusal
from models.rules.attendance import (
    FAR,
    MAX_REASON,
    MAX_STAY,
    MINUTES,
    AttendanceStatus,
    PresenceChange,
    Stay,
    stay_minutes,
)
from models.rules.permission import Permission
from resolvers.attendance.settling import duty_of, hold, weigh
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require
from subscriptions.attendance import changed

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


async def correct(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    expected_version: int,
    reason: str,
    checked_in_at: datetime | None = None,
    checked_out_at: datetime | None = None,
) -> Attendance:
    """Other times than were recorded, for a reason; what is not given stays. Nobody corrects the own.

    A stay that is open stays open without `checked_out_at`; one that was missed needs both.
    Raises Refusal ATTENDANCE_OVERLAP, BAD_USER_INPUT, FORBIDDEN.
    """
    async with unit_of_work(house, viewer) as unit:
        row = await _found(unit, id_, expected_version)
        kept = reason.strip()
        if not 1 <= len(kept) <= MAX_REASON:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="reason", message="TEXT_LENGTH", low=1, high=MAX_REASON)
        stay = _times(unit, row, checked_in_at, checked_out_at)
        await _check_free(unit, row, stay)
        place = await unit.see(Property, row.property_id, "id")
        duty = await duty_of(row.shift_assignment_id)
        verdict = await weigh(unit, duty, stay, place.attendance_tolerance_minutes, row.id)
        before = await unit.change(
            row,
            status=AttendanceStatus.OPEN if stay.left is None else AttendanceStatus.CLOSED,
            checked_in_at=stay.came,
            checked_out_at=stay.left,
            minutes=None if stay.left is None else stay_minutes(stay.came, stay.left),
            late_minutes=verdict.late,
            early_minutes=verdict.early,
            corrected_at=unit.now,
        )
        await _remember(unit, before, row, kept)
        unit.audit("attendance.correct", before, row)
        unit.announce(changed(PresenceChange.CORRECTED, row, unit.now))
    return row


async def _found(unit: Unit, id_: UUID, expected_version: int) -> Attendance:
    """The stay, locked with its person, for whoever may correct it."""
    seen = await unit.see(Attendance, id_, "id")
    require(unit.signed_in, Permission.STAFF_MANAGE, seen.property_id)
    if seen.staff_id == unit.signed_in.staff_id:
        raise Refusal(ErrorCode.FORBIDDEN, message="OWN_ATTENDANCE")
    await hold(unit, [seen.staff_id])
    row = await unit.find(Attendance, id_, "id")
    check_version(row, expected_version)
    return row


async def set_minutes(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **minutes: int
) -> Property:
    """The three attendance minutes of a Property; they count from the next check-in or check-out on."""
    async with unit_of_work(house, viewer) as unit:
        place = await unit.find(Property, id_, "id")
        require(unit.signed_in, Permission.STAFF_MANAGE, place.id)
        check_version(place, expected_version)
        for name, value in minutes.items():
            low, high = MINUTES[f"attendance_{name}"]
            if not low <= value <= high:
                raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="WHOLE_NUMBER", low=low, high=high)
        before = await unit.change(place, **{f"attendance_{name}": value for name, value in minutes.items()})
        unit.audit("property.setAttendance", before, place)
    return place


def _times(unit: Unit, row: Attendance, came: datetime | None, left: datetime | None) -> Stay:
    """The stay as it is to be. Raises Refusal BAD_USER_INPUT."""
    if row.status is not AttendanceStatus.MISSED:
        came, left = came or row.checked_in_at, left or row.checked_out_at
    for name, value in (("checked_in_at", came), ("checked_out_at", left)):
        if value is None and row.status is AttendanceStatus.MISSED:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="NOT_EMPTY")
    assert came is not None  # noqa: S101 - only a missed one has none
    if came > unit.now or abs(came - row.checked_in_at) > FAR:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="checked_in_at", message="ATTENDANCE_TIMES")
    if left is not None and (not came < left <= unit.now or left - came > MAX_STAY):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="checked_out_at", message="ATTENDANCE_TIMES")
    return Stay(came, left)


async def _check_free(unit: Unit, row: Attendance, stay: Stay) -> None:
    """Raise Refusal ATTENDANCE_OVERLAP when the person was elsewhere meanwhile."""
    others = Attendance.filter(organization_id=unit.organization_id, staff_id=row.staff_id).exclude(id=row.id)
    others = others.filter(checked_in_at__lt=stay.left or unit.now).exclude(status=AttendanceStatus.MISSED)
    if await others.filter(checked_out_at__gt=stay.came).exists() or await others.filter(checked_out_at=None).exists():
        raise Refusal(ErrorCode.ATTENDANCE_OVERLAP, field="checked_in_at")


async def _remember(unit: Unit, before: Attendance, row: Attendance, reason: str) -> None:
    missed = before.status is AttendanceStatus.MISSED  # its times are only where it stands
    await unit.add(
        AttendanceCorrection,
        property_id=row.property_id,
        attendance_id=row.id,
        staff_id=row.staff_id,
        account_id=unit.signed_in.account_id,
        corrected_by_id=unit.signed_in.staff_id,
        reason=reason,
        from_status=before.status,
        from_checked_in_at=None if missed else before.checked_in_at,
        from_checked_out_at=None if missed else before.checked_out_at,
        to_checked_in_at=row.checked_in_at,
        to_checked_out_at=row.checked_out_at,
    )
