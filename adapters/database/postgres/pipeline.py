"""The short reads of all requests, in batches over a few wires: what comes while a batch is under way is the next one.

A statement is sent so once it is known to be short: others would wait behind a long one. How long it takes is known
from the times before.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import perf_counter
from typing import TYPE_CHECKING, Any

import asyncpg

from adapters.database.postgres.wire import Read, Wire

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from adapters.database.postgres.pool import Pool

WIRES = 3
SHORT = 0.05  # seconds that a statement may take; beyond, it has a connection to itself
BATCH_SECONDS = 0.001  # of work that a batch holds, as far as is known: the last of it waits for the first
WORTH = 0.0002  # seconds of work for which another wire is woken; less goes with the next that is done
HELD_SECONDS = 0.002  # but waits no longer: what is under way may take longer than ever before
MOST = 32  # reads of a batch
LEARN = 0.01  # the weight of a time longer than what was known; a shorter one counts at once: others work beside it
LOOK_SECONDS = 0.05  # between two looks at the wires, while one works
MOST_KNOWN = 5_000  # statements whose times are remembered


class Pipeline:
    """Takes its connections from the pool, and keeps them."""

    def __init__(self, pool: Pool, silence: float) -> None:
        """`silence`: seconds after which a server that says nothing of a batch is given up."""
        self._pool = pool
        self._silence = silence
        self._waiting: deque[Read] = deque()
        self._busy: dict[Wire, tuple[list[Read], float]] = {}  # what each was sent, and when
        self._idle: list[Wire] = []
        self._closing = False
        self._connecting: asyncio.Task[None] | None = None
        self._seconds: dict[str, float] = {}
        self._called = False
        self._guard: asyncio.TimerHandle | None = None
        self._held: asyncio.TimerHandle | None = None  # rings for those who wait though a wire is free
        self._suspected: set[Wire] = set()  # silent when they were last looked at
        self._loop = asyncio.get_running_loop()
        pool.on_silence(self._forsake)

    def takes(self, sql: str) -> bool:
        """Whether a statement is known to be short."""
        return self._seconds.get(sql, SHORT) < SHORT

    def took(self, sql: str, seconds: float) -> None:
        """Learn how long a statement takes: what it took beside others is longer than what it needs."""
        if len(self._seconds) >= MOST_KNOWN:
            self._seconds.clear()
        known = self._seconds.get(sql, seconds)
        self._seconds[sql] = seconds if seconds < known else known + LEARN * (seconds - known)

    def read(self, sql: str, values: Sequence[Any], organization_id: UUID | None) -> asyncio.Future[list[Any]]:
        """Rows: the first column as the bytes of its text, the others as Python's values. Raises asyncpg's errors."""
        found: asyncio.Future[list[Any]] = self._loop.create_future()
        self._waiting.append(Read(sql, values, organization_id, found))
        if not self._called:
            self._called = True
            self._loop.call_soon(self._send)  # together with what else this turn of the loop asks
        return found

    def use(self) -> tuple[int, int]:
        """How many wires are free, and how many reads wait for one."""
        return len(self._idle), len(self._waiting)

    def close(self) -> None:
        """End the wires; what waits fails."""
        self._closing = True
        for timer in (self._guard, self._held):
            if timer is not None:
                timer.cancel()
        for wire in list(self._busy) + self._idle:
            wire.close()
        self._fail(asyncpg.InterfaceError("the pool is closing"))

    def _send(self, *, late: bool = False) -> None:
        """Give every free wire a batch, as long as somebody waits and it is worth it, or too late to ask."""
        self._called = False
        if self._closing:
            self._fail(asyncpg.InterfaceError("the pool is closing"))
        now = perf_counter()
        while self._waiting and self._idle and (late or self._worth()):
            wire, batch = self._idle.pop(), self._batch()
            self._busy[wire] = batch, now
            wire.send(batch, now)
        short = self._waiting and not self._idle and len(self._busy) < WIRES
        if short and self._connecting is None and not self._closing:
            self._connecting = self._loop.create_task(self._connect())
        if self._guard is None and self._busy:
            self._guard = self._loop.call_later(LOOK_SECONDS, self._look)
        if self._held is None and self._waiting and self._idle and not self._closing:
            self._held = self._loop.call_later(HELD_SECONDS, self._let_go)

    def _let_go(self) -> None:
        self._held = None
        self._send(late=True)

    def _worth(self) -> bool:
        """Whether what waits is to be sent: none is under way, or there is work for one more."""
        left = WORTH
        for read in self._waiting if self._busy else ():
            left -= self._seconds.get(read.sql, SHORT)
            if left <= 0:
                return True
        return not self._busy

    def _batch(self) -> list[Read]:
        """The longest waiting ones of one Organization, as many as are done in a moment."""
        first = self._waiting.popleft()
        batch, left = [first], BATCH_SECONDS - self._seconds.get(first.sql, SHORT)
        while self._waiting and len(batch) < MOST and self._waiting[0].organization_id == first.organization_id:
            left -= self._seconds.get(self._waiting[0].sql, SHORT)
            if left < 0:
                break
            batch.append(self._waiting.popleft())
        return batch

    def _ready(self, wire: Wire, again: list[Read]) -> None:
        """A wire has done its batch, or is closed."""
        batch, since = self._busy.pop(wire, ([], 0.0))
        if batch and not again:
            each = (perf_counter() - since) / len(batch)
            for sql in {read.sql for read in batch}:
                self.took(sql, each)
        self._waiting.extendleft(reversed(again))
        if wire.closed:
            if wire in self._idle:
                self._idle.remove(wire)
            self._pool.lose(wire.connection)
        else:
            self._idle.append(wire)
        if self._waiting:
            self._send()

    async def _connect(self) -> None:
        """One wire more. Where there is none at all, those who wait are told why."""
        try:
            connection = await self._pool.acquire()
        except Exception as error:  # noqa: BLE001 - whatever it is, they are told it
            if not self._busy:
                self._fail(error)
        else:
            if self._closing:
                self._pool.give_back(connection)  # who closes the pool waits for it
            else:
                self._idle.append(Wire(connection, self._ready))
        finally:
            self._connecting = None
        self._send()

    def _fail(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, deque()
        for read in waiting:
            read.fail(error)

    def _look(self) -> None:
        """Give up a server that has been silent for too long: its side of the connection may be gone.

        At the second look: if it was us who were late, what it said has been read by then.
        """
        self._guard, now = None, perf_counter()
        silent = {wire for wire in self._busy if now - wire.heard > self._silence}
        for wire in silent & self._suspected:
            self._pool.broken(wire.connection, TimeoutError("PostgreSQL is silent"))
            wire.close()
        self._suspected = silent
        if self._busy:
            self._guard = self._loop.call_later(LOOK_SECONDS, self._look)

    def _forsake(self) -> None:
        """The server was silent to somebody: nobody else is sent the same way to wait as long."""
        idle, self._idle = self._idle, []
        for wire in idle:
            wire.close()
