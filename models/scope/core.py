"""Who may see the spine: places, people, staff, tickets, work orders, files and gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.account import Account
from models.dispatch import DispatchDecision, DispatchRule
from models.file import File
from models.gate import AccessEvent, Gate
from models.organization import Organization
from models.person import Occupancy, Person
from models.place import Building, Entrance, Property, Unit
from models.predicate import EVERYTHING, Predicate, all_of, any_of, eq, exists, is_in, is_null, negate
from models.rules.permission import Permission
from models.scope.forum import forum_file
from models.scope.word import Scopes, assigned, in_touch, own, running, where
from models.session import Session
from models.staff import Staff
from models.ticket import Ticket, TicketEntry
from models.ticket_category import TicketCategory
from models.work_order import WorkOrder, WorkOrderItem, WorkOrderLabour, WorkOrderStep

if TYPE_CHECKING:
    from models.viewer import Viewer

_P = Permission


def _unit(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, _P.UNIT_READ), is_in("id", viewer.units))


def _occupancy(viewer: Viewer) -> Predicate:
    households = (all_of(eq("unit_id", home.unit_id), running(home.today)) for home in viewer.homes)
    return any_of(where(viewer, _P.PERSON_READ), *households)


def _person(viewer: Viewer) -> Predicate:
    return any_of(
        eq("id", viewer.person_id),
        exists(Occupancy, "person_id", _occupancy(viewer)),
        exists(WorkOrder, "reporter_id", assigned(viewer)),
    )


def _staff(viewer: Viewer) -> Predicate:
    if viewer.may(_P.STAFF_READ):
        return EVERYTHING
    return any_of(eq("id", viewer.staff_id), exists(WorkOrder, "assignee_id", own(viewer, "reporter_id")))


def _account(viewer: Viewer) -> Predicate:
    return EVERYTHING if _P.ACCOUNT_READ in viewer.everywhere else eq("id", viewer.account_id)


def _session(viewer: Viewer) -> Predicate:
    return EVERYTHING if _P.ACCOUNT_MANAGE in viewer.everywhere else eq("account_id", viewer.account_id)


def _ticket(viewer: Viewer) -> Predicate:
    return any_of(
        where(viewer, _P.TICKET_READ),
        own(viewer, "reporter_id"),
        exists(WorkOrder, "ticket_id", assigned(viewer)),
    )


def _work_order(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, _P.WORK_ORDER_READ), own(viewer, "reporter_id"), assigned(viewer))


def _of_work_order(viewer: Viewer) -> Predicate:
    return exists(WorkOrder, "id", _work_order(viewer), outer="work_order_id")


def _labour(viewer: Viewer) -> Predicate:
    """What staff spent, and why somebody was given it, is staff's to see."""
    return any_of(where(viewer, _P.WORK_ORDER_READ), exists(WorkOrder, "id", assigned(viewer), outer="work_order_id"))


def _ticket_entry(viewer: Viewer) -> Predicate:
    """With the ticket; what staff say among themselves to those who read notes."""
    return all_of(
        any_of(eq("internal", False), where(viewer, _P.NOTE_READ)),
        any_of(
            where(viewer, _P.TICKET_READ),
            own(viewer, "reporter_id"),
            exists(WorkOrder, "ticket_id", assigned(viewer), outer="ticket_id"),
        ),
    )


def _ticket_told(viewer: Viewer) -> Predicate:
    """A technician hears of the orders, not of the tickets."""
    return any_of(where(viewer, _P.TICKET_READ), own(viewer, "reporter_id"))


def _file(viewer: Viewer) -> Predicate:
    return any_of(
        eq("account_id", viewer.account_id),
        all_of(where(viewer, _P.TICKET_READ), negate(is_null("ticket_id"))),
        all_of(where(viewer, _P.WORK_ORDER_READ), negate(is_null("work_order_id"))),
        all_of(where(viewer, _P.DEVICE_READ), negate(is_null("device_id"))),
        all_of(where(viewer, _P.ALARM_READ), negate(is_null("alarm_id"))),
        all_of(where(viewer, _P.STAFF_MANAGE), negate(is_null("attendance_id"))),
        own(viewer, "reporter_id"),
        exists(WorkOrder, "ticket_id", assigned(viewer), outer="ticket_id"),
        exists(WorkOrder, "alarm_id", assigned(viewer), outer="alarm_id"),
        exists(WorkOrder, "id", assigned(viewer), outer="work_order_id"),
        forum_file(viewer),
    )


def _gate(viewer: Viewer) -> Predicate:
    return where(viewer, _P.GATE_READ)


def _access_event(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, _P.ACCESS_EVENT_READ), own(viewer, "person_id"))


SCOPES: Scopes = {
    Organization: lambda _viewer: EVERYTHING,
    Property: lambda viewer: in_touch(viewer, "id"),
    Building: in_touch,
    Entrance: in_touch,
    Unit: _unit,
    Occupancy: _occupancy,
    Person: _person,
    Staff: _staff,
    Account: _account,
    Session: _session,
    Ticket: _ticket,
    WorkOrder: _work_order,
    WorkOrderStep: _of_work_order,
    WorkOrderItem: _of_work_order,
    WorkOrderLabour: _labour,
    DispatchRule: lambda viewer: where(viewer, _P.WORK_ORDER_ASSIGN),
    DispatchDecision: _labour,
    TicketCategory: in_touch,
    TicketEntry: _ticket_entry,
    File: _file,
    Gate: _gate,
    AccessEvent: _access_event,
}
AUDIBLE: Scopes = {Ticket: _ticket_told}
