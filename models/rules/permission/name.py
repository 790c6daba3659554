"""The names of roles and of what they may allow."""

from collections.abc import Iterable
from enum import Enum


class Role(str, Enum):
    """What an Account is given, for one Property or for the whole Organization.

    RESIDENT is never assigned: it follows from an Occupancy and ends with it. What CUSTOM allows is the company's to
    say (`CustomRole.permissions`); what PARTNER allows is cut down to the scopes of the API client.
    """

    RESIDENT = "RESIDENT"
    TECHNICIAN = "TECHNICIAN"
    MANAGER = "MANAGER"
    CONTROL_ROOM = "CONTROL_ROOM"
    CASHIER = "CASHIER"
    SERVICE_DESK = "SERVICE_DESK"
    GUARD = "GUARD"
    CLEANER = "CLEANER"
    BUYER = "BUYER"
    AUDITOR = "AUDITOR"
    ORGANIZATION_ADMIN = "ORGANIZATION_ADMIN"
    PARTNER = "PARTNER"
    DEVICE = "DEVICE"
    CUSTOM = "CUSTOM"


class Permission(str, Enum):
    """One thing that may be done in a Property. `*_READ` shows every such row of the Property.

    Field permissions show a field of a row that is seen already: PERSON_CONTACT, FACE_READ, COST_READ, NOTE_READ.
    """

    UNIT_READ = "unit.read"
    PERSON_READ = "person.read"
    PERSON_CONTACT = "person.contact"  # phone and e-mail
    PERSON_REVEAL = "person.reveal"  # the whole ID number, for a purpose, audited
    PERSON_MANAGE = "person.manage"  # consents, ID numbers and faces, entered at the desk
    FACE_READ = "face.read"  # the reference of a face at the gates' maker
    STAFF_READ = "staff.read"
    STAFF_MANAGE = "staff.manage"  # skills, and the teams, shifts and rosters of a Property
    ROSTER_READ = "roster.read"  # who works when, and who of them is there now; everybody sees the own
    ATTENDANCE_READ = "attendance.read"  # who came when, and how late: what pay is made of; everybody sees the own
    ACCOUNT_READ = "account.read"
    ACCOUNT_MANAGE = "account.manage"  # make, disable, activate anew
    ROLE_MANAGE = "role.manage"  # give, take and make roles; nobody gives what he does not hold
    API_CLIENT_MANAGE = "api_client.manage"
    AUDIT_READ = "audit.read"
    PLAN_READ = "plan.read"  # how a request was read: the way it went and its SQL, without values
    DELIVERY_READ = "delivery.read"  # what became of news on its way out, whoever it was for; not what it said
    LIVE_READ = "live.read"  # how the live core of the process and the jobs stand: numbers, of all companies
    TICKET_READ = "ticket.read"
    TICKET_CREATE = "ticket.create"
    TICKET_HANDLE = "ticket.handle"  # answer residents, note for staff, call after the work
    TICKET_MANAGE = "ticket.manage"  # categories, working time and service levels, how long a ticket may be reopened
    WORK_ORDER_READ = "work_order.read"
    WORK_ORDER_CREATE = "work_order.create"
    WORK_ORDER_ASSIGN = "work_order.assign"
    WORK_ORDER_WORK = "work_order.work"
    WORK_ORDER_VERIFY = "work_order.verify"  # check what others have done: pass it, return it, close it, reopen it
    NOTE_READ = "note.read"  # what staff note for staff
    COST_READ = "cost.read"  # what things cost the company
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
    STOCK_READ = "stock.read"  # what lies in the warehouses; what it cost is COST_READ
    STOCK_KEEP = "stock.keep"  # receive, issue, return, transfer, count
    STOCK_MANAGE = "stock.manage"  # warehouses, items, warning levels, and to post what was counted
    FORUM_READ = "forum.read"
    FORUM_WRITE = "forum.write"
    FORUM_MODERATE = "forum.moderate"
    IMPORT_RUN = "import.run"
    EXPORT_RUN = "export.run"
    EVENT_INGEST = "event.ingest"


def known_permissions(names: Iterable[str]) -> frozenset[Permission]:
    """The permissions of these names; one that this version does not know allows nothing."""
    known = {permission.value for permission in Permission}
    return frozenset(Permission(name) for name in names if name in known)
