"""Looks into the database behind the product's back: as its owner, past scope and row-level security."""

from __future__ import annotations

import asyncio
import base64
import re
import sqlite3
import threading
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import orjson

from adapters.database.sqlite import adapt
from adapters.value_key import ValueKey
from models.rules.audit import SECURITY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from resolvers.ports import House
    from resolvers.rights import Viewers

# The job runner works beside every test, and so does the sealing of the audit; refusals are counted.
RUNNING = frozenset({"attempt", "job", "migration", "audit_seal", "audit_waiting"})
FEWER = {"audit_entry": f"WHERE verb NOT LIKE '{SECURITY}%'"}
USING, USED = "device_credential", "last_used_on"  # noted by the way, once a day
_NUMBERED = re.compile(r"\$(\d+)")

Dump = dict[str, list[str]]
VIEWERS: dict[int, Viewers] = {}
"""The viewers of the product that runs in this process, by its house."""


@dataclass
class Kept:
    """A connection of PostgreSQL's owner, or one to SQLite's file; made when it is first needed."""

    loop: asyncio.AbstractEventLoop
    connection: Any = None
    busy: bool = False
    file: sqlite3.Connection | None = None
    at_file: threading.Lock = field(default_factory=threading.Lock)


KEPT: dict[int, Kept] = {}


async def owner(house: House, sql: str, *args: Any) -> list[dict[str, Any]]:
    """Run one statement as the owner of the tables."""
    if house.settings.on_sqlite:
        # In a thread: this loop may be in the middle of a write transaction, which must go on.
        return await asyncio.to_thread(_sqlite, house, sql, args)
    async with _owners(house) as admin:
        return [dict(row) for row in await admin.fetch(sql, *args)]


@asynccontextmanager
async def kept_owner(house: House) -> AsyncIterator[None]:
    """Within it the owner stays connected: a new connection reads a hundred tables' descriptions anew."""
    KEPT[id(house)] = kept = Kept(asyncio.get_running_loop())
    try:
        yield
    finally:
        del KEPT[id(house)]
        if kept.connection is not None:
            await kept.connection.close(timeout=5)
        if kept.file is not None:
            kept.file.close()


@asynccontextmanager
async def _owners(house: House) -> AsyncIterator[Any]:
    """The kept connection, unless somebody is at it; one for this once elsewhere."""
    kept = KEPT.get(id(house))
    if kept is None or kept.busy or kept.loop is not asyncio.get_running_loop():
        admin = await asyncpg.connect(house.settings.database_admin_url)
        try:
            yield admin
        finally:
            await admin.close()
        return
    kept.busy = True
    try:
        if kept.connection is None or kept.connection.is_closed():
            kept.connection = await asyncpg.connect(house.settings.database_admin_url)
        yield kept.connection
    finally:
        kept.busy = False


async def rewrite(house: House, sql: str, *args: Any) -> list[dict[str, Any]]:
    """As `owner`, where rights change: the product in this process need not find out by its look of every second."""
    rows = await owner(house, sql, *args)
    if (viewers := VIEWERS.get(id(house))) is not None:
        await viewers.look()
    return rows


def _sqlite(house: House, sql: str, args: tuple[Any, ...]) -> list[dict[str, Any]]:
    with _opened_file(house) as connection:
        return [dict(row) for row in connection.execute(_NUMBERED.sub(r"?\1", sql), [adapt(arg) for arg in args])]


def _sqlite_texts(house: House, names: list[str]) -> Dump:
    found: Dump = {}
    with _opened_file(house) as connection:  # one for all: opening it takes longer than reading a table
        for table in names:
            rows = connection.execute(f"SELECT * FROM {table} {FEWER.get(table, '')}")
            at = [column for column, *_ in rows.description].index(USED) if table == USING else None
            found[table] = [repr((*row[:at], *row[at + 1 :]) if at else tuple(row)) for row in rows]
    return found


async def _postgres_texts(house: House, names: list[str]) -> Dump:
    """One statement, and the server writes the texts: a statement of each table's takes ten times the computing."""
    texts = {USING: f"(to_jsonb(one) - '{USED}')::text"}
    parts = [
        f"SELECT '{table}', {texts.get(table, 'one::text')} FROM {table} AS one {FEWER.get(table, '')}"
        for table in names
    ]
    found: Dump = {table: [] for table in names}
    async with _owners(house) as admin:
        for table, text in await admin.fetch(" UNION ALL ".join(parts)):
            found[table].append(text)
    return found


@contextmanager
def _opened_file(house: House) -> Iterator[sqlite3.Connection]:
    """The kept connection, unless somebody is at it; one for this once elsewhere."""
    kept = KEPT.get(id(house))
    if kept is None or not kept.at_file.acquire(blocking=False):
        with closing(_file(house)) as connection:
            yield connection
        return
    try:
        kept.file = kept.file or _file(house)
        yield kept.file
    finally:
        kept.at_file.release()


def _file(house: House) -> sqlite3.Connection:
    connection = sqlite3.connect(house.settings.sqlite_path, isolation_level=None, timeout=10, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


async def tables(house: House) -> list[str]:
    """Every table that verbs write."""
    if house.settings.on_sqlite:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
    else:
        sql = (
            "SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace"
        )
    return sorted(row["name"] for row in await owner(house, sql) if row["name"] not in RUNNING)


async def dump(house: House) -> Dump:
    """Every row of every table, as comparable text. That something was refused is no change: its note is left out."""
    names = await tables(house)
    if house.settings.on_sqlite:
        found = await asyncio.to_thread(_sqlite_texts, house, names)
    else:
        found = await _postgres_texts(house, names)
    return {table: sorted(texts) for table, texts in found.items()}


async def row(house: House, table: str, id_: UUID) -> dict[str, Any]:
    """One row, as the driver gives it."""
    (found,) = await owner(house, f"SELECT * FROM {table} WHERE id = $1", id_)
    return found


async def audits(house: House, verb: str) -> list[dict[str, Any]]:
    """The audit rows of a verb, oldest first: `before` and `after` as objects, opened, and ids as UUIDs."""
    rows = await owner(house, "SELECT * FROM audit_entry WHERE verb = $1 ORDER BY id", verb)
    keys = {UUID(str(row["person_id"])): row for row in await owner(house, "SELECT * FROM person_key")}
    for entry in rows:
        for name in ("id", "account_id", "subject_id", "organization_id", "property_id"):
            entry[name] = None if entry[name] is None else UUID(str(entry[name]))
        for side in ("before", "after"):
            shown = None if entry[side] is None else orjson.loads(entry[side])
            entry[side] = _opened(house, entry, keys, shown)
    return rows


def _opened(house: House, entry: dict[str, Any], keys: dict[UUID, dict[str, Any]], value: Any) -> Any:
    """Sealed values in the clear; None for those whose key was destroyed."""
    if not isinstance(value, dict):
        return value
    if set(value) != {"person", "sealed"}:
        return {name: _opened(house, entry, keys, part) for name, part in value.items()}
    person = UUID(value["person"])
    wrapped = keys[person]["wrapped"]
    if wrapped is None:
        return None
    key = ValueKey(house.vault.open(base64.b64decode(wrapped), entry["organization_id"], person))
    return orjson.loads(key.open(value["sealed"], entry["id"]))
