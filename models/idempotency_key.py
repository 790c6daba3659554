"""IdempotencyKey: what was asked under a client's key, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference

if TYPE_CHECKING:
    from uuid import UUID


class IdempotencyKey(Record):
    """One keyed mutation that ran, committed with what it did; pruned after 30 days."""

    account: Any = reference("Account")
    key = fields.CharField(max_length=255, description="1 to 255 visible ASCII characters, unique per account")
    answer = fields.TextField(null=True, description="sealed, with the request's digest; null once erased")
    personal = fields.BooleanField(default=True, description="the answer shows what an erasure of a Person empties")

    if TYPE_CHECKING:
        account_id: UUID

    class Meta:
        table = "idempotency_key"
