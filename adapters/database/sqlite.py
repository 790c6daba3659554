"""SQLite: one writer with BEGIN IMMEDIATE, and readers of their own (WAL) that no writer holds up."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import aiosqlite
import orjson
from tortoise import Tortoise
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from adapters.database.base import DatabaseUnavailable, Holding, PoolUse, Row, bind_models, door_call, refused
from models.door import DOORS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tortoise.backends.base.client import TransactionContext

    from adapters.database.base import Transaction
    from models.predicate.sql import Dialect

READERS = 4
_NUMBERED = re.compile(r"\$(\d+)")


class _ImmediateTransaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        """In one step of the connection's thread: a BEGIN whose caller was cancelled may be before us in its queue."""
        on_thread: Any = self._connection._execute  # noqa: SLF001 - aiosqlite offers its thread only so
        await on_thread(self._begin)

    def _begin(self) -> None:
        connection = self._connection._conn  # noqa: SLF001
        if connection.in_transaction:  # left over by such a caller, or by a commit that failed, as on a full disk
            connection.rollback()
        # A deferred BEGIN that writes later fails at once with "database is locked" (traps.md).
        connection.execute("BEGIN IMMEDIATE")


class _Context(SqliteTransactionContext):
    async def __aenter__(self) -> Any:
        """As Tortoise's, but a cancelled BEGIN gives the writer's lock back: a lost one would stop every write."""
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection


class _Client(SqliteClient):
    def _in_transaction(self) -> TransactionContext:
        return _Context(_ImmediateTransaction(self), self._lock)


client_class = _Client  # Tortoise looks the engine up by this name


@lru_cache(maxsize=4096)
def numbered(sql: str) -> str:
    """The statement with this database's placeholders."""
    return _NUMBERED.sub(r"?\1", sql)


def adapt(value: Any) -> Any:
    """A Python value as this database keeps it."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return orjson.dumps([adapt(item) for item in value]).decode()
    return value


_VALUES: dict[str, Callable[[Any], Any]] = {
    "DatetimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "BooleanField": bool,
    "JSONField": orjson.loads,
    "UUIDField": UUID,
}


def _unavailable(error: Exception) -> Exception:
    """Locked, full, unreadable: the file is unavailable. Wrong SQL is a bug and stays one."""
    bug = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR
    return error if bug else DatabaseUnavailable(str(error))


class SqliteTransaction:
    """Statements on the writer's connection."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def run(self, sql: str) -> None:
        """Run a statement that returns nothing."""
        await self.fetch(sql)

    async def write(self, sql: str, *args: Any) -> None:
        """At once: there is no round trip to spare."""
        await self.fetch(sql, *args)

    async def settle(self) -> None:
        """All is written."""

    async def read(self, sql: str, args: Sequence[Any]) -> list[Row]:
        """The writer's thread takes one statement after the other."""
        return await self.fetch(sql, *args)

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """Run a statement that returns rows."""
        rows: list[Row] = await self.client.execute_query_dict(numbered(sql), [adapt(arg) for arg in args])
        return rows

    async def call(self, door: str, *args: Any) -> list[Row]:
        """Run a door inside this transaction."""
        return await self.fetch(door_call(door, "sqlite"), *args)

    async def insert(
        self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], tail: str = ""
    ) -> list[Row]:
        """One JSON array of rows: the text is the same for any number of them."""
        picked = ", ".join(f"value ->> {n}" for n in range(len(columns)))
        sql = f"INSERT INTO {table} AS t ({', '.join(columns)}) SELECT {picked} FROM json_each($1) WHERE TRUE {tail}"
        # orjson writes keys and enums as `adapt` does; it is asked about instants and days only.
        return await self.fetch(sql, orjson.dumps(rows, adapt, orjson.OPT_PASSTHROUGH_DATETIME).decode())


