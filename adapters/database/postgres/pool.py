"""The connections of one process to PostgreSQL: the one used last lies on top.

asyncpg's own pool makes a task and a turn of a queue for each reading, which took nearly as long as all else that the
driver does for a short statement (docs/decisions/0020-read-engine.md). Here a free connection is an element of a list.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import asyncpg

from adapters.database.base import PoolUse
from adapters.task import end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Connection = Any  # asyncpg ships no types

AGAIN_SECONDS = 0.5
BURY = """SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
JOIN unnest($1::integer[], $2::text[]) AS o (pid, name) ON a.pid = o.pid AND a.application_name = o.name"""


class Pool:
    """At most `size` connections, made by `connect` when they are first needed; kept until they break or it closes."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], size: int) -> None:
        self._connect = connect
        self._size = size
        self._all: set[Connection] = set()
        self._free: list[Connection] = []
        self._making = 0
        self._closing = False
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._orphans: list[tuple[int, str]] = []  # sessions that the server may still believe in
        self._told: list[Callable[[], None]] = []  # when the server is silent
        self._burial: asyncio.Task[None] | None = None

    def use(self) -> PoolUse:
        """How busy it is."""
        busy = len(self._all) - len(self._free)
        return PoolUse(self._size, len(self._all), busy, sum(not waiter.done() for waiter in self._waiting))

    def on_silence(self, tell: Callable[[], None]) -> None:
        """Have `tell` called when the server was silent to somebody: what was taken and lies idle is to be closed."""
        self._told.append(tell)

    def take(self) -> Connection | None:
        """A free connection, at once; None when there is none."""
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
            self._forget(connection)  # the server ended it
        return None

    async def acquire(self) -> Connection:
        """A connection, as soon as there is one: first come, first served.

        Raises what `connect` raises, and InterfaceError when the pool closes.
        """
        while (connection := self.take()) is None:
            if self._closing:
                self._pass_on(None)  # who closes waits behind us
                raise asyncpg.InterfaceError("the pool is closing")
            if len(self._all) + self._making < self._size:
                return await self._make()
            if (connection := await self._wait()) is not None:
                break
        return connection

    def give_back(self, connection: Connection) -> None:
        """Whoever waits longest has it next. One whose statement was cancelled waits for that before the next."""
        if connection.is_closed():
            self.lose(connection)
        elif self._waiting:
            self._pass_on(connection)
        elif connection._protocol._is_cancelling():  # noqa: SLF001 - asyncpg's own pool asks the same
            self._free.insert(0, connection)  # so that hardly anybody waits with it
        else:
            self._free.append(connection)

    def broken(self, connection: Connection, error: BaseException | None) -> None:
        """It failed so that it is of no use to the next, whatever asyncpg thinks of it.

        After a TimeoutError the server is gone, or the net: nobody else is sent the same way to wait as long.
        """
        if isinstance(error, asyncpg.InternalClientError):
            connection.terminate()
        if isinstance(error, TimeoutError):
            self.abandon(connection)
            while self._free:
                self._forget(self._free.pop())
            for tell in self._told:
                tell()
            self._refuse(TimeoutError("PostgreSQL is silent"))

    def abandon(self, connection: Connection) -> None:
        """End it without waiting for the server, which is told by another: its session may hold locks."""
        if not connection.is_closed():
            self._orphans.append((connection.get_server_pid(), connection.get_settings().application_name))
            connection.terminate()
            if self._burial is None or self._burial.done():
                self._burial = asyncio.create_task(self._bury_all())

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[Connection]:
        """A connection for a while."""
        connection = await self.acquire()
        try:
            yield connection
        finally:
            self.give_back(connection)

    async def close(self) -> None:
        """End every connection as soon as it is given back; those who wait come first."""
        self._closing = True
        await end([self._burial])
        while self._all or self._making:
            connection = self.take()
            if connection is None and (self._all or self._making):
                with suppress(OSError):  # meant for those who want one
                    connection = await self._wait()
            if connection is not None:
                self._all.discard(connection)
                await connection.close()

    def terminate(self) -> None:
        """End every connection now."""
        for connection in self._all:
            connection.terminate()

    async def _wait(self) -> Connection | None:
        """The next one that is given back; None when there may be room for a new one."""
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._pass_on(waiter.result())
            raise

    async def _make(self) -> Connection:
        self._making += 1
        try:
            connection = await self._connect()
            if self._orphans:
                await self._bury(connection)
        except BaseException as error:
            self._making -= 1
            if isinstance(error, OSError):
                self._refuse(error)  # one after the other they would wait for the same
            else:
                self._pass_on(None)
            raise
        self._making -= 1
        self._all.add(connection)
        return connection

    async def _bury_all(self) -> None:
        """At once, though nobody may need a new connection; again and again while it fails: locks are held."""
        while self._orphans and not self._closing:
            try:
                async with self.borrowed() as connection:
                    await self._bury(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                await asyncio.sleep(AGAIN_SECONDS)

    async def _bury(self, connection: Connection) -> None:
        """End the sessions of connections that fell silent: the server would keep their locks, and all writers wait."""
        orphans, self._orphans = self._orphans, []
        try:
            if orphans:
                await connection.execute(BURY, *zip(*orphans, strict=True))
        except BaseException as error:
            self._orphans += orphans
            connection.terminate()
            self.broken(connection, error)  # that one may have been forgotten, too, and so the others that lie idle
            raise

    def lose(self, connection: Connection) -> None:
        """One that was taken is at an end: there is room for a new one."""
        self._forget(connection)
        self._pass_on(None)

    def _forget(self, connection: Connection) -> None:
        """Asyncpg may have closed it without cleaning up."""
        connection.terminate()
        self._all.discard(connection)

    def _refuse(self, error: Exception) -> None:
        """Whoever waits for a connection is told why there is none."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_exception(error)

    def _pass_on(self, connection: Connection | None) -> None:
        """To whoever waits longest; None: there is room for a new one."""
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        if connection is not None:
            self._free.append(connection)
