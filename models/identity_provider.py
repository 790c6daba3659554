"""IdentityProvider (身份提供方): who else vouches for an Organization's people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.identity_provider import LoginClaim, ProviderKind

if TYPE_CHECKING:
    from uuid import UUID


class IdentityProvider(Versioned):
    """One live row per kind and Organization; it ends by `archived_at`."""

    kind = fields.CharEnumField(ProviderKind, max_length=20)
    issuer = fields.CharField(max_length=500, description="of OIDC; wechat:<appid> of a mini-program")
    client_id = fields.CharField(max_length=200, description="or the appid")
    secret_cipher = fields.CharField(max_length=800, description="sealed by adapters/vault.py for this row")
    login_claim = fields.CharEnumField(LoginClaim, max_length=40, null=True, description="OIDC only")
    redirect_uris: Any = fields.JSONField(description="where people may be sent back to, exactly; a list")
    archived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "identity_provider"


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
