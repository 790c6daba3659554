"""File: a photo, re-encoded by us, or a sheet (CSV, Excel), kept in the storage under `storage_key`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference
from models.rules.file import FileKind

if TYPE_CHECKING:
    from uuid import UUID


# What a File is attached to: at most one of these columns is set.
OWNERS = (
    "ticket_id",
    "work_order_id",
    "device_id",
    "alarm_id",
    "forum_post_id",
    "forum_reply_id",
)


class File(Record):
    """Belongs to its uploader until a verb attaches it to one of its OWNERS."""

    account: Any = reference("Account")
    property: Any = reference("Property", null=True)
    ticket: Any = reference("Ticket", null=True)
    work_order: Any = reference("WorkOrder", null=True)
    device: Any = reference("Device", null=True)
    alarm: Any = reference("Alarm", null=True)
    forum_post: Any = reference("ForumPost", null=True)
    forum_reply: Any = reference("ForumReply", null=True)
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
        forum_post_id: UUID | None
        forum_reply_id: UUID | None

    class Meta:
        table = "file"
