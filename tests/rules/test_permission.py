"""The permission table against the words of the roles, written here by hand."""

from __future__ import annotations

from uuid import UUID

import pytest

from models.rules.permission import ROLE_PERMISSIONS, Permission, Role, known_permissions
from models.viewer import Grant, Viewer
from tests.factories.world import NOW

HERE, THERE = UUID(int=1), UUID(int=2)

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
    "account.read",
    "ticket.read",
    "ticket.create",
    "work_order.read",
    "work_order.create",
    "work_order.assign",
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
    "forum.read",
    "forum.write",
    "forum.moderate",
    "import.run",
    "export.run",
}
MAY = {
    # raises tickets about his home, sees the gates he passes, talks to neighbours; the rest follows from scope
    Role.RESIDENT: {"ticket.create", "gate.read", "forum.read", "forum.write"},
    # carries out orders: needs to know places, colleagues, gates and devices, and how to reach whom he goes to
    Role.TECHNICIAN: {
        "unit.read",
        "staff.read",
        "work_order.work",
        "person.contact",
        "note.read",
        "gate.read",
        "device.read",
    },
    Role.MANAGER: MANAGER,
    # watches, opens gates and knows who stands there, handles alarms and raises orders from them; no money, no forum
    Role.CONTROL_ROOM: {
        "unit.read",
        "person.read",
        "person.contact",
        "staff.read",
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
    # answers residents; takes no money and gives no work
    Role.SERVICE_DESK: {
        "unit.read",
        "person.read",
        "person.contact",
        "person.manage",
        "staff.read",
        "ticket.read",
        "ticket.create",
        "work_order.read",
        "work_order.create",
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
    Role.CLEANER: {"unit.read", "staff.read", "work_order.work", "gate.read"},
    # equipment and what it cost
    Role.BUYER: {"staff.read", "device.read", "cost.read"},
    # sees, and changes nothing; no phone numbers, no cameras
    Role.AUDITOR: {
        "unit.read",
        "person.read",
        "staff.read",
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
        "forum.read",
        "export.run",
    },
    # runs the company
    Role.ORGANIZATION_ADMIN: MANAGER
    | {"account.manage", "role.manage", "api_client.manage", "audit.read", "ingest.read"},
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
        "forum.read",
        "export.run",
    },
    # says the company
    Role.CUSTOM: set(),
    # only reports
    Role.DEVICE: {"event.ingest"},
}
PAIRS = [(role, permission) for role in Role for permission in Permission]


@pytest.mark.parametrize(("role", "permission"), PAIRS, ids=lambda part: part.value)
def test_a_role_may_what_its_words_say_and_nothing_else(role: Role, permission: Permission) -> None:
    assert (permission in ROLE_PERMISSIONS[role]) is (permission.value in MAY[role])


def test_every_role_has_words() -> None:
    assert set(MAY) == set(Role) == set(ROLE_PERMISSIONS)


@pytest.mark.parametrize(("role", "permission"), PAIRS, ids=lambda part: part.value)
def test_a_grant_holds_in_its_property_only(role: Role, permission: Permission) -> None:
    viewer = Viewer(organization_id=UUID(int=9), valid_until=NOW, grants=(Grant(role, HERE),))
    held = permission.value in MAY[role]
    assert viewer.may(permission, HERE) is held
    assert viewer.may(permission) is held
    assert not viewer.may(permission, THERE)
    assert permission not in viewer.everywhere


def test_a_grant_without_a_property_holds_everywhere() -> None:
    viewer = Viewer(organization_id=UUID(int=9), valid_until=NOW, grants=(Grant(Role.MANAGER, None),))
    assert viewer.may(Permission.GATE_OPEN, HERE)
    assert viewer.may(Permission.GATE_OPEN)
    assert viewer.properties is None
    assert not viewer.may(Permission.WORK_ORDER_WORK, HERE)


def test_scopes_cut_what_a_partner_may() -> None:
    scopes = frozenset({Permission.UNIT_READ, Permission.PAYMENT_RECORD})
    viewer = Viewer(organization_id=UUID(int=9), valid_until=NOW, grants=(Grant(Role.PARTNER, HERE),), scopes=scopes)
    assert viewer.may(Permission.UNIT_READ, HERE)
    assert not viewer.may(Permission.UNIT_READ, THERE)
    assert not viewer.may(Permission.PAYMENT_RECORD), "a scope gives nothing that the role has not"
    assert not viewer.may(Permission.TICKET_READ)


def test_a_role_of_the_company_allows_what_it_names() -> None:
    custom = known_permissions(["gate.open", "gate.blow_up"])
    viewer = Viewer(organization_id=UUID(int=9), valid_until=NOW, grants=(Grant(Role.CUSTOM, HERE, custom),))
    assert viewer.may(Permission.GATE_OPEN, HERE)
    assert not viewer.may(Permission.GATE_OPEN, THERE)
    assert not viewer.may(Permission.GATE_READ)
