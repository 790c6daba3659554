"""PostgreSQL falls silent: nothing waits longer than a statement may take, and no dead connection is lent again."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from adapters.database import DatabaseUnavailable, make_database
from adapters.database.postgres import PostgresDatabase
from adapters.database.postgres.pipeline import WIRES
from models.errors import Refusal
from tests.faults.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from adapters.settings import Settings
    from tests.factories.world import World

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.parametrize("backend", ["postgres"])]

STATEMENT_SECONDS = 1.0
SLACK_SECONDS = 2.0  # of a busy machine
MANY = 30  # more than the pool has
# PostgreSQL counts no time for a session whose client fell silent in the middle of a message: so this one.
LEFT_ALONE = "SELECT set_config('idle_in_transaction_session_timeout', '0', true)"
PAGE = "SELECT pg_sleep(0.002)::text"  # long enough that a batch holds one


@pytest.fixture
def proxy(settings: Settings) -> Proxy:
    """Before PostgreSQL."""
    port = urlsplit(settings.database_url).port or 5432
    return Proxy(lambda: port)


@pytest.fixture
async def database(settings: Settings, proxy: Proxy) -> AsyncIterator[PostgresDatabase]:
    """The product's, behind the proxy; its pool is full of connections that were used."""
    url = urlsplit(settings.database_url)
    with proxy:
        away = url._replace(netloc=url.netloc.replace(f":{url.port}", f":{proxy.port}")).geturl()
        limits = replace(settings.limits, statement_seconds=STATEMENT_SECONDS)
        found = make_database(replace(settings, database_url=away, limits=limits))
        await found.connect()
        assert isinstance(found, PostgresDatabase)
        await asyncio.gather(*(found.call("event_heads", []) for _ in range(MANY)))
        yield found
        await found.close()


async def read(database: PostgresDatabase) -> float:
    """Seconds until it is refused."""
    begun = time.monotonic()
    with pytest.raises(DatabaseUnavailable):
        await call(database)
    return time.monotonic() - begun


async def call(database: PostgresDatabase) -> None:
    """On a connection of the pool."""
    await database.call("event_heads", [])


async def page(database: PostgresDatabase) -> None:
    """Over a wire, once it is known to be short."""
    await database.written(PAGE, [], uuid4())


async def write(database: PostgresDatabase, world: World) -> float:
    """The same of a verb."""
    begun = time.monotonic()
    organization, home = world.acme.keys["organization"], world.acme.keys["home"]
    with pytest.raises(DatabaseUnavailable):
        async with database.transaction(organization) as tx:
            await database.append_events(tx, home, organization, [event(world)])
    return time.monotonic() - begun


def event(world: World) -> dict[str, object]:
    """One for the log."""
    at = "2026-11-22 10:00:00+00:00"
    subject = str(world.acme.keys["home"])
    return {"type": "t", "version": 1, "subject_id": subject, "occurred_at": at, "audience": {}, "data": {}}


async def test_who_asks_a_silent_server_is_told_in_time(database: PostgresDatabase, proxy: Proxy, world: World) -> None:
    proxy.stop()
    seconds = await asyncio.gather(*(read(database) for _ in range(MANY)), *(write(database, world) for _ in range(3)))
    assert max(seconds) <= STATEMENT_SECONDS + SLACK_SECONDS, "also for those who waited for a connection"
    proxy.go()
    await database.call("event_heads", [])


async def test_connections_that_were_forgotten_are_not_lent_again_and_hold_no_lock(
    database: PostgresDatabase, proxy: Proxy, world: World
) -> None:
    proxy.strand()
    begun = time.monotonic()
    assert await read(database) <= STATEMENT_SECONDS + SLACK_SECONDS
    await asyncio.gather(*(database.call("event_heads", []) for _ in range(MANY)))  # one told for all
    assert time.monotonic() - begun <= STATEMENT_SECONDS + SLACK_SECONDS

    organization, home = world.acme.keys["organization"], world.acme.keys["home"]

    async def lose() -> None:
        async with database.transaction(organization) as tx:
            await database.append_events(tx, home, organization, [event(world)])  # the stream's row is locked now
            proxy.strand()
            await tx.fetch("SELECT 1")

    with pytest.raises(DatabaseUnavailable):
        await lose()
    async with asyncio.timeout(3 * STATEMENT_SECONDS + SLACK_SECONDS):
        while True:
            try:
                async with database.transaction(organization) as tx:
                    position = await database.append_events(tx, home, organization, [event(world)])
            except (DatabaseUnavailable, Refusal):
                continue
            break
    assert position == 1, "what was not committed left no gap"


@pytest.mark.parametrize("first", [call, page])
async def test_one_who_waited_for_a_forgotten_connection_has_waited_for_all(
    database: PostgresDatabase, proxy: Proxy, first: Callable[[PostgresDatabase], Awaitable[None]]
) -> None:
    """Wires are connections that the pool does not see lying idle."""
    await page(database)  # it is short
    while database._pipeline.use()[0] < WIRES:
        await asyncio.gather(*(page(database) for _ in range(MANY)))
    proxy.strand()
    with pytest.raises(DatabaseUnavailable):
        await first(database)
    begun = time.monotonic()
    for _ in range(WIRES):
        await page(database)
        await call(database)
    assert time.monotonic() - begun < STATEMENT_SECONDS


async def test_a_lock_of_a_forgotten_connection_is_given_up_though_others_are_at_hand(
    database: PostgresDatabase, proxy: Proxy, world: World
) -> None:
    """Nobody needs a new connection by then: those that are free were made since, and busy when it was told."""
    organization, home = world.acme.keys["organization"], world.acme.keys["home"]
    locked, late = asyncio.Event(), asyncio.Event()

    async def lose() -> None:
        async with database.transaction(organization) as tx:
            await tx.fetch(LEFT_ALONE)
            await database.append_events(tx, home, organization, [event(world)])  # the stream's row is locked now
            locked.set()
            await late.wait()
            await tx.fetch("SELECT 1")

    losing = asyncio.create_task(lose())
    await locked.wait()
    proxy.strand()
    reading = asyncio.create_task(read(database))
    await asyncio.sleep(0.6 * STATEMENT_SECONDS)
    late.set()
    await reading

    async def nap() -> None:
        async with database.transaction(organization) as tx:
            await tx.fetch("SELECT pg_sleep($1)", 0.8 * STATEMENT_SECONDS)

    busy = [asyncio.create_task(nap()) for _ in range(2)]
    with pytest.raises(DatabaseUnavailable):
        await losing
    await asyncio.gather(*busy)
    async with asyncio.timeout(SLACK_SECONDS), database.transaction(organization) as tx:
        assert await database.append_events(tx, home, organization, [event(world)]) == 1
