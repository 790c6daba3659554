"""Writes that wait for the next statement: nothing overtakes them, and what they fail by is told."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from adapters.database import DatabaseUnavailable, UniqueViolation
from adapters.database.postgres import burst
from models.errors import Refusal
from tests.dump import owner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.database import Transaction
    from adapters.database.postgres import PostgresDatabase
    from resolvers.ports import House
    from tests.factories.world import World

pytestmark = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
ADD = "INSERT INTO dispatch_call (id, organization_id, property_id, created_at) VALUES ($1, $2, $3, now())"
COUNT = "SELECT count(*) AS n FROM dispatch_call"
PID = "SELECT pg_backend_pid() AS pid"


class Desk:
    """Transactions of acme that add rows of a small table."""

    def __init__(self, database: PostgresDatabase, world: World) -> None:
        self.database = database
        self.organization = world.acme.keys["organization"]
        self._home = world.acme.keys["home"]

    def transaction(self) -> Any:
        return self.database.transaction(self.organization)

    async def add(self, tx: Transaction, key: UUID | None = None) -> None:
        await tx.write(ADD, key or uuid4(), self.organization, self._home)

    async def count(self) -> int:
        async with self.transaction() as tx:
            return int((await tx.fetch(COUNT))[0]["n"])

    async def pid(self) -> int:
        async with self.transaction() as tx:
            return int((await tx.fetch(PID))[0]["pid"])


@pytest.fixture
async def desk(house: House, world: World) -> AsyncIterator[Desk]:
    database: Any = house.database
    await database.connect()
    yield Desk(database, world)
    await database.close()


async def test_what_comes_next_sees_them_and_a_commit_keeps_them(desk: Desk) -> None:
    async with desk.transaction() as tx:
        for n in range(3):
            await desk.add(tx)
            await desk.add(tx)
            assert (await tx.fetch(COUNT))[0]["n"] == 2 * n + 2
        await desk.add(tx)
    assert await desk.count() == 7


async def test_more_than_may_wait_go_out(desk: Desk) -> None:
    async with desk.transaction() as tx:
        for _ in range(2 * burst.MOST_WAITING + 1):
            await desk.add(tx)
    assert await desk.count() == 2 * burst.MOST_WAITING + 1


async def test_a_failure_is_told_by_the_next_statement_or_the_end(desk: Desk) -> None:
    """It undoes everything, the connection stays, and the same statements work the next time."""
    pid, key = await desk.pid(), uuid4()

    async def twice(*, at_the_end: bool) -> None:
        async with desk.transaction() as tx:
            await desk.add(tx)
            await desk.add(tx, key)
            await desk.add(tx, key)
            await tx.write("SELECT $1::text", "behind the failure, so not prepared")
            if not at_the_end:
                await tx.fetch(COUNT)
                pytest.fail("it was told nothing")

    for at_the_end in (True, False, True):
        with pytest.raises(UniqueViolation):
            await twice(at_the_end=at_the_end)
        assert await desk.count() == 0
        async with desk.transaction() as tx:
            await tx.write("SELECT $1::text", "now it is")
            await desk.add(tx)
            await tx.fetch(COUNT)
            await tx.run("ROLLBACK")
            await tx.run("BEGIN")
        assert await desk.pid() == pid
    assert desk.database.use().open == 1


async def test_a_value_that_cannot_be_sent_is_refused_at_once(desk: Desk) -> None:
    async with desk.transaction() as tx:
        await desk.add(tx)
        for value, refused in ((object(), TypeError), ("\ud800", UnicodeEncodeError)):
            with pytest.raises(refused):
                await tx.write("SELECT $1::text", value)
        await tx.run("ROLLBACK")
        await tx.run("BEGIN")
    assert await desk.count() == 0


async def test_a_savepoint_takes_back_what_waits(desk: Desk) -> None:
    async with desk.transaction() as tx:
        await desk.add(tx)
        await tx.run("SAVEPOINT inside")
        await desk.add(tx)
        await tx.run("ROLLBACK TO inside")
        await desk.add(tx)
    assert await desk.count() == 2


async def test_who_is_cancelled_while_they_wait_for_a_lock_leaves_nothing(desk: Desk) -> None:
    key, outside = uuid4(), copy_context()
    async with desk.transaction() as holder:
        await desk.add(holder, key)
        await holder.fetch(COUNT)

        async def second() -> None:
            async with desk.transaction() as tx:
                await desk.add(tx)
                await desk.add(tx, key)  # waits for the holder
                await tx.fetch(COUNT)

        waiting = asyncio.create_task(second(), context=outside)
        await asyncio.sleep(0.2)
        waiting.cancel()
        await asyncio.wait({waiting}, timeout=5)
        assert waiting.cancelled()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*(desk.count() for _ in range(12))) == [1] * 12
    assert desk.database.use().busy == 0


async def test_a_statement_out_of_time_is_told_so(desk: Desk) -> None:
    async def slow() -> None:
        async with desk.transaction() as tx:
            await tx.run("SET LOCAL statement_timeout = '50ms'")
            await tx.write("SELECT pg_sleep($1::float8)", 5.0)
            await desk.add(tx)

    with pytest.raises(Refusal, match="TIMEOUT"):
        await slow()
    assert await desk.count() == 0


async def test_a_connection_that_is_lost_is_told(desk: Desk, house: House) -> None:
    async def lost() -> None:
        async with desk.transaction() as tx:
            pid = (await tx.fetch(PID))[0]["pid"]
            await desk.add(tx)
            await tx.write("SELECT pg_sleep($1::float8)", 0.5)
            late = asyncio.create_task(tx.fetch(COUNT))
            await asyncio.sleep(0.1)
            await owner(house, f"SELECT pg_terminate_backend({pid})")
            await late

    with pytest.raises(DatabaseUnavailable):
        await lost()
    assert await desk.count() == 0
