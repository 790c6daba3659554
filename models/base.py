"""What every table of a tenant shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import Model, fields

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


__all__ = ["Model", "Record", "Versioned", "reference"]


def reference(table: str, *, null: bool = False) -> Any:
    """A foreign key to `table` (a model's name); never cascades: rows with history end, they are not deleted."""
    options: dict[str, Any] = {"related_name": False, "null": null, "on_delete": fields.RESTRICT, "db_index": False}
    return fields.ForeignKeyField(f"models.{table}", **options)


class Record(Model):
    """A row of one Organization: UUIDv7 key made by the application, instants in UTC from the injected clock."""

    id: UUID = fields.UUIDField(primary_key=True)
    organization: Any = reference("Organization")
    created_at: datetime = fields.DatetimeField()

    if TYPE_CHECKING:
        organization_id: UUID

    class Meta:
        abstract = True


class Versioned(Record):
    """A row that people change: `version` starts at 1 and grows by one with each change."""

    updated_at: datetime = fields.DatetimeField()
    version: int = fields.IntField(default=1)

    class Meta:
        abstract = True
