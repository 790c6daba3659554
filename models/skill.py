"""Skill (技能): what staff are able to do, and how well each of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference

if TYPE_CHECKING:
    from uuid import UUID


class Skill(Versioned):
    """Something one must be able to do, of the Organization; it ends by `archived_at`."""

    code = fields.CharField(max_length=20, description="unique in the Organization while not archived")
    name = fields.CharField(max_length=80)
    archived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "skill"


class StaffSkill(Versioned):
    """How well somebody is able to do it; one live row per Staff and Skill, it ends by `ended_at`."""

    staff: Any = reference("Staff")
    skill: Any = reference("Skill")
    level = fields.IntField(description="models.rules.skill: 1 to 3")
    ended_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        staff_id: UUID
        skill_id: UUID

    class Meta:
        table = "staff_skill"
