"""Columns as our own texts name them, and as an insert binds them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from models.base import Model

# PostgreSQL's type of a column, by its field's class.
_KINDS = {
    "UUIDField": "uuid",
    "CharField": "text",
    "TextField": "text",
    "CharEnumFieldInstance": "text",
    "IntField": "integer",
    "BigIntField": "bigint",
    "BooleanField": "boolean",
    "IntEnumFieldInstance": "integer",
    "FloatField": "double precision",
    "DateField": "date",
    "DatetimeField": "timestamptz",
    "JSONField": "jsonb",
}


@cache
def column_kinds(model: type[Model]) -> dict[str, str]:
    """PostgreSQL's type of each column of a table."""
    meta = model._meta
    return {name: _KINDS[type(meta.fields_map[name]).__name__] for name in meta.fields_db_projection}


@cache
def selected(model: type[Model]) -> str:
    """The columns of a table whose alias is t, as a SELECT names them."""
    return ", ".join(f"t.{name}" for name in model._meta.fields_db_projection)


def bound(kind: str, value: Any) -> Any:
    """JSON goes to both databases as text."""
    return value if kind != "jsonb" or value is None else orjson.dumps(value).decode()
