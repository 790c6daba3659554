"""What every table of a tenant shares."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from tortoise import Model, fields

from models.rules.audit import SECRET

if TYPE_CHECKING:
    M = TypeVar("M", bound=Model)


__all__ = ["Model", "Record", "Versioned", "audited", "fresh", "reference"]


def reference(table: str, *, null: bool = False) -> Any:
    """A foreign key to `table` (a model's name); never cascades: rows with history end, they are not deleted."""
    options: dict[str, Any] = {"related_name": False, "null": null, "on_delete": fields.RESTRICT, "db_index": False}
    return fields.ForeignKeyField(f"models.{table}", **options)


def fresh(model: type[M], /, **values: Any) -> M:
    """A new row whose columns are `values` and, for the others, their defaults. The database is the one to check.

    Tortoise's own constructor looks at each value several times: of a hundred thousand rows that takes seconds.
    """
    row = model.__new__(model)
    row.__dict__.update(_defaults(model))
    row.__dict__.update(values)
    row.__dict__["_await_when_save"] = {}
    return row


_STATE = {"_partial": False, "_saved_in_db": False, "_custom_generated_pk": True}


@cache
def _defaults(model: type[Model]) -> dict[str, Any]:
    meta = model._meta
    return {**_STATE, **{name: meta.fields_map[name].default for name in meta.fields_db_projection}}


def audited(row: Model | None) -> dict[str, Any]:
    """A row's columns as the audit may keep them, ready for JSON: without secrets. Of no row: none."""
    if row is None:
        return {}
    columns = type(row)._meta.fields_db_projection
    return {name: _plain(getattr(row, name)) for name in columns if name not in SECRET}


def _plain(value: Any) -> Any:
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


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
