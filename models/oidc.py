"""OidcState (登录往返): somebody is on the way to a company's provider and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference

if TYPE_CHECKING:
    from uuid import UUID


class OidcState(Record):
    """Somebody is on their way to a provider and back: bought once, for ten minutes."""

    provider: Any = reference("IdentityProvider")
    state_hash = fields.CharField(max_length=64)
    nonce = fields.CharField(max_length=64)
    verifier_cipher = fields.CharField(max_length=300, description="PKCE's, sealed for this row")
    redirect_uri = fields.CharField(max_length=500)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        provider_id: UUID

    class Meta:
        table = "oidc_state"
