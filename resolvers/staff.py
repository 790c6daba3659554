"""Staff of the Organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Account, RoleAssignment, Staff
from models.predicate import EVERYTHING, Predicate, all_of, any_of, eq, exists, is_null
from models.query import Order, Query
from models.scope import visible

if TYPE_CHECKING:
    from uuid import UUID

    from models.rules.permission import Role
    from models.viewer import Viewer


def staff(viewer: Viewer | None, order: Order, property_id: UUID | None = None, role: Role | None = None) -> Query:
    """Staff of the Organization; with `property_id` or `role`, those who were given it (there)."""
    if property_id is None and role is None:
        chosen: Predicate = EVERYTHING
    else:
        place = EVERYTHING if property_id is None else any_of(eq("property_id", property_id), is_null("property_id"))
        given = eq("role", role.value) if role else EVERYTHING
        assigned = exists(RoleAssignment, "account_id", all_of(place, given))
        chosen = exists(Account, "staff_id", assigned)
    return Query(Staff, visible(Staff, viewer), order).only(chosen)
