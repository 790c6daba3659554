"""Rules of giving and taking roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.rules.permission import Permission, Role

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer

LOCALES = ("zh", "en")
LONGEST_LOGIN = 80
LONGEST_NAME = 40
LONGEST_DESCRIPTION = 200
MOST_CUSTOM_ROLES = 100  # live ones of an Organization
MOST_ASSIGNMENTS = 50  # that have not ended, of an Account

# RESIDENT follows from an Occupancy; PARTNER and DEVICE are a program's and a machine's.
ASSIGNABLE = frozenset(Role) - {Role.RESIDENT, Role.PARTNER, Role.DEVICE}

# Duties that role.manage hands out without holding them: who appoints the cashier takes no money himself.
DELEGABLE = frozenset({Permission.WORK_ORDER_WORK, Permission.PAYMENT_RECORD})


def beyond(
    giver: Viewer, permissions: frozenset[Permission], property_id: UUID | None, *, delegates: bool = True
) -> list[Permission]:
    """What of `permissions` the giver may not hand out there (None: in all of the Organization), in order.

    Nobody gives what he does not hold there himself, but DELEGABLE, and that only where he holds role.manage and
    `delegates`: never to himself.
    """

    def holds(permission: Permission) -> bool:
        return permission in giver.everywhere or (property_id is not None and giver.may(permission, property_id))

    handed_out = DELEGABLE if delegates and holds(Permission.ROLE_MANAGE) else frozenset()
    return sorted(permission for permission in permissions - handed_out if not holds(permission))
