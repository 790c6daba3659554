"""Rows with what a writer of JSON may get wrong: every awkward character, odd instants, negative money, nulls."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
from graphql import get_named_type
from strawberry.schema.schema_converter import GraphQLCoreConverter

from adapters.database.sqlite import adapt
from adapters.identity import Identity
from schema import build_schema
from schema.base.field import ColumnSpec
from schema.base.node import NODES
from tests.factories.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from resolvers.ports import House
    from tests.factories.tenant import Tenant

    Run = Callable[..., Awaitable[bool]]

TEXTS = [
    "".join(map(chr, range(1, 11))),
    "".join(map(chr, range(11, 32))),
    '"\\"\\\\u0041\\',
    "'; --' \"{%s} {0} $1\" %",
    "💧👩‍🔧 \U0010ffff",
    "\u2028\u2029\u0085\x7f\x80\ufeff",
    "\u202eשלום عربي\u202c",
    "</script><!-- &amp;",
    "e\u0301 ﬀ 水\u3000",
    "\ud7ff\ue000\uffff",
    " ",
    "",
]
INSTANTS = [
    NOW,
    NOW + timedelta(microseconds=1),
    NOW.replace(microsecond=123_450),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(999, 1, 1, tzinfo=UTC),
    datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC),
]
DAYS = [date(2026, 1, 31), date(999, 2, 28), date(9998, 12, 31), date(2024, 2, 29)]
WHOLE = [0, -1, 7, -100, -123_456, 2**31 - 1, -(2**31)]
WIDE = [-5, 0, -100, 99, 2**53 + 1, -(2**53) - 1, 10**15]
CHOICES: dict[str, list[Any]] = {
    "CharField": TEXTS,
    "TextField": TEXTS,
    "DatetimeField": INSTANTS,
    "DateField": DAYS,
    "IntField": WHOLE,
    "BigIntField": WIDE,
}
SCHEMA = build_schema()._schema
# Rights hang on these rows, or a partition, a zone, an address.
KEPT = {"Session", "RoleAssignment", "ApiClient", "ApiClientSecret", "Occupancy", "CustomRole", "Account"}
KEPT_COLUMNS = {"time_zone", "version", "created_at", "subject_type", "verb", "width", "height", "size_bytes"}
COPIED = {"ticket0": 7, "order0": 3, "reply": 5, "access0": 4, "post": 3}
NUMBERED = {"Ticket", "WorkOrder"}


@asynccontextmanager
async def owner_of(house: House) -> AsyncIterator[Run]:
    """A function that runs one statement as the owner of the tables, and says whether the database took it."""
    if house.settings.on_sqlite:
        connection = sqlite3.connect(house.settings.sqlite_path, isolation_level=None)

        async def by_sqlite(sql: str, *values: Any) -> bool:
            try:
                connection.execute(sql.replace("$", "?"), [adapt(value) for value in values])
            except sqlite3.IntegrityError:
                return False
            return True

        try:
            yield by_sqlite
        finally:
            connection.close()
        return
    admin = await asyncpg.connect(house.settings.database_admin_url)

    async def by_postgres(sql: str, *values: Any) -> bool:
        try:
            await admin.execute(sql, *values)
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.RaiseError):
            return False
        return True

    try:
        yield by_postgres
    finally:
        await admin.close()


async def make_odd(house: House, tenant: Tenant, seed: int) -> int:
    """Copy some rows, and put odd values into all: how many values were taken (constraints refuse some)."""
    async with owner_of(house) as run:
        identity = Identity(house.clock, seed=seed)
        for name, count in COPIED.items():
            await _copy(run, tenant, name, count, identity)
        taken = 0
        for n, (name, type_) in enumerate(sorted(tenant.types.items())):
            if type_ in NODES and type_ not in KEPT:
                for column, value in _values(type_, n):
                    table = NODES[type_].model._meta.db_table
                    taken += await run(f"UPDATE {table} SET {column} = $1 WHERE id = $2", value, tenant.keys[name])
        return taken


async def _copy(run: Run, tenant: Tenant, name: str, count: int, identity: Identity) -> None:
    model = NODES[tenant.types[name]].model
    columns = sorted(model._meta.fields_db_projection.values())
    for n in range(count):
        key = identity.uuid()
        changed = {"id": "$1", **({"number": f"'copy-{n}'"} if tenant.types[name] in NUMBERED else {})}
        shown = ", ".join(changed.get(column, column) for column in columns)
        table = model._meta.db_table
        sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {shown} FROM {table} WHERE id = $2"
        assert await run(sql, key, tenant.keys[name]), name
        tenant.keys[f"{name}_copy{n}"], tenant.types[f"{name}_copy{n}"] = key, tenant.types[name]


def _values(type_: str, n: int) -> list[tuple[str, Any]]:
    """Each shown column of a row with a value; which one depends on the row."""
    model = NODES[type_].model
    found: list[tuple[str, Any]] = []
    shown: Any = SCHEMA.type_map[type_]
    for field in shown.fields.values():
        house = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
        if not isinstance(house.spec, ColumnSpec):
            continue
        column = house.spec.source or house.python_name
        declared = model._meta.fields_map[column]
        choices = _choices(declared)
        worded = choices is TEXTS and get_named_type(field.type).name != "String"  # a vocabulary of its own
        if choices and not worded and column not in KEPT_COLUMNS:
            value = choices[(n + len(found)) % len(choices)]
            if isinstance(value, str) and (most := getattr(declared, "max_length", None)):
                value = value[:most]
            found.append((column, None if declared.null and (n + len(found)) % 4 == 3 else value))
    return found


def _choices(declared: Any) -> list[Any]:
    if getattr(declared, "enum_type", None) is not None:
        return []
    return CHOICES.get(type(declared).__name__, [])
