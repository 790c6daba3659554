"""The pool of PostgreSQL connections: bounded, first come first served, and none is lost whatever is cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import pytest

from adapters.database.postgres.client import Connection
from adapters.database.postgres.pool import Pool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.postgres
SIZE = 2


@pytest.fixture
async def pool(postgres: PostgresServer) -> AsyncIterator[Pool]:
    """Of two connections."""
    pool = Pool(lambda: asyncpg.connect(postgres.url("postgres")), SIZE)
    yield pool
    for connection in pool._all.difference(pool._free):  # what the test still holds
        pool.give_back(connection)
    await pool.close()


async def pid(connection: Any) -> int:
    """Which session it is."""
    found: int = await connection.fetchval("SELECT pg_backend_pid()")
    return found


async def turns() -> None:
    """Let everybody go on."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_last_one_used_comes_first(pool: Pool) -> None:
    one, other = await pool.acquire(), await pool.acquire()
    pool.give_back(one)
    pool.give_back(other)
    assert pool.take() is other
    assert pool.take() is one
    assert pool.take() is None


async def test_whoever_waits_longest_is_served_first(pool: Pool) -> None:
    held = [await pool.acquire() for _ in range(SIZE)]
    served: list[int] = []

    async def wait(number: int) -> None:
        async with pool.borrowed():
            served.append(number)

    waiting = [asyncio.create_task(wait(number)) for number in range(4)]
    await turns()
    assert served == []
    waiting[1].cancel()
    pool.give_back(held[0])
    await asyncio.wait(waiting)
    assert served == [0, 2, 3]


async def test_a_connection_handed_to_a_cancelled_one_is_handed_on(pool: Pool) -> None:
    held = [await pool.acquire() for _ in range(SIZE)]
    waiting = asyncio.create_task(pool.acquire())
    await turns()
    pool.give_back(held[0])
    waiting.cancel()  # it has one already, and never learns of it
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert pool.take() is held[0]


async def test_one_that_broke_is_made_anew(pool: Pool, postgres: PostgresServer) -> None:
    held = [await pool.acquire() for _ in range(SIZE)]
    before = await pid(held[0])
    waiting = asyncio.create_task(pool.acquire())
    await turns()
    held[0].terminate()
    pool.give_back(held[0])
    assert await pid(await waiting) != before, "whoever waits is told that there is room"
    admin, gone = await asyncpg.connect(postgres.url("postgres")), asyncio.Event()
    held[1].add_termination_listener(lambda _: gone.set())
    pool.give_back(held[1])
    await admin.execute("SELECT pg_terminate_backend($1)", await pid(held[1]))
    await gone.wait()
    await admin.close()
    assert pool.take() is None
    assert await pid(await pool.acquire())


async def test_a_server_that_is_away_takes_no_place() -> None:
    pool = Pool(lambda: asyncpg.connect("postgres://nobody@127.0.0.1:1/none"), 1)
    for _ in range(3):
        with pytest.raises(OSError, match=r"127\.0\.0\.1"):
            await pool.acquire()


async def test_a_cancelled_statement_costs_no_connection(pool: Pool) -> None:
    async def sleep() -> None:
        async with pool.borrowed() as connection:
            await connection.fetch("SELECT pg_sleep(30)")

    sleeping = [asyncio.create_task(sleep()) for _ in range(SIZE)]
    await asyncio.sleep(0.2)
    for task in sleeping:
        task.cancel()
    await asyncio.wait(sleeping)
    async with asyncio.timeout(10), pool.borrowed() as one, pool.borrowed() as other:
        assert await pid(one) != await pid(other)


async def test_closing_waits_for_what_is_under_way(postgres: PostgresServer) -> None:
    pool = Pool(lambda: asyncpg.connect(postgres.url("postgres")), SIZE)
    held, making = await pool.acquire(), asyncio.create_task(pool.acquire())
    await asyncio.sleep(0)
    closing = asyncio.create_task(pool.close())
    await asyncio.sleep(0.05)
    assert not closing.done()
    pool.give_back(held)
    made = await making
    with pytest.raises(asyncpg.InterfaceError, match="closing"):
        await pool.acquire()
    assert await pid(made)
    pool.give_back(made)
    await closing
    assert (held.is_closed(), made.is_closed()) == (True, True)


async def test_whoever_closes_is_told_when_the_last_connection_broke(pool: Pool) -> None:
    held = [await pool.acquire() for _ in range(SIZE)]
    waiting = [asyncio.create_task(pool.acquire()) for _ in held]
    await turns()
    closing = asyncio.create_task(pool.close())
    await turns()
    for connection in held:
        connection.terminate()
        pool.give_back(connection)
    async with asyncio.timeout(5):
        await asyncio.wait(waiting)
        await closing
    assert [type(one.exception()) for one in waiting] == [asyncpg.InterfaceError] * SIZE


async def test_a_change_of_organization_that_is_cancelled_is_made_again(postgres: PostgresServer) -> None:
    """Else the session may be set to one Organization while its connection says another: the second wall misleads."""
    one, other = uuid4(), uuid4()
    connection = await asyncpg.connect(postgres.url("postgres"), connection_class=Connection)
    try:
        for moment in range(40):
            await connection.belong(one)
            changing = asyncio.create_task(connection.belong(other))
            for _ in range(moment // 2):
                await asyncio.sleep(0)
            if moment % 2:
                await asyncio.sleep(0.0002 * moment)
            changing.cancel()
            await asyncio.wait({changing})
            for whom in (one, other):
                await connection.belong(whom)
                assert await connection.fetchval("SELECT current_setting('app.organization')") == str(whom)
    finally:
        await connection.close()


class Stranded(asyncpg.Connection):  # type: ignore[misc]  # asyncpg ships no types
    """The net may have forgotten it: whoever asks hears nothing, or the server never hears that it ended."""

    deaf = open_there = ended = False

    async def execute(self, *args: Any, **options: Any) -> Any:
        """Nothing comes."""
        if self.deaf:
            raise TimeoutError
        return await super().execute(*args, **options)

    def terminate(self) -> None:
        """Here; there it may go on."""
        self.ended = True
        if not self.open_there:
            super().terminate()

    def is_closed(self) -> bool:
        """As we see it."""
        return self.ended or bool(super().is_closed())


async def test_a_forgotten_session_is_ended_though_who_is_to_say_so_is_forgotten_too(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.database.postgres.pool.AGAIN_SECONDS", 0.01)
    pool = Pool(lambda: asyncpg.connect(postgres.url("postgres"), connection_class=Stranded), SIZE)
    lost, idle = await pool.acquire(), await pool.acquire()
    session = await pid(lost)
    lost.open_there = idle.deaf = True
    pool.give_back(idle)
    pool.abandon(lost)
    pool.give_back(lost)
    there = await asyncpg.connect(postgres.url("postgres"))
    async with asyncio.timeout(10):
        while await there.fetchval("SELECT 1 FROM pg_stat_activity WHERE pid = $1", session):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await there.close()
    await pool.close()
    lost.open_there = False
    lost.terminate()
