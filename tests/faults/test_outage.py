"""Promises 9 and 10: Redis, PostgreSQL, and the net between them and us, fail while people work and screens follow.

Two workers reach both through proxies. PostgreSQL writes what it commits to its log at once here (synchronous_commit),
so that a kill -9 of it loses nothing that was acknowledged.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.faults import FULL
from tests.faults.conftest import LONG, Deployment
from tests.faults.proxy import Proxy
from tests.faults.storm import Storm
from tests.servers.product import Product
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Template
    from tests.servers.postgres import PostgresServer

pytestmark = [
    pytest.mark.faults,
    pytest.mark.servers,
    pytest.mark.postgres,
    pytest.mark.timeout(1_800 if FULL else 120),
]

ROUNDS = 5 if FULL else 1
AWAY_SECONDS = 60.0 if FULL else 1.5
STATEMENT_SECONDS = 5.0 if FULL else 1.0
BACK_SECONDS = 5.0
HANGS_SECONDS = 15.0
NET_SECONDS = 6.0 if FULL else 0.7
DELAY_SECONDS = 0.2


@dataclass(frozen=True)
class Net:
    """The product, and what it reaches through which proxy."""

    deployment: Deployment
    postgres: PostgresServer
    redis: RedisServer
    to_postgres: Proxy
    to_redis: Proxy


@pytest.fixture(scope="module")
def net(
    postgres: PostgresServer, postgres_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Net]:
    """One for all tests of this file: each leaves it as it found it."""
    name = postgres.create_database(Path(postgres_template.settings.database_admin_url or "").name)
    postgres.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    url = urlsplit(postgres_template.settings.database_url)._replace(path=f"/{name}")
    settings = replace(postgres_template.settings, database_url=url.geturl(), database_admin_url=postgres.url(name))
    with (
        RedisServer() as redis,
        Proxy(lambda: url.port or 5432) as to_postgres,
        Proxy(lambda: urlsplit(redis.url).port or 6379) as to_redis,
    ):
        options = {
            "DATABASE_URL": url._replace(netloc=url.netloc.replace(f":{url.port}", f":{to_postgres.port}")).geturl(),
            "BROKER_URL": redis.url.replace(f":{urlsplit(redis.url).port}", f":{to_redis.port}"),
            "LIMIT_STATEMENT_SECONDS": str(STATEMENT_SECONDS),
            "WORKERS": "2",
        }
        with Product(tmp_path_factory.mktemp("net"), **options, **LONG) as product:
            yield Net(
                Deployment(product, postgres_template.world, settings, redis), postgres, redis, to_postgres, to_redis
            )
    postgres.drop_database(name)


@pytest.mark.promise(9)
async def test_redis_is_away(net: Net, reached: Callable[..., None]) -> None:
    storm = await asyncio.to_thread(Storm, net.deployment)

    async def weather() -> None:
        for _ in range(ROUNDS):
            await storm.calm()
            await asyncio.to_thread(net.redis.kill)
            await storm.calm(AWAY_SECONDS)
            await asyncio.to_thread(net.redis.start)
            await storm.calm()
            await asyncio.to_thread(net.redis.flush)
            await storm.calm()
            await asyncio.to_thread(net.redis.restart)
            await storm.calm()
            net.to_redis.stop()
            await storm.calm(AWAY_SECONDS)
            net.to_redis.go()
        await storm.calm()

    logged = await storm.blow(weather)
    told = storm.told
    assert told.refused == [], "nobody needs Redis to write or to read"
    assert storm.latency() <= BACK_SECONDS, "the slow look finds what does not ring"
    reached(
        f"{ROUNDS} times killed and away for {AWAY_SECONDS:g} s, flushed, restarted, cut off for {AWAY_SECONDS:g} s:"
        f" {told.answered} calls, none refused, the slowest {told.slowest:.1f} s; {len(logged)} events to"
        f" {len(storm.subscribers)} subscribers, 0 lost, 0 doubled, the latest {storm.latency():.1f} s after its write",
        count=len(logged),
    )


@pytest.mark.promise(10)
async def test_postgres_is_away(net: Net, reached: Callable[..., None]) -> None:
    storm = await asyncio.to_thread(Storm, net.deployment)
    back: list[tuple[float, float]] = []

    async def again() -> None:
        """It is back: from here on five seconds count."""
        at = time.monotonic()
        await storm.calm(0.0)
        back.append((at, time.monotonic() - at))

    async def weather() -> None:
        for _ in range(ROUNDS):
            await storm.calm()
            await asyncio.to_thread(net.postgres.kill)
            await asyncio.sleep(0.3)
            await asyncio.to_thread(net.postgres.start)
            await again()
            await asyncio.to_thread(net.postgres.restart)
            await again()
            net.to_postgres.refuse()
            await asyncio.sleep(AWAY_SECONDS / 3)
            net.to_postgres.accept()
            await again()
            net.to_postgres.stop()
            await asyncio.sleep(max(AWAY_SECONDS / 3, 2 * STATEMENT_SECONDS))
            net.to_postgres.go()
            await again()
            net.to_postgres.strand()
            await again()

    logged = await storm.blow(weather, readers=6)
    told = storm.told
    print(back, len(told.refused), told.answered, told.slowest_refusal(), told.slowest)
    assert told.refused, "no fault met a call: the harness is blunt"
    assert max(seconds for _, seconds in back) <= BACK_SECONDS, back
    assert told.slowest_refusal() <= max(STATEMENT_SECONDS, 2.0), "an outage is said at once"
    assert told.slowest <= HANGS_SECONDS
    assert all(any(asked <= at for asked, _, _ in told.refused) for at, _ in back)
    reached(
        f"{ROUNDS} times killed, restarted, refused, cut off, forgotten: {len(told.refused)} of"
        f" {told.answered + len(told.refused)} calls refused, the slowest after {told.slowest_refusal():.1f} s; no call took"
        f" more than {told.slowest:.1f} s; back after {max(seconds for _, seconds in back):.1f} s;"
        f" {len(logged)} acknowledged writes: 0 lost, each event exactly once",
        count=len(logged),
    )


@pytest.mark.promise(10)
async def test_the_net_fails(net: Net, reached: Callable[..., None]) -> None:
    storm = await asyncio.to_thread(Storm, net.deployment)

    async def weather() -> None:
        for _ in range(ROUNDS):
            for proxy in (net.to_postgres, net.to_redis):
                for fault in (proxy.drop, proxy.half_close):
                    await storm.calm()
                    fault()
                await storm.calm()
                proxy.delay = DELAY_SECONDS
                await storm.calm(NET_SECONDS)
                proxy.delay = 0.0
                await storm.calm()
                proxy.flap()
                await asyncio.sleep(NET_SECONDS)
                proxy.steady()
        await storm.calm()

    logged = await storm.blow(weather)
    told = storm.told
    assert told.refused, "no fault met a call: the harness is blunt"
    assert told.slowest <= HANGS_SECONDS
    reached(
        f"{ROUNDS} times dropped, half closed, delayed by {DELAY_SECONDS * 1000:.0f} ms, flapping, to each of both:"
        f" {len(told.refused)} of {told.answered + len(told.refused)} calls refused, by no code but an outage's;"
        f" {len(logged)} events, 0 lost, 0 doubled",
        count=len(logged),
    )
