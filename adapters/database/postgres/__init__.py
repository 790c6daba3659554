"""PostgreSQL by its application role: one pool whose connections each carry one piece of state, their Organization."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit
from uuid import UUID

import asyncpg
import orjson
from tortoise import Tortoise
from tortoise.exceptions import DBConnectionError, IntegrityError, TransactionManagementError
from tortoise.transactions import in_transaction

from adapters.database.base import (
    DatabaseUnavailable,
    Holding,
    Row,
    UniqueViolation,
    bind_models,
    door_call,
    refused,
)
from adapters.database.postgres.client import organization
from adapters.database.postgres.event import APPEND, APPEND_MANY
from adapters.database.postgres.pipeline import Pipeline
from adapters.database.postgres.transaction import PostgresTransaction
from models.errors import ErrorCode, Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from adapters.database.base import PoolUse, Transaction
    from adapters.database.postgres.pool import Pool
    from models.predicate.sql import Dialect

POOL = 10
CONNECT_SECONDS = 4.5
SERVER_SHARE = 0.9  # of a statement's time: then the server stops its work
MARGIN = 0.25  # seconds for its word to come; then we stop waiting for a server or a net that is silent
SESSION = {
    "jit": "off",
    # Of storage without moving heads. With the default 4 a page of a long list is fetched by bitmap and sorted where
    # its index has it in order.
    "random_page_cost": "1.1",
    # Planning takes longer than the reads it is for; keyset pages want the same plan for all.
    "plan_cache_mode": "force_generic_plan",
    "datestyle": "ISO",  # of values that are read as texts
    "timezone": "UTC",
    # Where our machine is gone without a word: PostgreSQL would keep our locks for hours.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server's farewell was read, its end not yet: the session takes nothing any more
    asyncpg.InsufficientResourcesError,  # no connection more, no memory, no room on the disk
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    TimeoutError,
)


class _Told:
    """Failures of reads, as the house says them."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, asyncpg.QueryCanceledError):  # statement_timeout
            raise Refusal(ErrorCode.TIMEOUT) from error
        if isinstance(error, _LOST):
            raise DatabaseUnavailable(str(error) or type(error).__name__) from error


_TOLD = _Told()


