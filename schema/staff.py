"""Staff in the contract."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models.predicate import is_null
from models.query import Query as Rows
from models.rules.permission import Permission, Role
from resolvers import staff as usecase
from schema.base import Connection, Info, ListOrder, Node, column, decode, many, node, one, text, to_many

if TYPE_CHECKING:
    from schema.skill import StaffSkill
    from schema.team import TeamMember


@node(models.Staff, "员工: a member of staff.")
class Staff(Node):
    """A member of staff."""

    number: str = column("工号, unique in the Organization.")
    name: str = column("Full name.")
    title: str = column("What they do, such as 维修技师.")
    phone: str | None = column("Phone number; null for a viewer without staff.read.", permission=Permission.STAFF_READ)
    email: str | None = column("E-mail; null for a viewer without staff.read.", permission=Permission.STAFF_READ)
    employed_from: date = column("First day of work.")
    employed_until: date | None = column("Last day of work; null while it runs.")
    version: int = column("Grows by one with each change.")
    skills: Connection[Annotated[StaffSkill, strawberry.lazy("schema.skill")]] = to_many(
        "What they are able to do, and how well; none for a viewer without staff.read.",
        "StaffSkill",
        "staff_id",
        where=is_null("ended_at"),
    )
    teams: Connection[Annotated[TeamMember, strawberry.lazy("schema.team")]] = to_many(
        "The teams they are in; where they have left (or will on a known day), Team.members says it.",
        "TeamMember",
        "staff_id",
        where=is_null("left_on"),
    )


@strawberry.input(description="Which members of staff.")
class StaffFilter:
    """Which members of staff."""

    property_id: strawberry.ID | None = text("Only those who hold a role in this Property now.", optional=True)
    role: Role | None = text("Only those who hold this role now.", optional=True)


@strawberry.type
class StaffQuery:
    """Reads of staff."""

    @many("Staff of the Organization.", Staff, page=500)
    def staff(self, info: Info, filter: StaffFilter | None = None, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Staff of the Organization."""
        wanted = filter or StaffFilter()
        place = decode("Property", wanted.property_id, "property_id") if wanted.property_id else None
        now = info.context.house.clock.now()
        return usecase.staff(info.context.viewer, order.order, now, place, wanted.role)

    staff_member: Staff | None = one("A member of staff.", "Staff")
