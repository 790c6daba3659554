"""Account, its Sessions and the roles it was given."""

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
    password_hash = fields.CharField(max_length=255, description="argon2id, PHC string")
    person: Any = reference("Person", null=True)
    staff: Any = reference("Staff", null=True)
    locale = fields.CharField(max_length=10, default="zh")
    disabled_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        person_id: UUID | None
        staff_id: UUID | None

    class Meta:
        table = "account"


class RoleAssignment(Record):
    """A role given to an Account for one Property, or for all of the Organization when `property` is null."""

    account: Any = reference("Account")
    role = fields.CharEnumField(Role, max_length=32)
    property: Any = reference("Property", null=True)
    valid_from = fields.DatetimeField()
    valid_until = fields.DatetimeField(null=True)

    class Meta:
        table = "role_assignment"


class Session(Record):
    """A sign-in. Only the SHA-256 of its token is kept."""

    account: Any = reference("Account")
    token_hash = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"
