"""Teams in the contract."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import strawberry

import models
from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import team as usecase
from schema.base import (
    Connection,
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
    to_many,
    to_one,
    values,
    verb,
)
from schema.place import Property
from schema.staff import Staff

_VERSION = "The version the viewer saw; a newer one is a CONFLICT."
_NAME = "For people, unique in the Property; 1 to 80 characters."


@node(models.TeamMember, "班组成员: somebody's time in a Team.")
class TeamMember(Node):
    """Somebody's time in a Team."""

    team: Team | None = to_one("Which.")
    staff: Staff | None = to_one("Who.")
    joined_on: date = column("The first day in it.")
    left_on: date | None = column("The last day in it; null while it goes on.")
    version: int = column("Grows by one with each change.")


@node(models.Team, "班组: who works together in a Property.")
class Team(Node):
    """Who works together in a Property."""

    property: Property = to_one("The estate.")
    name: str = column("For people, unique among the Property's teams that are not archived.")
    leader: Staff | None = to_one("班组长: who leads it; null when nobody does.")
    archived_at: datetime | None = column("When it was given up; null while it works.")
    created_at: datetime = column("When it was made.")
    version: int = column("Grows by one with each change.")
    members: Connection[TeamMember] = to_many(
        "Who is in it and who was, in the order of joining it.", "TeamMember", "team_id"
    )


@strawberry.input(description="Which teams.")
class TeamFilter:
    """Which teams."""

    archived: bool | None = text("True: only archived ones; false: only those that work.", optional=True)


@strawberry.input(description="A team to make.")
class TeamCreateInput:
    """A team to make."""

    property_id: strawberry.ID = ref("Property", "In which Property.")
    name: str = text(_NAME)
    leader_id: strawberry.ID | None = ref("Staff", "Who leads it; employed today.", optional=True)


@strawberry.input(description="What changes about a team. What is not sent stays; null empties.")
class TeamUpdateInput:
    """What changes about a team."""

    expected_version: int = text(_VERSION)
    name: str | None = changed(_NAME)
    leader_id: strawberry.ID | None = changed("Who leads it; employed today.", type_="Staff")


@strawberry.input(description="Which state of the team the viewer saw.")
class TeamArchiveInput:
    """Which state the viewer saw."""

    expected_version: int = text(_VERSION)


@strawberry.input(description="Who joins a team.")
class TeamMemberAddInput:
    """Who joins a team."""

    team_id: strawberry.ID = ref("Team", "Which.")
    staff_id: strawberry.ID = ref("Staff", "Who; employed on that day.")
    joined_on: date | None = text("The first day; today in the Property without it.", optional=True)


@strawberry.input(description="How somebody's time in a team ends.")
class TeamMemberRemoveInput:
    """How it ends."""

    expected_version: int = text(_VERSION)
    left_on: date | None = text("The last day; today in the Property without it.", optional=True)


def _shown(words: str) -> Any:
    return strawberry.field(default=None, description=words)


@strawberry.type(description="Answer to teamCreate.")
class TeamCreatePayload(Payload):
    """The new team."""

    team: Team | None = _shown("The new one.")


@strawberry.type(description="Answer to teamUpdate.")
class TeamUpdatePayload(Payload):
    """The team as it is."""

    team: Team | None = _shown("As it is now.")


@strawberry.type(description="Answer to teamArchive.")
class TeamArchivePayload(Payload):
    """The archived team."""

    team: Team | None = _shown("As it is now.")


@strawberry.type(description="Answer to teamMemberAdd.")
class TeamMemberAddPayload(Payload):
    """The new member."""

    team_member: TeamMember | None = _shown("The new one.")


@strawberry.type(description="Answer to teamMemberRemove.")
class TeamMemberRemovePayload(Payload):
    """Who left."""

    team_member: TeamMember | None = _shown("As it is now.")


@strawberry.type
class TeamQuery:
    """Reads of teams."""

    team: Team | None = one("A Team.", "Team")

    @many("Teams of a Property.", Team)
    def teams(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: TeamFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Teams of a Property."""
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, order.order, **values(filter or TeamFilter()))


@strawberry.type
class TeamMutation:
    """Verbs of teams. They need staff.manage in the Property."""

    @verb("Make a Team of a Property.", permission=Permission.STAFF_MANAGE)
    async def team_create(self, info: Info, input: TeamCreateInput) -> TeamCreatePayload | None:
        """Make it."""
        made = await usecase.create(info.context.viewer, info.context.house, **values(input))
        return TeamCreatePayload(team=await info.context.show("Team", made.id))

    @verb("Change a Team's name or leader.", shows="Team", permission=Permission.STAFF_MANAGE)
    async def team_update(self, info: Info, id: strawberry.ID, input: TeamUpdateInput) -> TeamUpdatePayload | None:
        """Change it."""
        context = info.context
        row = await usecase.update(context.viewer, context.house, decode("Team", id), **values(input))
        return TeamUpdatePayload(team=await context.show("Team", row.id))

    @verb("Give up a Team: its members leave today.", shows="Team", permission=Permission.STAFF_MANAGE)
    async def team_archive(self, info: Info, id: strawberry.ID, input: TeamArchiveInput) -> TeamArchivePayload | None:
        """End it."""
        context = info.context
        row = await usecase.archive(context.viewer, context.house, decode("Team", id), **values(input))
        return TeamArchivePayload(team=await context.show("Team", row.id))

    @verb("Somebody joins a Team.", permission=Permission.STAFF_MANAGE)
    async def team_member_add(self, info: Info, input: TeamMemberAddInput) -> TeamMemberAddPayload | None:
        """Join."""
        made = await usecase.add_member(info.context.viewer, info.context.house, **values(input))
        return TeamMemberAddPayload(team_member=await info.context.show("TeamMember", made.id))

    @verb("Somebody leaves a Team; that he was in it stays.", shows="TeamMember", permission=Permission.STAFF_MANAGE)
    async def team_member_remove(
        self, info: Info, id: strawberry.ID, input: TeamMemberRemoveInput
    ) -> TeamMemberRemovePayload | None:
        """Leave."""
        context = info.context
        row = await usecase.remove_member(context.viewer, context.house, decode("TeamMember", id), **values(input))
        return TeamMemberRemovePayload(team_member=await context.show("TeamMember", row.id))