class PostgresDatabase(Holding):
    """A server. Implements `Database`."""

    dialect: Dialect = "postgres"

    def __init__(self, url: str, statement_seconds: float) -> None:
        self._url = url
        self._statement_seconds = statement_seconds
        self._pool: Any = None
        self._pipeline: Any = None

    async def connect(self) -> None:
        """Open the pool and refuse a role that the second wall would not hold."""
        parts = urlsplit(self._url)
        try:
            await bind_models(
                "postgres",
                "adapters.database.postgres.client",
                {
                    "host": parts.hostname,
                    "port": parts.port or 5432,
                    "user": unquote(parts.username or ""),
                    "password": unquote(parts.password or ""),
                    "database": parts.path.strip("/"),
                    "minsize": 1,
                    "maxsize": POOL,
                    "timeout": CONNECT_SECONDS,
                    "command_timeout": SERVER_SHARE * self._statement_seconds + MARGIN,
                    "server_settings": {
                        **SESSION,
                        "statement_timeout": str(int(SERVER_SHARE * self._statement_seconds * 1000)),
                        "idle_in_transaction_session_timeout": str(int(self._statement_seconds * 1000)),
                    },
                },
            )
            unsafe = await self._open()
        except (*_LOST, DBConnectionError, asyncpg.PostgresError, DatabaseUnavailable, Refusal) as error:
            await self.close()
            raise DatabaseUnavailable(
                f"cannot reach PostgreSQL at {parts.hostname}:{parts.port or 5432}/{parts.path.strip('/')}"
                f" as {parts.username}: {error}. Check DATABASE_URL and that the server runs."
            ) from error
        if unsafe:
            await self.close()
            raise DatabaseUnavailable(
                f"DATABASE_URL's role {parts.username} owns the tables, is a superuser or has BYPASSRLS, so row-level"
                " security would not hold. Use an application role, and the owner in DATABASE_ADMIN_URL."
            )

    async def _open(self) -> bool:
        """Open the pool; whether the role is one that the second wall would not hold."""
        client: Any = Tortoise.get_connection("postgres")
        await client.create_connection(with_db=True)
        self._pool = client._pool  # noqa: SLF001 - reads need nothing of Tortoise's
        self._pipeline = Pipeline(self._pool, SERVER_SHARE * self._statement_seconds + MARGIN / 2)
        rows = await self._fetch(
            "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = 'property'"
            " AND c.relkind = 'r' AND pg_has_role(current_user, c.relowner, 'USAGE')) AS unsafe"
            " FROM pg_roles WHERE rolname = current_user",
            [],
        )
        return bool(rows[0]["unsafe"])

    async def close(self) -> None:
        """Close every connection."""
        if self._pipeline is not None:
            self._pipeline.close()
        await Tortoise.close_connections()

    def use(self) -> PoolUse:
        """How busy the connections are."""
        pool: Pool = self._pool
        use, (free, waiting) = pool.use(), self._pipeline.use()
        return replace(use, busy=use.busy - free, waiting=use.waiting + waiting)

    async def fetch(self, sql: str, args: Sequence[Any], organization_id: UUID) -> list[Row]:
        """Read rows as the Organization."""
        return await self._fetch(sql, args, organization_id)

    async def written(self, sql: str, args: Sequence[Any], organization_id: UUID) -> Sequence[Sequence[Any]]:
        """As `fetch`, of rows whose first column is a text: as bytes where it comes by the pipeline."""
        if not self._pipeline.takes(sql) or self._held_transaction() is not None:
            return cast("list[Any]", await self._fetch(sql, args, organization_id, self._pipeline.took))
        with _TOLD:
            return cast("list[Any]", await self._pipeline.read(sql, args, organization_id))

    async def _fetch(
        self,
        sql: str,
        args: Sequence[Any],
        organization_id: UUID | None = None,
        took: Callable[[str, float], None] | None = None,
    ) -> list[Row]:
        with _TOLD:
            if (tx := self._held_transaction()) is not None:
                return await tx.read(sql, args)
            connection = self._pool.take() or await self._pool.acquire()
            try:
                if connection.organization_id != organization_id:
                    await connection.belong(organization_id)
                start = perf_counter()
                rows: list[Row] = await connection.fetch(sql, *args)
            except Exception as error:
                self._pool.broken(connection, error)
                raise
            else:
                if took is not None:
                    took(sql, perf_counter() - start)
                return rows
            finally:
                self._pool.give_back(connection)

    async def call(self, door: str, *args: Any) -> list[Row]:
        """Run a door outside any Organization."""
        return await self._fetch(door_call(door, "postgres"), args)

    @asynccontextmanager
    async def _own_transaction(self, organization_id: UUID | None) -> AsyncIterator[PostgresTransaction]:
        """READ COMMITTED, on a connection set to the Organization."""
        token = organization.set(organization_id)
        try:
            with self._mapped():
                async with in_transaction("postgres") as client:
                    tx = PostgresTransaction(client)
                    yield tx
                    await tx.settle()
        finally:
            organization.reset(token)

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            raise refused(error) from error
        except asyncpg.UniqueViolationError as error:
            raise UniqueViolation(str(error)[:200]) from error
        except asyncpg.QueryCanceledError as error:
            raise Refusal(ErrorCode.TIMEOUT) from error
        except TransactionManagementError as error:  # Tortoise's name for it
            if isinstance(error.__cause__, asyncpg.IdleInTransactionSessionTimeoutError):
                raise DatabaseUnavailable(str(error)) from error
            raise
        except _LOST as error:
            raise DatabaseUnavailable(str(error) or type(error).__name__) from error

    async def append_events(
        self, tx: Transaction, stream: UUID, organization_id: UUID, events: list[dict[str, Any]]
    ) -> int:
        """One statement takes the positions and writes the events: the counter's lock is held for a commit only."""
        rows = await tx.fetch(APPEND, stream, organization_id, len(events), orjson.dumps(events).decode())
        return max(int(row["position"]) for row in rows)

    async def append_to_streams(
        self, tx: Transaction, organization_id: UUID, by_stream: Mapping[UUID, list[Any]]
    ) -> dict[UUID, int]:
        """One statement for all, so that no counter's lock waits for a round trip."""
        if len(by_stream) < 2:
            return await super().append_to_streams(tx, organization_id, by_stream)
        items = [{"stream": str(stream), "event": event} for stream in by_stream for event in by_stream[stream]]
        heads = dict.fromkeys(by_stream, 0)
        for row in await tx.fetch(APPEND_MANY, organization_id, orjson.dumps(items).decode()):
            heads[row["stream_id"]] = max(heads[row["stream_id"]], int(row["position"]))
        return heads

    async def ahead(self, at: datetime) -> None:
        """Partitions for this month and the next three."""
        await self._fetch("SELECT partitions_ahead($1, 3)", [at])

    def value(self, kind: str, raw: Any) -> Any:
        """asyncpg gives Python's values; JSON comes as text."""
        return orjson.loads(raw) if kind == "JSONField" and isinstance(raw, str) else raw
