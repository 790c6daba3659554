"""IdentityProvider (身份提供方): who else vouches for an Organization's people."""

from __future__ import annotations

from typing import Any

from tortoise import fields

from models.base import Versioned
from models.rules.identity_provider import LoginClaim, ProviderKind


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
