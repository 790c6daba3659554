"""File: a photo, re-encoded by us, or a sheet (CSV, Excel), kept in the storage under `storage_key`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import Tortoise, fields

from models.base import Record, reference
from models.rules.file import FileKind, PhotoMoment

if TYPE_CHECKING:
    from uuid import UUID


# What a File is attached to: at most one of these columns is set.
OWNERS = (
    "ticket_id",
    "work_order_id",
    "device_id",
    "alarm_id",
    "attendance_id",
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
    attendance: Any = reference("Attendance", null=True)
    forum_post: Any = reference("ForumPost", null=True)
    forum_reply: Any = reference("ForumReply", null=True)
    reporter: Any = reference("Person", null=True)
    kind = fields.CharEnumField(FileKind, max_length=32, default=FileKind.PHOTO)
    moment = fields.CharEnumField(PhotoMoment, max_length=32, null=True, description="of a photo of a WorkOrder")
    name = fields.CharField(max_length=120, null=True, description="of a sheet, as it was uploaded or made")
    media_type = fields.CharField(max_length=100)
    size_bytes = fields.BigIntField()
    width = fields.IntField(null=True, description="pixels")
    height = fields.IntField(null=True, description="pixels")
    sha256 = fields.CharField(max_length=64)
    storage_key = fields.CharField(max_length=120)
    thumbnail_key = fields.CharField(max_length=120, null=True, description="of a photo")

    if TYPE_CHECKING:
        account_id: UUID
        property_id: UUID | None
        ticket_id: UUID | None
        work_order_id: UUID | None
        device_id: UUID | None
        alarm_id: UUID | None
        attendance_id: UUID | None
        forum_post_id: UUID | None
        forum_reply_id: UUID | None

    class Meta:
        table = "file"


_ABOUT = frozenset({"organization", "account", "property", "reporter"})  # whose it is and where, not what it shows


def is_attached(file: File) -> bool:
    """Whether it belongs to something already."""
    return any(getattr(file, column) is not None for column in OWNERS)


def owner_columns() -> tuple[str, ...]:
    """OWNERS as the columns themselves say it: the sweep trusts nothing that somebody may forget."""
    meta = File._meta
    return tuple(sorted(str(meta.fields_map[name].source_field) for name in meta.fk_fields - _ABOUT))


def reference_columns() -> tuple[tuple[str, str], ...]:
    """(table, column) of everything that refers to a File, such as an export to its sheet."""
    found = []
    for model in Tortoise.apps.get_models_iterable():
        for name in model._meta.fk_fields:
            field: Any = model._meta.fields_map[name]
            if field.model_name == "models.File":
                found.append((str(model._meta.db_table), str(field.source_field)))
    return tuple(sorted(found))


def loose_sql() -> str:
    """The condition that a row `f` of file belongs to nothing; of our own names only."""
    bare = [f"f.{column} IS NULL" for column in owner_columns()]
    unnamed = [
        f"NOT EXISTS (SELECT 1 FROM {table} r WHERE r.{column} = f.id)"  # noqa: S608 - names of our own tables
        for table, column in reference_columns()
    ]
    return " AND ".join([*bare, *unnamed])
