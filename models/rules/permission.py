"""The permission table, written by hand: what each role may do. Tests take their expectations from here."""

from enum import Enum


class Role(str, Enum):
    """What an Account is given, for one Property or for the whole Organization.

    RESIDENT is never assigned: it follows from an Occupancy and ends with it.
    """

    RESIDENT = "RESIDENT"
    TECHNICIAN = "TECHNICIAN"
    MANAGER = "MANAGER"
    CONTROL_ROOM = "CONTROL_ROOM"
    DEVICE = "DEVICE"


class Permission(str, Enum):
    """One thing that may be done in a Property. `*_READ` shows every such row of the Property."""

    UNIT_READ = "unit.read"
    PERSON_READ = "person.read"
    STAFF_READ = "staff.read"
    ACCOUNT_READ = "account.read"
    TICKET_READ = "ticket.read"
    TICKET_CREATE = "ticket.create"
    WORK_ORDER_READ = "work_order.read"
    WORK_ORDER_ASSIGN = "work_order.assign"
    WORK_ORDER_WORK = "work_order.work"
    GATE_READ = "gate.read"
    GATE_OPEN = "gate.open"
    ACCESS_EVENT_READ = "access_event.read"
    EVENT_INGEST = "event.ingest"


_P = Permission

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # Own unit, own tickets and their orders, own passages: those follow from scope, not from a permission.
    Role.RESIDENT: frozenset({_P.TICKET_CREATE, _P.GATE_READ}),
    # Sees the orders that are assigned to him and what they stand on.
    Role.TECHNICIAN: frozenset({_P.UNIT_READ, _P.STAFF_READ, _P.WORK_ORDER_WORK, _P.GATE_READ}),
    Role.MANAGER: frozenset(
        {
            _P.UNIT_READ,
            _P.PERSON_READ,
            _P.STAFF_READ,
            _P.ACCOUNT_READ,
            _P.TICKET_READ,
            _P.TICKET_CREATE,
            _P.WORK_ORDER_READ,
            _P.WORK_ORDER_ASSIGN,
            _P.GATE_READ,
            _P.GATE_OPEN,
            _P.ACCESS_EVENT_READ,
        }
    ),
    Role.CONTROL_ROOM: frozenset(
        {
            _P.UNIT_READ,
            _P.PERSON_READ,  # who stands at the gate
            _P.STAFF_READ,
            _P.TICKET_READ,
            _P.WORK_ORDER_READ,
            _P.GATE_READ,
            _P.GATE_OPEN,
            _P.ACCESS_EVENT_READ,
        }
    ),
    Role.DEVICE: frozenset({_P.EVENT_INGEST}),
}
