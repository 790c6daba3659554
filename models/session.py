"""Session: a sign-in of an Account, and its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference
from models.rules.account import SignInMethod

if TYPE_CHECKING:
    from uuid import UUID


class Session(Record):
    """A sign-in: it lives by refresh tokens, and speaks by access tokens of minutes."""

    account: Any = reference("Account")
    method = fields.CharEnumField(SignInMethod, max_length=20)
    expires_at = fields.DatetimeField(description="no token outlives it")
    refreshed_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    totp_at = fields.DatetimeField(null=True, description="when a second factor was shown in it")
    address = fields.CharField(max_length=45, null=True, description="where it was opened from")
    agent = fields.CharField(max_length=200, null=True, description="what it was opened with: User-Agent")

    if TYPE_CHECKING:
        account_id: UUID

    class Meta:
        table = "session"


class AccessToken(Record):
    """What requests show. Only the SHA-256 of it is kept."""

    session: Any = reference("Session")
    token_hash = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "access_token"


class RefreshToken(Record):
    """Buys the next pair of tokens, once: used again it is stolen. Only the SHA-256 of it is kept."""

    session: Any = reference("Session")
    token_hash = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        session_id: UUID

    class Meta:
        table = "refresh_token"
