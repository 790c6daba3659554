"""Who may see what staff are able to do, and the teams: whoever sees staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.predicate import EVERYTHING, NOTHING, Predicate
from models.rules.permission import Permission
from models.scope.word import Scopes, where
from models.skill import Skill, StaffSkill
from models.team import Team, TeamMember

if TYPE_CHECKING:
    from models.viewer import Viewer

_READ = Permission.STAFF_READ


def _skill(viewer: Viewer) -> Predicate:
    return EVERYTHING if viewer.may(_READ) else NOTHING


def _team(viewer: Viewer) -> Predicate:
    return where(viewer, _READ)


SCOPES: Scopes = {
    Skill: _skill,
    StaffSkill: _skill,
    Team: _team,
    TeamMember: _team,
}
