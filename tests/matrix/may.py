"""The roles in words, by hand, and which account of the world holds which role where."""

from __future__ import annotations

from models.rules.permission import Permission, Role
from tests.test_scoped import EVERY, SHOWS

# runs the property: everything but carrying out orders, taking money and speaking for a device
MANAGER = {
    "unit.read",
    "person.read",
    "person.contact",
    "person.reveal",
    "person.manage",
    "face.read",
    "note.read",
    "cost.read",
    "staff.read",
    "staff.manage",
    "roster.read",
    "attendance.read",
    "account.read",
    "ticket.read",
    "ticket.create",
    "ticket.handle",
    "ticket.manage",
    "work_order.read",
    "work_order.create",
    "work_order.assign",
    "work_order.verify",
    "gate.read",
    "gate.open",
    "access_event.read",
    "bill.read",
    "bill.create",
    "ledger.read",
    "device.read",
    "device.manage",
    "camera.read",
    "alarm.read",
    "alarm.handle",
    "vehicle.read",
    "stock.read",
    "stock.keep",
    "stock.manage",
    "forum.read",
    "forum.write",
    "forum.moderate",
    "import.run",
    "export.run",
}
MAY = {
    # raises tickets about his home, sees the gates he passes, talks to neighbours; the rest follows from scope
    Role.RESIDENT: {"ticket.create", "gate.read", "forum.read", "forum.write"},
    # carries out orders: needs to know places, colleagues, gates, devices, parts, and how to reach whom he goes to
    Role.TECHNICIAN: {
        "unit.read",
        "staff.read",
        "work_order.work",
        "person.contact",
        "note.read",
        "gate.read",
        "device.read",
        "stock.read",
    },
    Role.MANAGER: MANAGER,
    # watches, opens gates and knows who stands there, handles alarms and raises orders from them; no money, no forum
    Role.CONTROL_ROOM: {
        "unit.read",
        "person.read",
        "person.contact",
        "staff.read",
        "roster.read",
        "ticket.read",
        "work_order.read",
        "work_order.create",
        "note.read",
        "gate.read",
        "gate.open",
        "access_event.read",
        "device.read",
        "camera.read",
        "alarm.read",
        "alarm.handle",
        "vehicle.read",
    },
    # takes money and sees what is owed; issues no bill
    Role.CASHIER: {
        "unit.read",
        "person.read",
        "person.contact",
        "staff.read",
        "bill.read",
        "payment.record",
        "ledger.read",
        "export.run",
    },
    # answers residents and passes what was done for them; takes no money and gives no work
    Role.SERVICE_DESK: {
        "unit.read",
        "person.read",
        "person.contact",
        "person.manage",
        "staff.read",
        "roster.read",
        "ticket.read",
        "ticket.create",
        "ticket.handle",
        "work_order.read",
        "work_order.create",
        "work_order.verify",
        "note.read",
        "bill.read",
        "gate.read",
        "vehicle.read",
        "forum.read",
        "forum.write",
    },
    # gates, cameras, alarms and cars; knows who lives here, but not their numbers
    Role.GUARD: {
        "unit.read",
        "person.read",
        "staff.read",
        "gate.read",
        "gate.open",
        "access_event.read",
        "camera.read",
        "alarm.read",
        "alarm.handle",
        "vehicle.read",
    },
    # carries out orders, and that is all
    Role.CLEANER: {"unit.read", "staff.read", "work_order.work", "gate.read", "stock.read"},
    # equipment, what it cost, and the warehouse
    Role.BUYER: {"staff.read", "device.read", "cost.read", "stock.read", "stock.keep", "stock.manage"},
    # sees, and changes nothing; no phone numbers, no cameras
    Role.AUDITOR: {
        "unit.read",
        "person.read",
        "staff.read",
        "roster.read",
        "attendance.read",
        "account.read",
        "audit.read",
        "ticket.read",
        "work_order.read",
        "note.read",
        "cost.read",
        "gate.read",
        "access_event.read",
        "bill.read",
        "ledger.read",
        "device.read",
        "alarm.read",
        "vehicle.read",
        "stock.read",
        "forum.read",
        "export.run",
    },
    # runs the company
    Role.ORGANIZATION_ADMIN: MANAGER
    | {"account.manage", "role.manage", "api_client.manage", "audit.read", "plan.read", "live.read", "ingest.read"}
    | {"delivery.read"},
    # a program: at the very most this, cut down to its scopes
    Role.PARTNER: {
        "unit.read",
        "person.read",
        "person.contact",
        "ticket.read",
        "ticket.create",
        "work_order.read",
        "gate.read",
        "gate.open",
        "access_event.read",
        "bill.read",
        "device.read",
        "camera.read",
        "alarm.read",
        "alarm.handle",
        "vehicle.read",
        "stock.read",
        "forum.read",
        "export.run",
    },
    # says the company
    Role.CUSTOM: set(),
    # only reports
    Role.DEVICE: {"event.ingest"},
}

# The Property of each account's role; None: all of the company.
HOLDS: dict[str, tuple[Role, str | None]] = {
    "resident": (Role.RESIDENT, "home"),
    "neighbour": (Role.RESIDENT, "home"),
    "away_resident": (Role.RESIDENT, "away"),
    "manager": (Role.MANAGER, "home"),
    "away_manager": (Role.MANAGER, "away"),
    "control": (Role.CONTROL_ROOM, "home"),
    "tech1": (Role.TECHNICIAN, "home"),
    "tech2": (Role.TECHNICIAN, "home"),
    "chief": (Role.MANAGER, None),
    "cashier": (Role.CASHIER, "home"),
    "admin": (Role.ORGANIZATION_ADMIN, None),
    "guard": (Role.GUARD, "home"),
    "cleaner": (Role.CLEANER, "home"),
    "desk": (Role.SERVICE_DESK, "home"),
    "buyer": (Role.BUYER, "home"),
    "auditor": (Role.AUDITOR, "home"),
    "custom": (Role.CUSTOM, "home"),
    "program": (Role.PARTNER, "home"),
}
# What the world's CustomRole names.
CUSTOM = {"unit.read", "ticket.read", "note.read", "vehicle.read"}
# What the world's partner was allowed.
SCOPES = {"gate.read", "ticket.read"}


def hidden(login: str, field: str) -> bool:
    """Whether the contract that the account is shown lacks the root field; the hand-written table of test_scoped."""
    return login == "program" and field not in EVERY.union(*(SHOWS[Permission(scope)] for scope in SCOPES))


def may(login: str, permission: str, place: str | None) -> bool:
    """Whether the account holds a permission in a Property ("home", "away"); anywhere when `place` is None."""
    role, held = HOLDS[login]
    named = {Role.CUSTOM: CUSTOM, Role.PARTNER: MAY[role] & SCOPES}.get(role, MAY[role])
    return permission in named and (place is None or held is None or held == place)
