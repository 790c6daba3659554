"""The words that the scopes are made of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from models.predicate import EVERYTHING, Predicate, all_of, any_of, eq, is_in, is_null, less, negate
from models.rules.permission import Permission
from models.viewer import Viewer

if TYPE_CHECKING:
    from datetime import date

    from tortoise import Model

Scopes = dict["type[Model]", Callable[[Viewer], Predicate]]


def where(viewer: Viewer, permission: Permission) -> Predicate:
    """Rows of the Properties in which the viewer holds `permission`."""
    if permission in viewer.everywhere:
        return EVERYTHING
    return is_in("property_id", viewer.somewhere.get(permission, ()))


def in_touch(viewer: Viewer, column: str = "property_id") -> Predicate:
    """Rows of the Properties in which the viewer has any role."""
    return EVERYTHING if viewer.properties is None else is_in(column, viewer.properties)


def own(viewer: Viewer, column: str) -> Predicate:
    """Rows about the viewer as a resident; they end with the Occupancy in that Property."""
    return all_of(is_in("property_id", viewer.home_properties), eq(column, viewer.person_id))


def assigned(viewer: Viewer) -> Predicate:
    """Work orders that the viewer carries out."""
    return all_of(where(viewer, Permission.WORK_ORDER_WORK), eq("assignee_id", viewer.staff_id))


def running(today: date) -> Predicate:
    """Occupancies that run on `today` (of their Property), the days of moving in and out included."""
    return all_of(less("move_in_on", today + timedelta(days=1)), not_ended(today))


def not_ended(today: date) -> Predicate:
    """Occupancies whose last day is not before `today`; they may begin later."""
    return any_of(is_null("move_out_on"), negate(less("move_out_on", today)))
