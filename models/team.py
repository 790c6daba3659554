"""Team (班组): who works together in a Property."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference

if TYPE_CHECKING:
    from uuid import UUID


class Team(Versioned):
    """A team of a Property; it ends by `archived_at`."""

    property: Any = reference("Property")
    leader: Any = reference("Staff", null=True)
    name = fields.CharField(max_length=80, description="unique in the Property while not archived")
    archived_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        leader_id: UUID | None

    class Meta:
        table = "team"


class TeamMember(Versioned):
    """Somebody's time in a Team, from day to day (inclusive) of the Property; who comes back gets another row."""

    property: Any = reference("Property")
    team: Any = reference("Team")
    staff: Any = reference("Staff")
    joined_on = fields.DateField()
    left_on = fields.DateField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        team_id: UUID
        staff_id: UUID

    class Meta:
        table = "team_member"
