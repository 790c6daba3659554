"""The staff of each company: an account for every role that is given, and one with a role of its own making."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import models
from models.rules.permission import Permission, Role
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from tests.factories.world import Builder

# login, role, where (None: all of the Organization)
CREW = (
    ("manager", Role.MANAGER, "home"),
    ("control", Role.CONTROL_ROOM, "home"),
    ("tech1", Role.TECHNICIAN, "home"),
    ("tech2", Role.TECHNICIAN, "home"),
    ("away_manager", Role.MANAGER, "away"),
    ("chief", Role.MANAGER, None),
    ("cashier", Role.CASHIER, "home"),
    ("admin", Role.ORGANIZATION_ADMIN, None),
    ("guard", Role.GUARD, "home"),
    ("cleaner", Role.CLEANER, "home"),
    ("desk", Role.SERVICE_DESK, "home"),
    ("buyer", Role.BUYER, "home"),
    ("auditor", Role.AUDITOR, "home"),
    ("custom", Role.CUSTOM, "home"),
)
CUSTOM = (Permission.UNIT_READ, Permission.TICKET_READ, Permission.NOTE_READ, Permission.VEHICLE_READ)


def furnish(add: Builder) -> None:
    """Each with Staff, Account, Session and RoleAssignment (`<login>_role`); `custom_made` is the CustomRole."""
    keys, slug = add.tenant.keys, add.tenant.slug
    custom = add.add(
        "custom_made",
        models.CustomRole,
        name=f"{slug} 访问员",
        description="",
        permissions=[permission.value for permission in CUSTOM],
        archived_at=None,
    )
    for n, (login, role, place) in enumerate(CREW):
        staff = add.add(
            f"{login}_staff",
            models.Staff,
            number=f"A{n}",
            name=f"{slug} {login}",
            phone=f"1390000{n:04d}",
            email=f"{login}@example.com",
            title=role.value,
            employed_from=date(2020, 1, 1),
            employed_until=None,
        )
        account = add.account(login, staff_id=staff)
        add.add(
            f"{login}_role",
            models.RoleAssignment,
            account_id=account,
            role=role,
            custom_role_id=custom if role is Role.CUSTOM else None,
            property_id=keys[place] if place else None,
            valid_from=NOW - timedelta(days=300),
            valid_until=None,
        )
