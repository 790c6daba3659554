"""Who may see skills, teams and shifts: whoever sees staff. Rosters and attendance: who reads them, all the own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.attendance import Attendance, AttendanceCorrection
from models.predicate import EVERYTHING, NOTHING, Predicate, any_of, eq
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
    """When somebody came and went is watching him: not for whoever has to know who is on duty."""
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
    AttendanceCorrection: _stay,
}
