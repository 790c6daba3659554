"""Scope: what a viewer may see of each table. The only place that decides it; every read and verb goes through it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from models.account import Account
from models.file import File
from models.gate import AccessEvent, Gate
from models.organization import Organization
from models.person import Occupancy, Person
from models.place import Building, Entrance, Property, Unit
from models.predicate import (
    EVERYTHING,
    NOTHING,
    Predicate,
    all_of,
    any_of,
    eq,
    exists,
    is_in,
    is_null,
    less,
    negate,
)
from models.rules.permission import Permission
from models.staff import Staff
from models.ticket import Ticket
from models.work_order import WorkOrder, WorkOrderStep

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from tortoise import Model

    from models.viewer import Viewer

_P = Permission


def visible(model: type[Model], viewer: Viewer | None) -> Predicate:
    """The rows of `model` that `viewer` may see; nobody sees nothing. The Organization is a hard wall."""
    if viewer is None:
        return NOTHING
    wall = eq("id" if model is Organization else "organization_id", viewer.organization_id)
    return all_of(wall, _SCOPES[model](viewer))


def _where(viewer: Viewer, permission: Permission) -> Predicate:
    """Rows of the Properties in which the viewer holds `permission`."""
    if permission in viewer.everywhere:
        return EVERYTHING
    return is_in("property_id", viewer.somewhere.get(permission, ()))


def _in_touch(viewer: Viewer, column: str = "property_id") -> Predicate:
    """Rows of the Properties in which the viewer has any role."""
    return EVERYTHING if viewer.properties is None else is_in(column, viewer.properties)


def _own(viewer: Viewer, column: str) -> Predicate:
    """Rows about the viewer as a resident; they end with the Occupancy in that Property."""
    return all_of(is_in("property_id", viewer.home_properties), eq(column, viewer.person_id))


def _assigned(viewer: Viewer) -> Predicate:
    """Work orders that the viewer carries out."""
    return all_of(_where(viewer, _P.WORK_ORDER_WORK), eq("assignee_id", viewer.staff_id))


def _unit(viewer: Viewer) -> Predicate:
    return any_of(_where(viewer, _P.UNIT_READ), is_in("id", viewer.units))


def _occupancy(viewer: Viewer) -> Predicate:
    households = (all_of(eq("unit_id", home.unit_id), running(home.today)) for home in viewer.homes)
    return any_of(_where(viewer, _P.PERSON_READ), *households)


def running(today: date) -> Predicate:
    """Occupancies that run on `today` (of their Property), the days of moving in and out included."""
    return all_of(less("move_in_on", today + timedelta(days=1)), not_ended(today))


def not_ended(today: date) -> Predicate:
    """Occupancies whose last day is not before `today`; they may begin later."""
    return any_of(is_null("move_out_on"), negate(less("move_out_on", today)))


def _person(viewer: Viewer) -> Predicate:
    return any_of(
        eq("id", viewer.person_id),
        exists(Occupancy, "person_id", _occupancy(viewer)),
        exists(WorkOrder, "reporter_id", _assigned(viewer)),
    )


def _staff(viewer: Viewer) -> Predicate:
    if viewer.may(_P.STAFF_READ):
        return EVERYTHING
    return any_of(eq("id", viewer.staff_id), exists(WorkOrder, "assignee_id", _own(viewer, "reporter_id")))


def _account(viewer: Viewer) -> Predicate:
    return EVERYTHING if _P.ACCOUNT_READ in viewer.everywhere else eq("id", viewer.account_id)


def _ticket(viewer: Viewer) -> Predicate:
    return any_of(
        _where(viewer, _P.TICKET_READ),
        _own(viewer, "reporter_id"),
        exists(WorkOrder, "ticket_id", _assigned(viewer)),
    )


def _work_order(viewer: Viewer) -> Predicate:
    return any_of(_where(viewer, _P.WORK_ORDER_READ), _own(viewer, "reporter_id"), _assigned(viewer))


def _work_order_step(viewer: Viewer) -> Predicate:
    return exists(WorkOrder, "id", _work_order(viewer), outer="work_order_id")


def _file(viewer: Viewer) -> Predicate:
    return any_of(
        eq("account_id", viewer.account_id),
        all_of(_where(viewer, _P.TICKET_READ), negate(is_null("ticket_id"))),
        all_of(_where(viewer, _P.WORK_ORDER_READ), negate(is_null("work_order_id"))),
        _own(viewer, "reporter_id"),
        exists(WorkOrder, "ticket_id", _assigned(viewer), outer="ticket_id"),
        exists(WorkOrder, "id", _assigned(viewer), outer="work_order_id"),
    )


def _gate(viewer: Viewer) -> Predicate:
    return _where(viewer, _P.GATE_READ)


def _access_event(viewer: Viewer) -> Predicate:
    return any_of(_where(viewer, _P.ACCESS_EVENT_READ), _own(viewer, "person_id"))


_SCOPES: dict[type[Model], Callable[[Viewer], Predicate]] = {
    Organization: lambda _viewer: EVERYTHING,
    Property: lambda viewer: _in_touch(viewer, "id"),
    Building: _in_touch,
    Entrance: _in_touch,
    Unit: _unit,
    Occupancy: _occupancy,
    Person: _person,
    Staff: _staff,
    Account: _account,
    Ticket: _ticket,
    WorkOrder: _work_order,
    WorkOrderStep: _work_order_step,
    File: _file,
    Gate: _gate,
    AccessEvent: _access_event,
}
