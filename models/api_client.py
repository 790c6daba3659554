"""ApiClient: a partner's program, with an Account of its own behind it, and its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference

if TYPE_CHECKING:
    from uuid import UUID


class ApiClient(Versioned):
    """What a partner's program may: its `scopes`, in the Properties that its Account's assignments name."""

    account: Any = reference("Account")
    name = fields.CharField(max_length=80)
    scopes: Any = fields.JSONField(description="names of models/rules/permission/name.py, as a list")
    property_ids: Any = fields.JSONField(null=True, description="where it may act, as a list; null: everywhere")
    rate_per_minute = fields.IntField(null=True, description="requests; null for the limit of all partners")
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        account_id: UUID

    class Meta:
        table = "api_client"


class ApiClientSecret(Record):
    """One of at most two secrets that hold at a time: the old one until `expires_at`. Only its SHA-256 is kept."""

    api_client: Any = reference("ApiClient")
    secret_hash = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True, description="when it last bought a token")

    if TYPE_CHECKING:
        api_client_id: UUID

    class Meta:
        table = "api_client_secret"
