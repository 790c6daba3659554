"""The permission table, written by hand: what each role may do. Tests take their expectations from here."""

from models.rules.permission.name import Permission, Role

_P = Permission

_MANAGER = frozenset(
    {
        _P.UNIT_READ,
        _P.PERSON_READ,
        _P.PERSON_CONTACT,
        _P.PERSON_REVEAL,
        _P.PERSON_MANAGE,
        _P.FACE_READ,
        _P.STAFF_READ,
        _P.STAFF_MANAGE,
        _P.ROSTER_READ,
        _P.ATTENDANCE_READ,
        _P.ACCOUNT_READ,
        _P.NOTE_READ,
        _P.COST_READ,
        _P.TICKET_READ,
        _P.TICKET_CREATE,
        _P.TICKET_HANDLE,
        _P.TICKET_MANAGE,
        _P.WORK_ORDER_READ,
        _P.WORK_ORDER_CREATE,
        _P.WORK_ORDER_ASSIGN,
        _P.WORK_ORDER_VERIFY,
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
        _P.STOCK_READ,
        _P.STOCK_KEEP,
        _P.STOCK_MANAGE,
        _P.FORUM_READ,
        _P.FORUM_WRITE,
        _P.FORUM_MODERATE,
        _P.IMPORT_RUN,
        _P.EXPORT_RUN,
    }
)

# What the eyes of the company see; an auditor changes nothing.
_AUDITOR = frozenset(
    {
        _P.UNIT_READ,
        _P.PERSON_READ,
        _P.STAFF_READ,
        _P.ROSTER_READ,
        _P.ATTENDANCE_READ,
        _P.ACCOUNT_READ,
        _P.AUDIT_READ,
        _P.TICKET_READ,
        _P.WORK_ORDER_READ,
        _P.NOTE_READ,
        _P.COST_READ,
        _P.GATE_READ,
        _P.ACCESS_EVENT_READ,
        _P.BILL_READ,
        _P.LEDGER_READ,
        _P.DEVICE_READ,
        _P.ALARM_READ,
        _P.VEHICLE_READ,
        _P.STOCK_READ,
        _P.FORUM_READ,
        _P.EXPORT_RUN,
    }
)
# The most that a partner's scopes can name: no money taken, no rights given, no ID numbers, no faces.
PARTNER_SCOPES = frozenset(
    {
        _P.UNIT_READ,
        _P.PERSON_READ,
        _P.PERSON_CONTACT,
        _P.TICKET_READ,
        _P.TICKET_CREATE,
        _P.WORK_ORDER_READ,
        _P.GATE_READ,
        _P.GATE_OPEN,
        _P.ACCESS_EVENT_READ,
        _P.BILL_READ,
        _P.DEVICE_READ,
        _P.CAMERA_READ,
        _P.ALARM_READ,
        _P.ALARM_HANDLE,
        _P.VEHICLE_READ,
        _P.STOCK_READ,
        _P.FORUM_READ,
        _P.EXPORT_RUN,
    }
)

# With these one takes over the company. In production a role that has one of them is asleep in a session without TOTP.
ADMINISTRATIVE = frozenset({_P.ACCOUNT_MANAGE, _P.ROLE_MANAGE, _P.API_CLIENT_MANAGE, _P.AUDIT_READ})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # Own unit, own tickets and their orders, own bills, cars and passages: from scope, not from a permission.
    Role.RESIDENT: frozenset({_P.TICKET_CREATE, _P.GATE_READ, _P.FORUM_READ, _P.FORUM_WRITE}),
    Role.TECHNICIAN: frozenset(
        {
            _P.UNIT_READ,
            _P.STAFF_READ,
            _P.WORK_ORDER_WORK,
            _P.PERSON_CONTACT,  # of the reporters he goes to
            _P.NOTE_READ,
            _P.GATE_READ,
            _P.DEVICE_READ,
            _P.STOCK_READ,  # takes what the own orders need
        }
    ),
    # Runs a Property, but takes no money: who issues bills does not book payments.
    Role.MANAGER: _MANAGER,
    Role.CONTROL_ROOM: frozenset(
        {
            _P.UNIT_READ,
            _P.PERSON_READ,  # who stands at the gate
            _P.PERSON_CONTACT,
            _P.NOTE_READ,
            _P.STAFF_READ,
            _P.ROSTER_READ,
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
            _P.PERSON_CONTACT,
            _P.STAFF_READ,
            _P.BILL_READ,
            _P.PAYMENT_RECORD,
            _P.LEDGER_READ,
            _P.EXPORT_RUN,
        }
    ),
    Role.SERVICE_DESK: frozenset(
        {
            _P.UNIT_READ,
            _P.PERSON_READ,
            _P.PERSON_CONTACT,
            _P.PERSON_MANAGE,
            _P.STAFF_READ,
            _P.ROSTER_READ,
            _P.TICKET_READ,
            _P.TICKET_CREATE,
            _P.TICKET_HANDLE,
            _P.WORK_ORDER_READ,
            _P.WORK_ORDER_CREATE,
            _P.WORK_ORDER_VERIFY,
            _P.NOTE_READ,
            _P.BILL_READ,
            _P.GATE_READ,
            _P.VEHICLE_READ,
            _P.FORUM_READ,
            _P.FORUM_WRITE,
        }
    ),
    Role.GUARD: frozenset(
        {
            _P.UNIT_READ,
            _P.PERSON_READ,
            _P.STAFF_READ,
            _P.GATE_READ,
            _P.GATE_OPEN,
            _P.ACCESS_EVENT_READ,
            _P.CAMERA_READ,
            _P.ALARM_READ,
            _P.ALARM_HANDLE,
            _P.VEHICLE_READ,
        }
    ),
    # Cleans, and carries out orders as a technician does; no resident's data, no equipment.
    Role.CLEANER: frozenset({_P.UNIT_READ, _P.STAFF_READ, _P.WORK_ORDER_WORK, _P.GATE_READ, _P.STOCK_READ}),
    # Buys parts and equipment and keeps the warehouse: knows what there is and what it cost.
    Role.BUYER: frozenset({_P.STAFF_READ, _P.DEVICE_READ, _P.COST_READ, _P.STOCK_READ, _P.STOCK_KEEP, _P.STOCK_MANAGE}),
    Role.AUDITOR: _AUDITOR,
    # The company's own administrator: what a manager may, who may what, and what devices sent that could not be taken.
    Role.ORGANIZATION_ADMIN: _MANAGER
    | {
        _P.ACCOUNT_MANAGE,
        _P.ROLE_MANAGE,
        _P.API_CLIENT_MANAGE,
        _P.AUDIT_READ,
        _P.PLAN_READ,
        _P.DELIVERY_READ,
        _P.LIVE_READ,
        _P.INGEST_READ,
    },
    Role.PARTNER: PARTNER_SCOPES,
    Role.CUSTOM: frozenset(),
    Role.DEVICE: frozenset({_P.EVENT_INGEST}),
}
