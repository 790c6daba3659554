"""File: a photo, re-encoded by us, or a sheet (CSV, Excel), kept in the storage under `storage_key`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference
from models.rules.file import FileKind

if TYPE_CHECKING:
    from uuid import UUID


class File(Record):
    """Belongs to its uploader until a verb attaches it to what it shows."""

    account: Any = reference("Account")
    property: Any = reference("Property", null=True)
    ticket: Any = reference("Ticket", null=True)
    work_order: Any = reference("WorkOrder", null=True)
    device: Any = reference("Device", null=True)
    alarm: Any = reference("Alarm", null=True)
    reporter: Any = reference("Person", null=True)
    kind = fields.CharEnumField(FileKind, max_length=32, default=FileKind.PHOTO)
    name = fields.CharField(max_length=120, null=True, description="of a sheet, as it was uploaded or made")
    media_type = fields.CharField(max_length=60)
    size_bytes = fields.BigIntField()
    width = fields.IntField(null=True, description="pixels")
    height = fields.IntField(null=True, description="pixels")
    sha256 = fields.CharField(max_length=64)
    storage_key = fields.CharField(max_length=120)

    if TYPE_CHECKING:
        account_id: UUID
        property_id: UUID | None
        ticket_id: UUID | None
        work_order_id: UUID | None
        device_id: UUID | None
        alarm_id: UUID | None

    def is_attached(self) -> bool:
        """Whether it belongs to something already."""
        owners = (self.ticket_id, self.work_order_id, self.device_id, self.alarm_id)
        return any(owner is not None for owner in owners)

    class Meta:
        table = "file"
