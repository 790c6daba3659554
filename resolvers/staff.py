"""Staff of the Organization."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models import Account, RoleAssignment, Staff
from models.predicate import EVERYTHING, Predicate, all_of, any_of, eq, exists, is_null, less, negate
from models.query import Order, Query
from models.scope import visible

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from models.rules.permission import Role
    from models.viewer import Viewer


def staff(
    viewer: Viewer | None, order: Order, now: datetime, property_id: UUID | None = None, role: Role | None = None
) -> Query:
    """Staff of the Organization; with `property_id` or `role`, those who hold it (there) `now`."""
    if property_id is None and role is None:
        chosen: Predicate = EVERYTHING
    else:
        place = EVERYTHING if property_id is None else any_of(eq("property_id", property_id), is_null("property_id"))
        given = eq("role", role.value) if role else EVERYTHING
        just_after = now + timedelta.resolution
        in_force = all_of(
            less("valid_from", just_after), any_of(is_null("valid_until"), negate(less("valid_until", just_after)))
        )
        assigned = exists(RoleAssignment, "account_id", all_of(place, given, in_force))
        chosen = exists(Account, "staff_id", assigned)
    return Query(Staff, visible(Staff, viewer), order).only(chosen)
