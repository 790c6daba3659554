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
    CASHIER = "CASHIER"
    ORGANIZATION_ADMIN = "ORGANIZATION_ADMIN"
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
    WORK_ORDER_CREATE = "work_order.create"
    WORK_ORDER_ASSIGN = "work_order.assign"
    WORK_ORDER_WORK = "work_order.work"
    GATE_READ = "gate.read"
    GATE_OPEN = "gate.open"
    ACCESS_EVENT_READ = "access_event.read"
    BILL_READ = "bill.read"
    BILL_CREATE = "bill.create"
    PAYMENT_RECORD = "payment.record"
    LEDGER_READ = "ledger.read"
    DEVICE_READ = "device.read"
    DEVICE_MANAGE = "device.manage"
    CAMERA_READ = "camera.read"
    ALARM_READ = "alarm.read"
    ALARM_HANDLE = "alarm.handle"
    INGEST_READ = "ingest.read"
    VEHICLE_READ = "vehicle.read"
    FORUM_READ = "forum.read"
    FORUM_WRITE = "forum.write"
    FORUM_MODERATE = "forum.moderate"
    IMPORT_RUN = "import.run"
    EXPORT_RUN = "export.run"
    EVENT_INGEST = "event.ingest"


_P = Permission

_MANAGER = frozenset(
    {
        _P.UNIT_READ,
        _P.PERSON_READ,
        _P.STAFF_READ,
        _P.ACCOUNT_READ,
        _P.TICKET_READ,
        _P.TICKET_CREATE,
        _P.WORK_ORDER_READ,
        _P.WORK_ORDER_CREATE,
        _P.WORK_ORDER_ASSIGN,
        _P.GATE_READ,
        _P.GATE_OPEN,
        _P.ACCESS_EVENT_READ,
        _P.BILL_READ,
        _P.BILL_CREATE,
        _P.LEDGER_READ,
        _P.DEVICE_READ,
        _P.DEVICE_MANAGE,
        _P.CAMERA_READ,
        _P.ALARM_READ,
        _P.ALARM_HANDLE,
        _P.VEHICLE_READ,
        _P.FORUM_READ,
        _P.FORUM_WRITE,
        _P.FORUM_MODERATE,
        _P.IMPORT_RUN,
        _P.EXPORT_RUN,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # Own unit, own tickets and their orders, own bills, cars and passages: from scope, not from a permission.
    Role.RESIDENT: frozenset({_P.TICKET_CREATE, _P.GATE_READ, _P.FORUM_READ, _P.FORUM_WRITE}),
    # Sees the orders that are assigned to him and what they stand on.
    Role.TECHNICIAN: frozenset({_P.UNIT_READ, _P.STAFF_READ, _P.WORK_ORDER_WORK, _P.GATE_READ, _P.DEVICE_READ}),
    # Runs a Property, but takes no money: who issues bills does not book payments.
    Role.MANAGER: _MANAGER,
    Role.CONTROL_ROOM: frozenset(
        {
            _P.UNIT_READ,
            _P.PERSON_READ,  # who stands at the gate
            _P.STAFF_READ,
            _P.TICKET_READ,
            _P.WORK_ORDER_READ,
            _P.WORK_ORDER_CREATE,  # one click from an alarm
            _P.GATE_READ,
            _P.GATE_OPEN,
            _P.ACCESS_EVENT_READ,
            _P.DEVICE_READ,
            _P.CAMERA_READ,
            _P.ALARM_READ,
            _P.ALARM_HANDLE,
            _P.VEHICLE_READ,
        }
    ),
    # Takes money over the counter and sees what is owed.
    Role.CASHIER: frozenset(
        {
            _P.UNIT_READ,
            _P.PERSON_READ,
            _P.STAFF_READ,
            _P.BILL_READ,
            _P.PAYMENT_RECORD,
            _P.LEDGER_READ,
            _P.EXPORT_RUN,
        }
    ),
    # The company's own administrator: what a manager may, and what devices sent that could not be taken.
    Role.ORGANIZATION_ADMIN: _MANAGER | {_P.INGEST_READ},
    Role.DEVICE: frozenset({_P.EVENT_INGEST}),
}
