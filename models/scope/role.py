"""Who sees which roles: the own ones, and with role.manage or account.read there those of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.predicate import EVERYTHING, Predicate, any_of, eq, exists
from models.role import CustomRole, RoleAssignment
from models.rules.permission import Permission
from models.scope.word import Scopes, where

if TYPE_CHECKING:
    from models.viewer import Viewer

_P = Permission


def _assignment(viewer: Viewer) -> Predicate:
    """Those for all of the Organization only with the right for all of it."""
    return any_of(eq("account_id", viewer.account_id), where(viewer, _P.ROLE_MANAGE), where(viewer, _P.ACCOUNT_READ))


def _custom_role(viewer: Viewer) -> Predicate:
    """They are the company's: for who reads accounts anywhere, and for who was given one."""
    if viewer.may(_P.ROLE_MANAGE) or viewer.may(_P.ACCOUNT_READ):
        return EVERYTHING
    return exists(RoleAssignment, "custom_role_id", eq("account_id", viewer.account_id))


SCOPES: Scopes = {RoleAssignment: _assignment, CustomRole: _custom_role}
