"""Skills in the contract, and who has which."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

import models
from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import skill as usecase
from schema.base import (
    Info,
    ListOrder,
    Node,
    Payload,
    changed,
    column,
    decode,
    many,
    node,
    one,
    ref,
    text,
    to_one,
    values,
    verb,
)
from schema.staff import Staff

_VERSION = "The version the viewer saw; a newer one is a CONFLICT."
_CODE, _NAME = "Short name, unique in the company; 1 to 20 characters.", "For people; 1 to 80 characters."
_LEVEL = "1: learns it, 2: does it alone, 3: teaches it"


@node(models.Skill, "技能: something that staff are able to do, for all Properties.")
class Skill(Node):
    """Something that staff are able to do."""

    code: str = column("Short name, unique among the company's skills that are not archived.")
    name: str = column("For people, such as 电工.")
    archived_at: datetime | None = column("When it was given up; null while it is in use.")
    created_at: datetime = column("When it was entered.")
    version: int = column("Grows by one with each change.")


@node(models.StaffSkill, "员工技能: how well somebody is able to do it.")
class StaffSkill(Node):
    """How well somebody is able to do it."""

    staff: Staff | None = to_one("Who.")
    skill: Skill | None = to_one("What.")
    level: int = column(f"{_LEVEL}.")
    ended_at: datetime | None = column("When it was taken away; null while it holds.")
    updated_at: datetime = column("When it was said last.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which skills.")
class SkillFilter:
    """Which skills."""

    archived: bool | None = text("True: only archived ones; false: only those in use.", optional=True)


@strawberry.input(description="A skill to enter.")
class SkillCreateInput:
    """A skill to enter."""

    code: str = text(_CODE)
    name: str = text(_NAME)


@strawberry.input(description="What changes about a skill. What is not sent stays.")
class SkillUpdateInput:
    """What changes about a skill."""

    expected_version: int = text(_VERSION)
    code: str | None = changed(_CODE)
    name: str | None = changed(_NAME)


@strawberry.input(description="Which state of the skill the viewer saw.")
class SkillArchiveInput:
    """Which state the viewer saw."""

    expected_version: int = text(_VERSION)


@strawberry.input(description="How well somebody is able to do something.")
class StaffSkillSetInput:
    """How well somebody is able to do something."""

    staff_id: strawberry.ID = ref("Staff", "Who.")
    skill_id: strawberry.ID = ref("Skill", "What.")
    level: int | None = text(f"{_LEVEL}; null takes it away.", optional=True)


def _shown(words: str) -> Any:
    return strawberry.field(default=None, description=words)


@strawberry.type(description="Answer to skillCreate.")
class SkillCreatePayload(Payload):
    """The new skill."""

    skill: Skill | None = _shown("The new one.")


@strawberry.type(description="Answer to skillUpdate.")
class SkillUpdatePayload(Payload):
    """The skill as it is."""

    skill: Skill | None = _shown("As it is now.")


@strawberry.type(description="Answer to skillArchive.")
class SkillArchivePayload(Payload):
    """The archived skill."""

    skill: Skill | None = _shown("As it is now.")


@strawberry.type(description="Answer to staffSkillSet.")
class StaffSkillSetPayload(Payload):
    """Who, and the level."""

    staff: Staff | None = _shown("Who.")
    staff_skill: StaffSkill | None = _shown("As it is now; null once it was taken away.")


@strawberry.type
class SkillQuery:
    """Reads of skills."""

    skill: Skill | None = one("A Skill.", "Skill")

    @many("The company's skills.", Skill)
    def skills(self, info: Info, filter: SkillFilter | None = None, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Skills."""
        return usecase.skills(info.context.viewer, order.order, **values(filter or SkillFilter()))


@strawberry.type
class SkillMutation:
    """Verbs of skills."""

    @verb("Enter a Skill, for all Properties: by who manages staff anywhere.", permission=Permission.STAFF_MANAGE)
    async def skill_create(self, info: Info, input: SkillCreateInput) -> SkillCreatePayload | None:
        """Enter it."""
        made = await usecase.create(info.context.viewer, info.context.house, **values(input))
        return SkillCreatePayload(skill=await info.context.show("Skill", made.id))

    @verb(
        "Change a Skill, for all Properties: by who manages staff everywhere.",
        shows="Skill",
        permission=Permission.STAFF_MANAGE,
    )
    async def skill_update(self, info: Info, id: strawberry.ID, input: SkillUpdateInput) -> SkillUpdatePayload | None:
        """Change it."""
        context = info.context
        row = await usecase.update(context.viewer, context.house, decode("Skill", id), **values(input))
        return SkillUpdatePayload(skill=await context.show("Skill", row.id))

    @verb(
        "Give up a Skill: who has it keeps it, nobody is given it; by who manages staff everywhere.",
        shows="Skill",
        permission=Permission.STAFF_MANAGE,
    )
    async def skill_archive(
        self, info: Info, id: strawberry.ID, input: SkillArchiveInput
    ) -> SkillArchivePayload | None:
        """End it."""
        context = info.context
        row = await usecase.archive(context.viewer, context.house, decode("Skill", id), **values(input))
        return SkillArchivePayload(skill=await context.show("Skill", row.id))

    @verb(
        "Say how well somebody is able to do something: by who manages staff anywhere.",
        permission=Permission.STAFF_MANAGE,
    )
    async def staff_skill_set(self, info: Info, input: StaffSkillSetInput) -> StaffSkillSetPayload | None:
        """Say it."""
        context = info.context
        staff, row = await usecase.assess(context.viewer, context.house, **values(input))
        shown = None if row is None else row.id
        return StaffSkillSetPayload(
            staff=await context.show("Staff", staff.id), staff_skill=await context.show("StaffSkill", shown)
        )
