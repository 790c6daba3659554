"""Roles: given to Accounts, and made by companies for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.permission import Role

if TYPE_CHECKING:
    from uuid import UUID


class CustomRole(Versioned):
    """A role that a company makes for itself: permissions by their names."""

    name = fields.CharField(max_length=40)
    description = fields.CharField(max_length=200)
    permissions: Any = fields.JSONField(description="names of models/rules/permission/name.py, as a list")
    archived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "custom_role"


class RoleAssignment(Record):
    """A role given to an Account for one Property, or for all of the Organization when `property` is null."""

    account: Any = reference("Account")
    role = fields.CharEnumField(Role, max_length=32)
    custom_role: Any = reference("CustomRole", null=True)
    property: Any = reference("Property", null=True)
    valid_from = fields.DatetimeField()
    valid_until = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        account_id: UUID
        custom_role_id: UUID | None
        property_id: UUID | None

    class Meta:
        table = "role_assignment"
