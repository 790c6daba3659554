"""AccountIdentity (绑定身份): by whose word else an Account signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference
from models.rules.identity_provider import ProviderKind

if TYPE_CHECKING:
    from uuid import UUID


class AccountIdentity(Record):
    """A provider's subject that is bound to an Account; it ends by `removed_at`, it is never deleted."""

    account: Any = reference("Account")
    kind = fields.CharEnumField(ProviderKind, max_length=20)
    issuer = fields.CharField(max_length=500)
    subject = fields.CharField(max_length=255, description="sub, or openid: the provider's name for the person")
    used_at = fields.DatetimeField(null=True)
    removed_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        account_id: UUID

    class Meta:
        table = "account_identity"
