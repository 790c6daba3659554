"""Tortoise's client of PostgreSQL on our own pool: each connection carries one piece of state, its Organization."""

from __future__ import annotations

from contextvars import ContextVar
from secrets import token_hex
from typing import TYPE_CHECKING, Any, NoReturn, cast

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContext, TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from adapters.database.postgres.burst import Burst
from adapters.database.postgres.pool import Pool

if TYPE_CHECKING:
    from uuid import UUID

organization: ContextVar[UUID | None] = ContextVar("organization", default=None)
"""Whose transaction is about to begin: Tortoise asks for its connection by itself."""


_UNKNOWN: Any = object()
STOPPED_SECONDS = 0.1  # after a time-out the server has had its time and more


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    """Remembers which Organization its session is set to: a change costs a round trip only when it is one.

    No reset query: this is the session's one piece of state, and it is set on the way out.
    """

    organization_id: UUID | None = None
    _burst: Burst | None = None

    async def later(self, sql: str, *args: Any) -> None:
        """Send a statement of a transaction in front of the next one, which raises what it fails by."""
        if self._burst is None:
            self._burst = Burst(self)
        self._burst.later(sql, args)
        if self._burst.full:
            await self.settle()

    async def settle(self) -> None:
        """Do what was put off. Raises what that fails by."""
        if self._burst is not None and self._burst.waits:
            await self.execute("SELECT 1")

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - asyncpg's
        """As asyncpg's; what was put off goes out in front, but for a ROLLBACK."""
        if query.startswith("ROLLBACK"):
            self.forget()
        flight = self._burst and self._burst.send()
        statement = super().execute(query, *args, timeout=timeout)
        return cast("str", await (flight.before(statement) if flight else statement))

    async def _execute(self, *args: Any, **options: Any) -> Any:
        flight = self._burst and self._burst.send()
        statement = super()._execute(*args, **options)
        return await (flight.before(statement) if flight else statement)

    async def _executemany(self, *args: Any, **options: Any) -> Any:
        flight = self._burst and self._burst.send()
        statement = super()._executemany(*args, **options)
        return await (flight.before(statement) if flight else statement)

    def forget(self) -> None:
        """What was put off is of a transaction that is over."""
        if self._burst is not None:
            self._burst.drop()

    async def belong(self, organization_id: UUID | None) -> None:
        """Set the session to an Organization; to none, and row-level security shows nothing."""
        if self.organization_id != organization_id:
            self.organization_id = _UNKNOWN  # until it is done: whoever is cancelled meanwhile leaves it to the next
            await self.execute("SELECT set_config('app.organization', $1, false)", str(organization_id or ""))
            self.organization_id = organization_id


class _Transaction(TransactionContextPooled):
    """Tortoise's, but a connection whose BEGIN failed or was cancelled is ended: each one lost is lost for good."""

    async def __aenter__(self) -> Any:
        await self._begin()
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        get_connections().reset(self.token)
        pool, connection, ended = self._pool, self.client._connection, False  # noqa: SLF001 - as Tortoise's own does
        pool.broken(connection, error)
        try:
            await self._stopped(connection)
            await self._end(error)
            ended = True
        except Exception as failure:
            pool.broken(connection, failure)
            raise
        finally:
            if not ended:  # it may still be inside, with all its locks: a COMMIT can be stopped like any statement
                pool.abandon(connection)
            connection.forget()
            pool.give_back(connection)

    @property
    def _pool(self) -> Pool:
        return cast("Pool", self.client._parent._pool)  # noqa: SLF001 - as Tortoise's own context does

    async def _stopped(self, connection: Any) -> None:
        """Wait for a statement that was stopped inside; TimeoutError: a server that is there says so at once."""
        if not connection.is_closed() and connection._protocol._is_cancelling():  # noqa: SLF001
            await connection._protocol._wait_for_cancellation(STOPPED_SECONDS)  # noqa: SLF001

    async def _end(self, error: BaseException | None) -> None:
        if self.client._finalized:  # noqa: SLF001
            return
        if error is None:
            await self.client.commit()
        elif not isinstance(error, TransactionManagementError):  # one that failed already
            await self.client.rollback()

    async def _begin(self) -> None:
        pool = self._pool
        self.client._connection = await pool.acquire()  # noqa: SLF001
        try:
            await self.client._connection.belong(organization.get())  # noqa: SLF001
            await self.client.begin()
        except BaseException as error:
            pool.broken(self.client._connection, error)  # noqa: SLF001
            pool.abandon(self.client._connection)  # noqa: SLF001
            pool.give_back(self.client._connection)  # noqa: SLF001
            raise


class Client(AsyncpgDBClient):
    """Hands out connections inside transactions only."""

    connection_class = Connection

    def _in_transaction(self) -> TransactionContext:
        return _Transaction(TransactionWrapper(self), self._pool_init_lock)

    def acquire_connection(self) -> NoReturn:
        """Raises: such a connection is set to whoever used it last."""
        raise RuntimeError("models are read and written inside a transaction only")

    async def create_pool(self, **kwargs: Any) -> Pool:
        """Its first connection shows whether there is anything to connect to."""
        del kwargs["min_size"]
        settings = kwargs.pop("server_settings")

        def connect() -> Any:
            """Each session has a name of its own: a pid may be another's by the time that we want it ended."""
            return asyncpg.connect(**kwargs, server_settings={**settings, "application_name": f"wuye {token_hex(6)}"})

        pool = Pool(connect, kwargs.pop("max_size"))
        async with pool.borrowed():
            return pool


client_class = Client  # Tortoise looks the engine up by this name
