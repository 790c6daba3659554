"""Who may give what: nobody gives what he does not hold there himself."""

from __future__ import annotations

from uuid import UUID

import pytest

from models.rules.permission import ADMINISTRATIVE, ROLE_PERMISSIONS, Permission, Role
from models.rules.role import ASSIGNABLE, DELEGABLE, beyond
from models.viewer import Grant, Viewer
from tests.factories.world import NOW

HOME, AWAY = UUID(int=1), UUID(int=2)


def holder(*grants: tuple[Role, UUID | None], custom: frozenset[Permission] = frozenset()) -> Viewer:
    held = tuple(Grant(role, place, custom if role is Role.CUSTOM else frozenset()) for role, place in grants)
    return Viewer(organization_id=UUID(int=9), valid_until=NOW, grants=held)


ADMIN = holder((Role.ORGANIZATION_ADMIN, None))
LOCAL = holder((Role.CUSTOM, HOME), custom=frozenset({Permission.ROLE_MANAGE, Permission.GATE_OPEN}))


def test_what_is_assigned_at_all() -> None:
    assert frozenset(Role) - {Role.RESIDENT, Role.PARTNER, Role.DEVICE} == ASSIGNABLE


@pytest.mark.parametrize("role", sorted(ASSIGNABLE))
def test_an_administrator_gives_every_role_everywhere(role: Role) -> None:
    assert beyond(ADMIN, ROLE_PERMISSIONS[role], None) == []
    assert beyond(ADMIN, ROLE_PERMISSIONS[role], HOME) == []


@pytest.mark.parametrize(
    ("giver", "role", "place", "lacking"),
    [
        (holder((Role.MANAGER, None)), Role.ORGANIZATION_ADMIN, None, Permission.ACCOUNT_MANAGE),
        (holder((Role.MANAGER, None)), Role.CASHIER, HOME, Permission.PAYMENT_RECORD),  # no role.manage
        (holder((Role.ORGANIZATION_ADMIN, HOME)), Role.GUARD, AWAY, Permission.ACCESS_EVENT_READ),
        (holder((Role.ORGANIZATION_ADMIN, HOME)), Role.GUARD, None, Permission.ACCESS_EVENT_READ),
        (LOCAL, Role.BUYER, HOME, Permission.COST_READ),
    ],
)
def test_nobody_gives_more_than_he_holds_there(
    giver: Viewer, role: Role, place: UUID | None, lacking: Permission
) -> None:
    assert beyond(giver, ROLE_PERMISSIONS[role], place)[0] is lacking


def test_duties_are_handed_out_without_being_held_but_never_to_oneself() -> None:
    assert not DELEGABLE & ADMINISTRATIVE
    assert not DELEGABLE & ADMIN.everywhere
    assert beyond(ADMIN, DELEGABLE, HOME) == []
    assert beyond(LOCAL, DELEGABLE, HOME) == []
    assert beyond(LOCAL, DELEGABLE, AWAY) == sorted(DELEGABLE)
    assert beyond(ADMIN, DELEGABLE, HOME, delegates=False) == sorted(DELEGABLE)
