"""What follows from a stay by the rules: who was late or early, a check-out that was forgotten, a shift nobody came to.

Whoever writes a person's attendance holds the lock of the Staff (`hold`), taken before any other: two taps, a tap and
the job, a tap and a correction come one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Attendance, ShiftAssignment, Staff
from models.rules.attendance import (
    AttendanceStatus,
    Duty,
    PresenceChange,
    Stay,
    Verdict,
    forgotten_end,
    judged,
    stay_minutes,
)
from subscriptions.attendance import changed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from resolvers.unit import Unit


async def hold(unit: Unit, staff_ids: Iterable[UUID]) -> list[Staff]:
    """Lock people in the order of their ids."""
    wanted = Staff.filter(organization_id=unit.organization_id, id__in=sorted(set(staff_ids)))
    return await wanted.order_by("id").select_for_update()


async def duty_of(assignment_id: UUID | None) -> Duty[UUID] | None:
    """The shift that a stay is for."""
    row = await ShiftAssignment.get(id=assignment_id) if assignment_id else None
    return Duty(row.id, row.starts_at, row.ends_at) if row else None


async def weigh(unit: Unit, duty: Duty[UUID] | None, stay: Stay, tolerance: int, own_id: UUID | None = None) -> Verdict:
    """The verdict on a stay (of the row `own_id`); other stays of its shift whose verdict changes with it are changed.

    Who comes back from a way out has not gone early after all.
    """
    if duty is None:
        return Verdict()
    rows = await Attendance.filter(shift_assignment_id=duty.key).exclude(status=AttendanceStatus.MISSED)
    others = [(Stay(row.checked_in_at, row.checked_out_at), row) for row in rows if row.id != own_id]
    ordered = sorted([(stay, None), *others], key=lambda pair: pair[0].came)
    own = Verdict()
    for (_, row), verdict in zip(ordered, judged(duty, [one for one, _ in ordered], tolerance), strict=True):
        if row is None:
            own = verdict
        elif (row.late_minutes, row.early_minutes) != (verdict.late, verdict.early):
            before = await unit.change(row, late_minutes=verdict.late, early_minutes=verdict.early)
            unit.audit("attendance.judge", before, row)
    return own


async def forget(unit: Unit, row: Attendance, actor: str = "job") -> None:
    """Close an open stay whose check-out nobody made: it counts until the shift's end."""
    left = forgotten_end(row.checked_in_at, await duty_of(row.shift_assignment_id))
    before = await unit.change(
        row,
        status=AttendanceStatus.FORGOTTEN,
        checked_out_at=left,
        minutes=stay_minutes(row.checked_in_at, left),
    )
    unit.audit("attendance.forget", before, row, actor=actor)
    unit.announce(changed(PresenceChange.FORGOTTEN, row, unit.now))


async def note_missing(unit: Unit, assignment: ShiftAssignment) -> None:
    """Nobody came to a shift that is over: a stay without length at its end says so."""
    who = {"property_id": assignment.property_id, "staff_id": assignment.staff_id}
    end = assignment.ends_at
    row = await unit.add(
        Attendance,
        shift_assignment_id=assignment.id,
        status=AttendanceStatus.MISSED,
        day=assignment.day,
        checked_in_at=end,
        checked_out_at=end,
        close_at=end,
        minutes=0,
        **who,
    )
    unit.audit("attendance.miss", None, row, actor="job")
    unit.announce(changed(PresenceChange.MISSED, row, unit.now))
