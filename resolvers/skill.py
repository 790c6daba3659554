"""Skills of the Organization, and who has which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Skill, Staff, StaffSkill
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, is_null, negate
from models.query import Order, Query
from models.rules.permission import Permission
from models.rules.skill import LEVELS, MAX_CODE, MAX_NAME
from models.scope import visible
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require, require_everywhere

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

_LENGTHS = {"code": MAX_CODE, "name": MAX_NAME}


def skills(viewer: Viewer | None, order: Order, archived: bool | None = None) -> Query:
    """The company's skills: all, or only those that are (not) archived."""
    ended = negate(is_null("archived_at")) if archived else is_null("archived_at")
    return Query(Skill, visible(Skill, viewer), order).only(EVERYTHING if archived is None else ended)


async def create(viewer: Viewer | None, house: House, code: str, name: str) -> Skill:
    """A skill of the company, by who manages staff anywhere. Raises Refusal NAME_TAKEN naming `code`."""
    try:
        async with unit_of_work(house, viewer) as unit:
            require(unit.signed_in, Permission.STAFF_MANAGE)
            kept = _checked({"code": code, "name": name})
            skill = await unit.add(Skill, archived_at=None, **kept)
            unit.audit("skill.create", None, skill)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="code", name=code) from None
    return skill


async def update(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **values: Any) -> Skill:
    """Change what is sent, for all Properties. Raises Refusal NAME_TAKEN, SKILL_ARCHIVED."""
    try:
        async with unit_of_work(house, viewer) as unit:
            skill = await _live(unit, id_, expected_version)
            before = await unit.change(skill, **_checked(values))
            unit.audit("skill.update", before, skill)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="code", name=values.get("code")) from None
    return skill


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Skill:
    """Nobody is given it any more; who has it keeps it, and its code is free again."""
    async with unit_of_work(house, viewer) as unit:
        skill = await _live(unit, id_, expected_version)
        before = await unit.change(skill, archived_at=unit.now)
        unit.audit("skill.archive", before, skill)
    return skill


async def assess(
    viewer: Viewer | None, house: House, staff_id: UUID, skill_id: UUID, level: int | None
) -> tuple[Staff, StaffSkill | None]:
    """How well somebody is able to do it, 1 to 3; None takes it away. Said again it changes nothing.

    The Staff stays locked, so that two who say it at once do so one after the other.
    """
    async with unit_of_work(house, viewer) as unit:
        staff = await unit.find(Staff, staff_id, "staff_id")
        skill = await unit.see(Skill, skill_id, "skill_id")
        require(unit.signed_in, Permission.STAFF_MANAGE)
        if level is not None and level not in LEVELS:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="level", message="SKILL_LEVEL")
        live = {"staff_id": staff.id, "skill_id": skill.id, "ended_at": None}
        row = await StaffSkill.filter(organization_id=unit.organization_id, **live).get_or_none()
        if level is not None and skill.archived_at is not None:
            raise Refusal(ErrorCode.SKILL_ARCHIVED, field="skill_id")
        before = None
        if row is None and level is not None:
            row = await unit.add(StaffSkill, level=level, **live)
        elif row is None or row.level == level:
            return staff, row
        else:
            before = await unit.change(row, **({"ended_at": unit.now} if level is None else {"level": level}))
        unit.audit("staffSkill.set", before, row)
    return staff, row if level is not None else None


async def _live(unit: Unit, id_: UUID, expected_version: int) -> Skill:
    """The skill, locked, for who manages staff everywhere."""
    skill = await unit.find(Skill, id_, "id")
    require_everywhere(unit.signed_in, Permission.STAFF_MANAGE)
    check_version(skill, expected_version)
    if skill.archived_at is not None:
        raise Refusal(ErrorCode.SKILL_ARCHIVED, field="id", current=skill.id)
    return skill


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The texts as they are kept. Raises Refusal."""
    kept = {name: (said or "").strip() for name, said in values.items()}
    for name, said in kept.items():
        if not 1 <= len(said) <= _LENGTHS[name]:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="TEXT_LENGTH", low=1, high=_LENGTHS[name])
    return kept
