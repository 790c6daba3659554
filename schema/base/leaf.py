"""Leaves: how a column's raw value becomes JSON text, in Python and, on PostgreSQL, in SQL. One spelling for both.

The bytes are those that graphql-core and orjson give for the same value; tests/plan compares them.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from json.encoder import c_encode_basestring as quoted  # type: ignore[attr-defined]  # escapes as orjson does
from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLEnumType, GraphQLError, GraphQLList, GraphQLNonNull, get_named_type, is_leaf_type

from schema.base.convert import Always, Scaled
from schema.base.scalar import write_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.database import Database


class Gone(Exception):
    """A value that may not be null is: graphql-core is asked for the error and for how far the null goes."""

    def __str__(self) -> str:
        """The reason."""
        return "a null where none may be"


@dataclass(frozen=True)
class Leaf:
    """`write` gives the JSON text of a raw value that is not null; `sql` the same of a column, where SQL can.

    Both put `mark`, a quotation mark or nothing, before and after it.
    """

    write: Callable[[Any], str]
    sql: Callable[[str], str] | None = None
    mark: str = ""


KEY = Leaf(
    lambda raw: base64.b64encode(str(raw).encode()).decode(),
    lambda column: f"encode({column}::text::bytea, 'base64')",
    '"',
)
"""A node id without what all of its type begin with (schema/base/node.py, `beginning`)."""


def leaf(database: Database, field: Any, shown: Any, convert: Callable[[Any], Any] | None) -> Leaf:
    """Of a Tortoise field that the contract shows as a GraphQL type, through `convert` if there is one."""
    kind, named = type(field).__name__, get_named_type(shown)
    if isinstance(convert, Scaled):
        return Leaf(lambda raw: str(convert(raw)), _scaled(convert.places), '"')
    if isinstance(convert, Always):
        text = plain(shown, convert(None))
        return Leaf(lambda _raw: text, lambda _column: literal(text))
    if convert is None and "List" not in kind and not isinstance(_nullable(shown), GraphQLList):
        known = _known(database, kind, named, field)
        if known is not None:
            return known
    return Leaf(lambda raw: plain(shown, _through(convert, database.value(kind, raw))))


def plain(shown: Any, value: Any) -> str:
    """A leaf or a list of leaves as its GraphQL type writes it. Raises Gone for a null or a value that may not be."""
    if isinstance(shown, GraphQLNonNull):
        if value is None:
            raise Gone
        return plain(shown.of_type, value)
    if value is None:
        return "null"
    if isinstance(shown, GraphQLList):
        return f"[{','.join(plain(shown.of_type, item) for item in value)}]"
    if not is_leaf_type(shown):
        raise TypeError(f"not a leaf: {shown}")
    try:
        return orjson.dumps(shown.serialize(value)).decode()
    except GraphQLError:
        raise Gone from None


def _through(convert: Callable[[Any], Any] | None, value: Any) -> Any:
    return value if convert is None else convert(value)


def _nullable(shown: Any) -> Any:
    return shown.of_type if isinstance(shown, GraphQLNonNull) else shown


def _known(database: Database, kind: str, named: Any, field: Any) -> Leaf | None:
    """The kinds of columns that most fields are."""
    sqlite = database.dialect == "sqlite"
    if isinstance(named, GraphQLEnumType):
        return _enum(named, field)
    match kind, named.name:
        case (("CharField" | "TextField"), "String"):
            return Leaf(quoted, lambda column: f"to_json({column})::text")
        case "IntField", "Int":
            return Leaf(str, lambda column: f"{column}::text")
        case "BigIntField", "Int":  # which takes 32 bits
            return Leaf(partial(plain, named))
        case "BooleanField", "Boolean":
            return Leaf(("false", "true").__getitem__, lambda column: f"{column}::text")
        case "DatetimeField", "DateTime":
            read = datetime.fromisoformat if sqlite else _same
            return Leaf(lambda raw: write_instant(read(raw)), _instant, '"')
        case "DateField", "Date":
            day: Callable[[Any], str] = _same if sqlite else date.isoformat
            return Leaf(day, lambda column: f"{column}::text", '"')
    return None


def _enum(named: GraphQLEnumType, field: Any) -> Leaf | None:
    """Kept as the member's value, shown as its name."""
    members = getattr(field, "enum_type", None)
    if members is None:
        return None
    names = {member.value: str(named.serialize(member)) for member in members}
    return Leaf(names.__getitem__, _same if all(name == value for value, name in names.items()) else None, '"')


def _same(raw: Any) -> Any:
    return raw


def _instant(column: str) -> str:
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _scaled(places: int) -> Callable[[str], str]:
    unit = f"{10**-places:.{places}f}"
    return lambda column: f"({column} * {unit})::text"


def literal(text: str) -> str:
    """Text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def in_bytes(text: str | bytes) -> bytes:
    """JSON text as it goes out: a database gives it one way or the other."""
    return text if isinstance(text, bytes) else text.encode()


def in_text(text: str | bytes | None) -> str | None:
    """JSON text that is to be put into another one."""
    return text.decode() if isinstance(text, bytes) else text
