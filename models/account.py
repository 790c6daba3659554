"""Account, and the roles it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference

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
