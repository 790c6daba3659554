"""AccountTotp: the second factor of an Account, and the codes for the day its phone is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference

if TYPE_CHECKING:
    from uuid import UUID


class AccountTotp(Record):
    """The secret that an authenticator app shares with us: one live row per Account, asked for once it is confirmed."""

    account: Any = reference("Account")
    secret_cipher = fields.TextField(description="base32, sealed by the vault for this row")
    last_step = fields.BigIntField(description="the last step whose code was used: none before it is taken again")
    removed_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        account_id: UUID

    class Meta:
        table = "account_totp"


class RecoveryCode(Record):
    """Stands in for a code of the app, once. Only its HMAC is kept."""

    totp: Any = reference("AccountTotp")
    code_hash = fields.CharField(max_length=64)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"
