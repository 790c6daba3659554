"""Check-in and check-out, by everybody for himself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import Attendance, Property, ShiftAssignment
from models.errors import ErrorCode, Refusal
from models.rules.attendance import (
    MAX_DEVICE,
    AttendanceStatus,
    Duty,
    PresenceChange,
    Stay,
    close_at,
    matching,
    stay_minutes,
)
from models.rules.place import local_day
from models.rules.team import employed
from resolvers.attendance.settling import duty_of, forget, hold, weigh
from resolvers.dispatch import soon
from resolvers.file import attach_photos
from resolvers.shift import LONGEST
from resolvers.unit import unit_of_work
from subscriptions.attendance import changed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from models import Staff
    from models.rules.place import Spot
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Tap:
    """What a phone says with a check-in or a check-out: its own time, where it is, what it is, what it saw."""

    client_at: datetime | None = None
    location: Spot | None = None
    device: str | None = None
    photo_ids: Sequence[UUID] = ()

    def columns(self, side: str) -> dict[str, Any]:
        """As they are kept, of `side` in or out. Raises Refusal BAD_USER_INPUT."""
        device = (self.device or "").strip() or None
        if device is not None and len(device) > MAX_DEVICE:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="device", message="TEXT_LENGTH", low=0, high=MAX_DEVICE)
        return {
            f"{side}_client_at": self.client_at,
            f"{side}_latitude": self.location.latitude if self.location else None,
            f"{side}_longitude": self.location.longitude if self.location else None,
            f"{side}_device": device,
        }


async def check_in(viewer: Viewer | None, house: House, property_id: UUID, tap: Tap) -> Attendance:
    """Somebody comes to work; who is here already gets the stay that is open. The server's time counts.

    It is for the shift that goes on, or the next that starts within the Property's attendance_ahead_minutes; without
    one it is off the roster. Raises Refusal ATTENDANCE_ELSEWHERE, STAFF_NOT_ELIGIBLE, FORBIDDEN.
    """
    async with unit_of_work(house, viewer) as unit:
        place = await unit.see(Property, property_id, "property_id")
        staff = await _worker(unit, place)
        told = tap.columns("in")
        duty = matching(unit.now, await _duties(unit, staff, place), place.attendance_ahead_minutes)
        open_ = await _still_open(unit, staff, place, duty)
        if open_ is not None:
            return open_
        verdict = await weigh(unit, duty, Stay(unit.now, None), place.attendance_tolerance_minutes)
        row = await unit.add(
            Attendance,
            property_id=place.id,
            staff_id=staff.id,
            shift_assignment_id=duty.key if duty else None,
            status=AttendanceStatus.OPEN,
            day=local_day(duty.start if duty else unit.now, place.time_zone),
            checked_in_at=unit.now,
            close_at=close_at(unit.now, duty, place.attendance_close_minutes),
            late_minutes=verdict.late,
            **told,
        )
        await attach_photos(unit, tap.photo_ids, attendance_id=row.id, property_id=place.id)
        unit.audit("attendance.checkIn", None, row)
        unit.announce(changed(PresenceChange.CHECKED_IN, row, unit.now))
        await soon(unit, place.id)
    return row


async def check_out(viewer: Viewer | None, house: House, id_: UUID, tap: Tap) -> Attendance:
    """Somebody goes; who has gone already gets the stay as it is. Raises Refusal ATTENDANCE_ENDED, FORBIDDEN."""
    async with unit_of_work(house, viewer) as unit:
        seen = await unit.see(Attendance, id_, "id")
        if seen.staff_id != unit.signed_in.staff_id:
            raise Refusal(ErrorCode.FORBIDDEN, message="NOT_OWN_ATTENDANCE")
        await hold(unit, [seen.staff_id])
        row = await unit.find(Attendance, id_, "id")
        if row.status is AttendanceStatus.CLOSED:
            return row
        if row.status is not AttendanceStatus.OPEN:
            raise Refusal(ErrorCode.ATTENDANCE_ENDED, field="id", current=row.id)
        told = tap.columns("out")
        left = max(unit.now, row.checked_in_at)  # a clock may have been set back
        place = await unit.see(Property, row.property_id, "id")
        duty = await duty_of(row.shift_assignment_id)
        verdict = await weigh(unit, duty, Stay(row.checked_in_at, left), place.attendance_tolerance_minutes, row.id)
        before = await unit.change(
            row,
            status=AttendanceStatus.CLOSED,
            checked_out_at=left,
            minutes=stay_minutes(row.checked_in_at, left),
            early_minutes=verdict.early,
            **told,
        )
        await attach_photos(unit, tap.photo_ids, attendance_id=row.id, property_id=place.id)
        unit.audit("attendance.checkOut", before, row)
        unit.announce(changed(PresenceChange.CHECKED_OUT, row, unit.now))
        await soon(unit, place.id)
    return row


async def _worker(unit: Unit, place: Property) -> Staff:
    """The viewer's own Staff, locked. Raises Refusal FORBIDDEN, STAFF_NOT_ELIGIBLE."""
    viewer = unit.signed_in
    works = any(grant.property_id in (None, place.id) for grant in viewer.grants)
    if viewer.staff_id is None or not works:
        raise Refusal(ErrorCode.FORBIDDEN, message="NOT_STAFF_THERE")
    (staff,) = await hold(unit, [viewer.staff_id])
    if not employed(staff.employed_from, staff.employed_until, local_day(unit.now, place.time_zone)):
        raise Refusal(ErrorCode.STAFF_NOT_ELIGIBLE, field="property_id", message="STAFF_NOT_EMPLOYED")
    return staff


async def _duties(unit: Unit, staff: Staff, place: Property) -> list[Duty[UUID]]:
    """The shifts there that are not over and begin soon."""
    latest = unit.now + timedelta(minutes=place.attendance_ahead_minutes)
    mine = ShiftAssignment.filter(organization_id=unit.organization_id, staff_id=staff.id, property_id=place.id)
    near = mine.filter(starts_at__gt=unit.now - LONGEST, starts_at__lte=latest, ends_at__gt=unit.now)
    rows = await near.filter(cancelled_at=None, settled_at=None).order_by("starts_at")
    return [Duty(row.id, row.starts_at, row.ends_at) for row in rows]


async def _still_open(unit: Unit, staff: Staff, place: Property, duty: Duty[UUID] | None) -> Attendance | None:
    """The stay that is open; one of a shift that has ended, while another waits, was forgotten and is closed.

    Raises Refusal ATTENDANCE_ELSEWHERE.
    """
    row = await Attendance.filter(staff_id=staff.id, checked_out_at=None).get_or_none()
    if row is None:
        return None
    last = await duty_of(row.shift_assignment_id)
    if duty is not None and last is not None and last.key != duty.key and last.end <= unit.now:
        await forget(unit, row, actor="account")
        return None
    if row.property_id != place.id:
        raise Refusal(ErrorCode.ATTENDANCE_ELSEWHERE, field="property_id", current=row.id)
    return row
