"""Who may see skills, teams and shifts: whoever sees staff. Rosters and attendance: who reads them, all the own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.attendance import Attendance, AttendanceCorrection
from models.predicate import EVERYTHING, NOTHING, Predicate, all_of, any_of, eq, is_null
from models.rules.permission import Permission
from models.scope.word import Scopes, where
from models.shift import Shift, ShiftAssignment
from models.skill import Skill, StaffSkill
from models.team import Team, TeamMember

if TYPE_CHECKING:
    from models.viewer import Viewer

_READ = Permission.STAFF_READ


def _skill(viewer: Viewer) -> Predicate:
    return EVERYTHING if viewer.may(_READ) else NOTHING


def _team(viewer: Viewer) -> Predicate:
    return where(viewer, _READ)


def _duty(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, Permission.ROSTER_READ), _mine(viewer))


def _stay(viewer: Viewer) -> Predicate:
    """Who must know who is on duty sees who is there now; when people came and went is watching them."""
    there_now = all_of(where(viewer, Permission.ROSTER_READ), is_null("checked_out_at"))
    return any_of(where(viewer, Permission.ATTENDANCE_READ), there_now, _mine(viewer))


def _correction(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, Permission.ATTENDANCE_READ), _mine(viewer))


def _mine(viewer: Viewer) -> Predicate:
    return eq("staff_id", viewer.staff_id) if viewer.staff_id else NOTHING


SCOPES: Scopes = {
    Skill: _skill,
    StaffSkill: _skill,
    Team: _team,
    TeamMember: _team,
    Shift: _team,
    ShiftAssignment: _duty,
    Attendance: _stay,
    AttendanceCorrection: _correction,
}
# That somebody came or went; an event says no more of it.
AUDIBLE: Scopes = {Attendance: lambda viewer: any_of(where(viewer, Permission.ATTENDANCE_READ), _duty(viewer))}
