"""RejectedMessage (异常报文): what a device sent that could not be taken, set aside for a person to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.ingest import Transport

if TYPE_CHECKING:
    from uuid import UUID


class RejectedMessage(Versioned):
    """One message that was refused; the same one sent again raises `count`. `digest` is of the whole payload."""

    property: Any = reference("Property")
    device: Any = reference("Device")
    transport = fields.CharEnumField(Transport, max_length=32)
    digest = fields.CharField(max_length=64)
    sequence = fields.BigIntField(null=True)
    payload = fields.CharField(max_length=4096)
    code = fields.CharField(max_length=64)
    reason = fields.CharField(max_length=200)
    count = fields.IntField()
    last_at = fields.DatetimeField()
    dismissed_at = fields.DatetimeField(null=True)
    dismissed_by: Any = reference("Account", null=True)

    if TYPE_CHECKING:
        property_id: UUID
        device_id: UUID
        dismissed_by_id: UUID | None

    class Meta:
        table = "rejected_message"
