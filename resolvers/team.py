"""Teams of a Property and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from adapters.database import UniqueViolation
from models import Property, Staff, Team, TeamMember
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq, is_null, negate
from models.query import Order, Query
from models.rules.permission import Permission
from models.rules.team import MAX_NAME, employed, overlaps
from models.scope import visible
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


def in_property(viewer: Viewer | None, property_id: UUID, order: Order, archived: bool | None = None) -> Query:
    """Teams of a Property: all, or only those that are (not) archived."""
    ended = negate(is_null("archived_at")) if archived else is_null("archived_at")
    return Query(Team, visible(Team, viewer), order).only(
        eq("property_id", property_id), EVERYTHING if archived is None else ended
    )


async def create(
    viewer: Viewer | None, house: House, property_id: UUID, name: str, leader_id: UUID | None = None
) -> Team:
    """A team of a Property. Raises Refusal NAME_TAKEN, STAFF_NOT_ELIGIBLE."""
    try:
        async with unit_of_work(house, viewer) as unit:
            place = await unit.see(Property, property_id, "property_id")
            require(unit.signed_in, Permission.STAFF_MANAGE, place.id)
            kept = await _checked(unit, place, {"name": name, "leader_id": leader_id})
            team = await unit.add(Team, property_id=place.id, archived_at=None, **kept)
            unit.audit("team.create", None, team)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=name) from None
    return team


async def update(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **values: Any) -> Team:
    """Change what is sent; null leaves it without a leader. Raises Refusal NAME_TAKEN, TEAM_ARCHIVED."""
    try:
        async with unit_of_work(house, viewer) as unit:
            team, place = await _live(unit, id_, "id")
            check_version(team, expected_version)
            before = await unit.change(team, **await _checked(unit, place, values))
            unit.audit("team.update", before, team)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=values.get("name")) from None
    return team


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Team:
    """The team is no more: its members leave today, and its name is free again."""
    async with unit_of_work(house, viewer) as unit:
        team, place = await _live(unit, id_, "id")
        check_version(team, expected_version)
        before = await unit.change(team, archived_at=unit.now)
        unit.audit("team.archive", before, team)
        staying = TeamMember.filter(organization_id=unit.organization_id, team_id=team.id, left_on=None)
        for member in await staying.order_by("id").select_for_update():
            await _leave(unit, member, max(_today(unit, place), member.joined_on))
    return team


async def add_member(
    viewer: Viewer | None, house: House, team_id: UUID, staff_id: UUID, joined_on: date | None = None
) -> TeamMember:
    """Somebody joins, today unless told. Raises Refusal TEAM_ARCHIVED, TEAM_MEMBER_ALREADY, STAFF_NOT_ELIGIBLE."""
    async with unit_of_work(house, viewer) as unit:
        team, place = await _live(unit, team_id, "team_id")
        day = joined_on or _today(unit, place)
        staff = await _employed(unit, staff_id, "staff_id", day)
        stays = TeamMember.filter(organization_id=unit.organization_id, team_id=team.id, staff_id=staff.id)
        if overlaps([(stay.joined_on, stay.left_on) for stay in await stays], day):
            raise Refusal(ErrorCode.TEAM_MEMBER_ALREADY, field="staff_id")
        where = {"property_id": team.property_id, "team_id": team.id, "staff_id": staff.id}
        member = await unit.add(TeamMember, joined_on=day, left_on=None, **where)
        unit.audit("teamMember.add", None, member)
    return member


async def remove_member(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, left_on: date | None = None
) -> TeamMember:
    """The last day in the team, today unless told. Raises Refusal TEAM_MEMBER_LEFT."""
    async with unit_of_work(house, viewer) as unit:
        member = await unit.find(TeamMember, id_, "id")
        require(unit.signed_in, Permission.STAFF_MANAGE, member.property_id)
        check_version(member, expected_version)
        if member.left_on is not None:
            raise Refusal(ErrorCode.TEAM_MEMBER_LEFT, field="id", current=member.id)
        place = await unit.see(Property, member.property_id, "id")
        last = left_on or max(_today(unit, place), member.joined_on)
        if last < member.joined_on:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="left_on", message="END_BEFORE_START")
        await _leave(unit, member, last)
    return member


async def _leave(unit: Unit, member: TeamMember, last: date) -> None:
    before = await unit.change(member, left_on=last)
    unit.audit("teamMember.remove", before, member)


async def _live(unit: Unit, id_: UUID, field: str) -> tuple[Team, Property]:
    """The team, locked, and its Property."""
    team = await unit.find(Team, id_, field)
    require(unit.signed_in, Permission.STAFF_MANAGE, team.property_id)
    if team.archived_at is not None:
        raise Refusal(ErrorCode.TEAM_ARCHIVED, field=field, current=team.id if field == "id" else None)
    return team, await unit.see(Property, team.property_id, field)


async def _employed(unit: Unit, id_: UUID, field: str, day: date) -> Staff:
    staff = await unit.see(Staff, id_, field)
    if not employed(staff.employed_from, staff.employed_until, day):
        raise Refusal(ErrorCode.STAFF_NOT_ELIGIBLE, field=field, message="STAFF_NOT_EMPLOYED")
    return staff


async def _checked(unit: Unit, place: Property, values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Refusal."""
    if "name" in values:
        values["name"] = (values["name"] or "").strip()
        if not 1 <= len(values["name"]) <= MAX_NAME:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="name", message="TEXT_LENGTH", low=1, high=MAX_NAME)
    if values.get("leader_id") is not None:
        await _employed(unit, values["leader_id"], "leader_id", _today(unit, place))
    return values


def _today(unit: Unit, place: Property) -> date:
    return unit.now.astimezone(ZoneInfo(place.time_zone)).date()
