"""Settles attendance: notes shifts that nobody came to, and closes stays whose check-out was forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from models import Attendance, ShiftAssignment
from models.predicate import all_of, any_of, eq, is_null, less, negate, to_q
from models.rules.attendance import AttendanceStatus
from resolvers.attendance import forget, note_missing
from resolvers.attendance.settling import hold
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resolvers.ports import House
    from resolvers.unit import Unit

BATCH = 100  # rows a transaction


async def settle_attendance(house: House) -> None:
    """All that is due. Each row is looked at again under the lock of its person, so again changes nothing."""
    for row in await house.database.call("organizations"):
        organization_id = UUID(str(row["id"]))
        for due, settle in KINDS:
            while found := await _due(house, organization_id, due):
                async with system_unit(house, organization_id) as unit:
                    await hold(unit, [staff_id for _, staff_id in found])
                    await settle(unit, [id_ for id_, _ in found])


async def _due(house: House, organization_id: UUID, due: str) -> list[tuple[UUID, UUID]]:
    """The next ones and whose they are; read without a lock."""
    rows = await house.database.fetch(due, [organization_id, house.clock.now(), BATCH], organization_id)
    key = house.database.value
    return [(key("UUIDField", row["id"]), key("UUIDField", row["staff_id"])) for row in rows]


async def _note(unit: Unit, ids: Sequence[UUID]) -> None:
    due = ShiftAssignment.filter(organization_id=unit.organization_id, id__in=ids, settled_at=None, cancelled_at=None)
    for assignment in await due.filter(ends_at__lte=unit.now).order_by("id").select_for_update():
        if not await _came(assignment):
            await note_missing(unit, assignment)
        assignment.settled_at = unit.now
        await assignment.save(update_fields=["settled_at"])  # no version: who sees the roster sees no change


async def _came(assignment: ShiftAssignment) -> bool:
    """Whether the person was at work there at any time of the shift, or for it."""
    just_after = assignment.starts_at + timedelta.resolution
    until_start = all_of(negate(is_null("checked_out_at")), less("checked_out_at", just_after))
    wanted = all_of(
        eq("staff_id", assignment.staff_id),
        eq("property_id", assignment.property_id),
        negate(eq("status", AttendanceStatus.MISSED.value)),
        any_of(
            eq("shift_assignment_id", assignment.id),
            all_of(less("checked_in_at", assignment.ends_at), negate(until_start)),
        ),
    )
    return await Attendance.filter(to_q(wanted)).exists()


async def _close(unit: Unit, ids: Sequence[UUID]) -> None:
    due = Attendance.filter(organization_id=unit.organization_id, id__in=ids, close_at__lte=unit.now)
    for row in await due.filter(checked_out_at=None).order_by("id").select_for_update():
        await forget(unit, row)


_OVER = """SELECT id, staff_id FROM shift_assignment WHERE organization_id = $1 AND ends_at <= $2
 AND settled_at IS NULL AND cancelled_at IS NULL ORDER BY ends_at LIMIT $3"""
_FORGOTTEN = """SELECT id, staff_id FROM attendance WHERE organization_id = $1 AND close_at <= $2
 AND checked_out_at IS NULL ORDER BY close_at LIMIT $3"""
KINDS = ((_OVER, _note), (_FORGOTTEN, _close))