class SqliteDatabase(Holding):
    """One file. Implements `Database`."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        self._readers: list[aiosqlite.Connection] = []
        self._replacing: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        """Open the writer and the readers; makes the folder, not the tables."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            await bind_models(
                "sqlite", "adapters.database.sqlite", {"file_path": str(self._path), "busy_timeout": 5000}
            )
            await Tortoise.get_connection("sqlite").execute_query("SELECT 1")
            for _ in range(READERS):
                await self._add_reader()
        except (OSError, sqlite3.Error, OperationalError) as error:
            await self.close()
            raise DatabaseUnavailable(f"cannot open the SQLite file {self._path}: {error}") from error

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(*self._replacing)
        for reader in self._readers:
            await reader.close()
        self._readers.clear()
        self._idle = asyncio.LifoQueue()
        await Tortoise.close_connections()

    def use(self) -> PoolUse:
        """How busy the readers are."""
        readers, waiting = len(self._readers), self._idle._getters  # type: ignore[attr-defined]  # noqa: SLF001 - a queue does not tell who waits
        return PoolUse(READERS, readers, readers - self._idle.qsize(), len(waiting))

    async def fetch(self, sql: str, args: Sequence[Any], organization_id: UUID) -> list[Row]:
        """Read rows. The wall here is the scope in `sql`; PostgreSQL adds a second one."""
        if (tx := self._held_transaction()) is not None:
            with self._mapped():
                return await tx.read(sql, args)
        reader = await self._idle.get()
        work = asyncio.ensure_future(reader.execute_fetchall(numbered(sql), [adapt(arg) for arg in args]))
        try:
            rows: list[Any] = list(await asyncio.shield(work))
        except asyncio.CancelledError:
            replacing = asyncio.create_task(self._replace(reader, work))
            self._replacing.add(replacing)
            replacing.add_done_callback(self._replacing.discard)
            raise
        except sqlite3.OperationalError as error:
            self._idle.put_nowait(reader)
            raise _unavailable(error) from error
        self._idle.put_nowait(reader)
        return rows

    async def written(self, sql: str, args: Sequence[Any], organization_id: UUID) -> Sequence[Sequence[Any]]:
        """As `fetch`."""
        rows: Sequence[Any] = await self.fetch(sql, args, organization_id)
        return rows

    async def _replace(self, reader: aiosqlite.Connection, work: asyncio.Future[Any]) -> None:
        """Stop a statement whose caller left. An interrupt may outlive its statement, so the reader is made anew."""
        await reader.interrupt()
        await asyncio.wait({work})
        work.exception()  # seen: nobody else asks
        self._readers.remove(reader)
        await reader.close()
        await self._add_reader()

    async def _add_reader(self) -> None:
        reader = await aiosqlite.connect(
            f"file:{self._path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        self._readers.append(reader)
        reader.row_factory = sqlite3.Row
        await reader.execute("PRAGMA busy_timeout = 5000")
        self._idle.put_nowait(reader)

    async def call(self, door: str, *args: Any) -> list[Row]:
        """Run a door."""
        if (tx := self._held_transaction()) is not None:
            with self._mapped():
                return await tx.call(door, *args)
        if DOORS[door].writes:
            async with self.transaction(None) as tx:
                return await tx.call(door, *args)
        return await self.fetch(door_call(door, "sqlite"), args, UUID(int=0))

    @asynccontextmanager
    async def _own_transaction(self, organization_id: UUID | None) -> AsyncIterator[SqliteTransaction]:
        """There is one writer, so transactions queue here."""
        with self._mapped():
            async with in_transaction("sqlite") as client:
                yield SqliteTransaction(client)

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            raise refused(error) from error
        except OperationalError as error:  # Tortoise wraps the driver's
            cause = error.args[0] if error.args and isinstance(error.args[0], sqlite3.Error) else error
            raise _unavailable(cause) from error
        except sqlite3.OperationalError as error:
            raise _unavailable(error) from error

    async def append_events(
        self, tx: Transaction, stream: UUID, organization_id: UUID, events: list[dict[str, Any]]
    ) -> int:
        """Two statements: take the positions, write the events."""
        head: int = (
            await tx.fetch(
                "INSERT INTO event_stream (id, organization_id, position) VALUES ($1, $2, $3)"
                " ON CONFLICT (id) DO UPDATE SET position = position + excluded.position RETURNING position",
                stream,
                organization_id,
                len(events),
            )
        )[0]["position"]
        await tx.fetch(
            "INSERT INTO event (stream_id, position, organization_id, type, version, subject_id, occurred_at,"
            " audience, data) SELECT $1, $2 + key, $3, value ->> 'type', value ->> 'version', value ->> 'subject_id',"
            " value ->> 'occurred_at', value -> 'audience', value -> 'data' FROM json_each($4)",
            stream,
            head - len(events) + 1,
            organization_id,
            orjson.dumps(events).decode(),
        )
        return head

    async def ahead(self, at: datetime) -> None:
        """Nothing to prepare: no partitions here."""

    def value(self, kind: str, raw: Any) -> Any:
        """SQLite keeps instants, dates, keys and JSON as text."""
        convert = _VALUES.get(kind)
        return raw if raw is None or convert is None else convert(raw)
