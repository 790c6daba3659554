"""The database port under cancellation: nothing is lost, nobody waits for ever."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper

from adapters.database import DatabaseUnavailable, Row
from adapters.database.postgres import client

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from resolvers.ports import House
    from tests.factories.world import World

ROUNDS = 60


async def test_cancelled_transactions_give_everything_back(app: Starlette, house: House, world: World) -> None:
    """More cancelled transactions than the pool has connections, at every stage of their life; then one that works."""
    organization = world.acme.keys["organization"]

    async def write() -> int:
        async with house.database.transaction(organization) as tx:
            return len(await tx.fetch("SELECT 1 AS one"))

    for round_ in range(ROUNDS):
        task = asyncio.create_task(write())
        for _ in range(round_ % 12):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    async with asyncio.timeout(5):
        assert await asyncio.gather(*(write() for _ in range(12))) == [1] * 12


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_begin_that_was_cancelled_leaves_nobody_inside(
    house: House, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled when it had begun: nobody finds the open transaction again."""
    begin, begun = TransactionWrapper.begin, asyncio.Event()

    async def slow(self: TransactionWrapper) -> None:
        await begin(self)
        begun.set()
        await asyncio.Event().wait()

    async def write() -> list[Row]:
        async with house.database.transaction(world.acme.keys["organization"]) as tx:
            return list(await tx.fetch("SELECT pg_current_xact_id_if_assigned() IS NULL AS clean"))

    await house.database.connect()
    with monkeypatch.context() as patch:
        patch.setattr(TransactionWrapper, "begin", slow)
        cancelled = asyncio.create_task(write())
        await begun.wait()
        cancelled.cancel()
        await asyncio.wait({cancelled})
    assert house.database.use().open == 0
    assert (await write())[0]["clean"]
    await house.database.close()


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_a_commit_that_was_stopped_leaves_nobody_inside(
    house: House, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server stops a COMMIT like any statement: its transaction is open then, aborted, and holds its locks."""
    execute, committing = client.Connection.execute, asyncio.Event()

    async def slow(self: client.Connection, query: str, *args: object) -> object:
        if query != "COMMIT;":
            return await execute(self, query, *args)
        committing.set()
        return await execute(self, "SELECT pg_sleep(30)")

    async def write() -> list[Row]:
        async with house.database.transaction(world.acme.keys["organization"]) as tx:
            return list(
                await tx.fetch("SELECT pg_advisory_xact_lock(8), pg_current_xact_id_if_assigned() IS NULL AS clean")
            )

    await house.database.connect()
    for cancels in (1, 2):  # the second one comes while the first is seen to
        with monkeypatch.context() as patch:
            patch.setattr(client.Connection, "execute", slow)
            committing.clear()
            cancelled = asyncio.create_task(write())
            await committing.wait()
            await asyncio.sleep(0.05)
            for _ in range(cancels):
                cancelled.cancel()
                await asyncio.sleep(0)
            await asyncio.wait({cancelled})
        async with asyncio.timeout(5):
            assert [rows[0]["clean"] for rows in await asyncio.gather(*(write() for _ in range(12)))] == [True] * 12
    assert house.database.use().busy == 0
    await house.database.close()


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_who_is_cancelled_twice_gives_the_connection_back(house: House, world: World) -> None:
    """Once in a statement, once while that statement is being stopped."""

    async def write(sql: str) -> list[Row]:
        async with house.database.transaction(world.acme.keys["organization"]) as tx:
            return list(await tx.fetch(sql))

    await house.database.connect()
    for _ in range(12):
        cancelled = asyncio.create_task(write("SELECT pg_sleep(30)"))
        await asyncio.sleep(0.02)
        while not cancelled.done():
            cancelled.cancel()
            await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert len(await asyncio.gather(*(write("SELECT 1") for _ in range(12)))) == 12
    assert house.database.use().busy == 0
    await house.database.close()


@pytest.mark.parametrize("backend", ["sqlite"])  # where one thread runs all that is written
async def test_a_begin_that_was_cancelled_while_it_waited_spoils_no_other(house: House, world: World) -> None:
    async def write() -> int:
        async with house.database.transaction(world.acme.keys["organization"]) as tx:
            return len(await tx.fetch("SELECT 1 AS one"))

    async def as_far_as_it_comes(task: asyncio.Task[int]) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        assert not task.done()

    await house.database.connect()
    try:
        with closing(sqlite3.connect(house.settings.sqlite_path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            cancelled = asyncio.create_task(write())
            await as_far_as_it_comes(cancelled)
            cancelled.cancel()
            await asyncio.wait({cancelled})
            second = asyncio.create_task(write())
            await as_far_as_it_comes(second)
            other.execute("ROLLBACK")
        assert await second == 1
    finally:
        await house.database.close()


async def test_cancelled_reads_give_their_connection_back(app: Starlette, house: House, world: World) -> None:
    organization = world.acme.keys["organization"]
    for round_ in range(ROUNDS):
        task = asyncio.create_task(house.database.fetch("SELECT id FROM property", [], organization))
        for _ in range(round_ % 8):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task})
    async with asyncio.timeout(5):
        rows = await asyncio.gather(
            *(house.database.fetch("SELECT id FROM property", [], organization) for _ in range(12))
        )
    assert all(len(found) >= 2 for found in rows)


async def test_wrong_sql_is_a_bug_and_not_an_outage(app: Starlette, house: House, world: World) -> None:
    with pytest.raises(Exception, match="nowhere") as caught:
        await house.database.fetch("SELECT id FROM nowhere", [], world.acme.keys["organization"])
    assert not isinstance(caught.value, DatabaseUnavailable)
