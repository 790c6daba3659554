"""ApiClient: a partner's program, with an Account of its own behind it, and its secrets."""

from __future__ import annotations

from typing import Any

from tortoise import fields

from models.base import Record, Versioned, reference


class ApiClient(Versioned):
    """What a partner's program may: its `scopes`, in the Properties that its Account's assignments name."""

    account: Any = reference("Account")
    name = fields.CharField(max_length=80)
    scopes: Any = fields.JSONField(description="names of models/rules/permission.py, as a list")
    rate_per_minute = fields.IntField(null=True, description="requests; null for the limit of all partners")
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_client"


class ApiClientSecret(Record):
    """One of at most two secrets that hold at a time: the old one until `expires_at`. Only its SHA-256 is kept."""

    api_client: Any = reference("ApiClient")
    secret_hash = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_client_secret"
