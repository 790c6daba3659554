"""Account, and the roles it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.permission import Role

if TYPE_CHECKING:
    from uuid import UUID


class Account(Versioned):
    """Who signs in: one Organization, at most one Person and one member of Staff behind it."""

    login = fields.CharField(max_length=80, description="phone or staff number, unique in the Organization")
    password_hash = fields.CharField(max_length=255, description="argon2id, PHC string; empty before activation")
    person: Any = reference("Person", null=True)
    staff: Any = reference("Staff", null=True)
    locale = fields.CharField(max_length=10, default="zh")
    disabled_at = fields.DatetimeField(null=True)
    activation_hash = fields.CharField(max_length=64, null=True, description="HMAC of the code that sets a password")
    activation_expires_at = fields.DatetimeField(null=True)
    totp_at = fields.DatetimeField(null=True, description="since when signing in asks for a second factor")

    if TYPE_CHECKING:
        person_id: UUID | None
        staff_id: UUID | None

    class Meta:
        table = "account"


class CustomRole(Versioned):
    """A role that a company makes for itself: permissions by their names."""

    name = fields.CharField(max_length=40)
    description = fields.CharField(max_length=200)
    permissions: Any = fields.JSONField(description="names of models/rules/permission.py, as a list")
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

    class Meta:
        table = "role_assignment"
