"""The permission table against the words of the roles, written here by hand."""

from __future__ import annotations

from uuid import UUID

import pytest

from models.rules.permission import ROLE_PERMISSIONS, Permission, Role, known_permissions
from models.viewer import Grant, Viewer
from tests.factories.world import NOW
from tests.matrix.may import MAY

HERE, THERE = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_a_role_may_what_its_words_say_and_nothing_else(role: Role) -> None:
    assert {permission.value for permission in ROLE_PERMISSIONS[role]} == MAY[role]


def test_every_role_has_words() -> None:
    assert set(MAY) == set(Role) == set(ROLE_PERMISSIONS)


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_a_grant_holds_in_its_property_only(role: Role) -> None:
    viewer = Viewer(organization_id=UUID(int=9), valid_until=NOW, grants=(Grant(role, HERE),))
    assert {permission.value for permission in Permission if viewer.may(permission, HERE)} == MAY[role]
    assert {permission.value for permission in Permission if viewer.may(permission)} == MAY[role]
    assert not any(viewer.may(permission, THERE) for permission in Permission)
    assert viewer.everywhere == frozenset()


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
