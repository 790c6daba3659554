"""Who of the demo's staff came to the shifts of the last week, and who is there now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import Attendance, AttendanceCorrection
from models.rules.attendance import AttendanceStatus, Duty, Stay, close_at, forgotten_end, judged, stay_minutes

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from models import Property, ShiftAssignment
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew

MISSED, FORGOTTEN, LATE, EARLY = 0.02, 0.03, 0.06, 0.04  # shares of shifts
CORRECTED = 0.3  # of those that were missed: the phone was to blame
PLAYED = ("维修", "维保")  # technicians come when the simulator plays them
REASONS = ("手机没电，班长确认到岗。", "当天手机送修，监控确认在岗。", "系统升级期间无法签到。")


async def write_attendance(load: Load, crew: Crew, duties: Sequence[ShiftAssignment]) -> str:
    """Write the stays; what was written, in words."""
    chance = load.chance("attendance")
    places = {place.id: place for place in load.properties.values()}
    titles = {one.id: one.title for people in crew.staff.values() for one in people}
    managers = {load.properties[code].id: people[0] for code, people in crew.staff.items() if code}
    stays: list[Attendance] = []
    corrections: list[AttendanceCorrection] = []
    absent: set[Any] = set()
    for duty in sorted(duties, key=lambda one: (one.starts_at, one.id)):
        place = places[duty.property_id]
        if duty.ends_at <= load.now:
            stay = _worked(load, chance, place, duty)
            if stay.status is AttendanceStatus.MISSED and chance.random() < CORRECTED:
                by = managers[place.id]
                corrections.append(_correct(load, chance, stay, duty, by.id, crew.accounts[by.id].id))
            stays.append(stay)
        elif duty.starts_at <= load.now and not titles[duty.staff_id].endswith(PLAYED):
            if place.id in absent:  # the first of each estate is not there yet
                came = max(duty.starts_at - timedelta(minutes=chance.randint(1, 12)), duty.created_at)
                stays.append(_row(load, place, duty, AttendanceStatus.OPEN, Stay(came, None)))
            absent.add(place.id)
    await load.save(stays, corrections)
    return f"{len(stays)} stays at work, {sum(row.checked_out_at is None for row in stays)} of them now"


def _worked(load: Load, chance: random.Random, place: Property, duty: ShiftAssignment) -> Attendance:
    """A shift that is over: nearly always in time."""
    kind = chance.random()
    if kind < MISSED:
        return _row(load, place, duty, AttendanceStatus.MISSED, Stay(duty.ends_at, duty.ends_at))
    late = chance.randint(6, 35) if chance.random() < LATE else -chance.randint(0, 12)
    came = duty.starts_at + timedelta(minutes=late, seconds=chance.randint(0, 59))
    if kind < MISSED + FORGOTTEN:
        left = forgotten_end(came, Duty(duty.id, duty.starts_at, duty.ends_at))
        return _row(load, place, duty, AttendanceStatus.FORGOTTEN, Stay(came, left))
    over = -chance.randint(8, 45) if chance.random() < EARLY else chance.randint(0, 15)
    left = min(duty.ends_at + timedelta(minutes=over, seconds=chance.randint(0, 59)), load.now)
    return _row(load, place, duty, AttendanceStatus.CLOSED, Stay(came, left))


def _row(load: Load, place: Property, duty: ShiftAssignment, status: AttendanceStatus, stay: Stay) -> Attendance:
    shift = Duty(duty.id, duty.starts_at, duty.ends_at)
    (verdict,) = judged(shift, [stay], place.attendance_tolerance_minutes)
    missed = status is AttendanceStatus.MISSED
    return load.row(
        Attendance,
        stay.came,
        property_id=place.id,
        staff_id=duty.staff_id,
        shift_assignment_id=duty.id,
        status=status,
        day=duty.day,
        checked_in_at=stay.came,
        checked_out_at=stay.left,
        close_at=close_at(stay.came, shift, place.attendance_close_minutes),
        minutes=None if stay.left is None else stay_minutes(stay.came, stay.left),
        late_minutes=0 if missed else verdict.late,
        early_minutes=verdict.early,
    )


def _correct(
    load: Load, chance: random.Random, stay: Attendance, duty: ShiftAssignment, by: Any, account: Any
) -> AttendanceCorrection:
    """The person was there after all."""
    at = min(duty.ends_at + timedelta(hours=chance.randint(1, 20)), load.now)
    became = {"checked_in_at": duty.starts_at, "checked_out_at": duty.ends_at}
    minutes = stay_minutes(duty.starts_at, duty.ends_at)
    stay.update_from_dict({**became, "status": AttendanceStatus.CLOSED, "minutes": minutes, "corrected_at": at})
    return load.row(
        AttendanceCorrection,
        at,
        property_id=stay.property_id,
        attendance_id=stay.id,
        staff_id=stay.staff_id,
        account_id=account,
        corrected_by_id=by,
        reason=chance.choice(REASONS),
        from_status=AttendanceStatus.MISSED,
        **{f"to_{name}": value for name, value in became.items()},
    )
