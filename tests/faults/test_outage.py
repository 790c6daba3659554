"""Promises 9 and 10: Redis, PostgreSQL, and the net between them and us, fail while people work and screens follow.

Two workers reach both through proxies. PostgreSQL writes what it commits to its log at once here (synchronous_commit),
so that a kill -9 of it loses nothing that was acknowledged.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.faults import FULL
from tests.faults.bustle import Bustle
from tests.faults.conftest import LONG, MANY, Deployment
from tests.faults.proxy import Proxy
from tests.servers.product import ROOT, Product
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.conftest import Template
    from tests.servers.postgres import PostgresServer

pytestmark = [
    pytest.mark.faults,
    pytest.mark.servers,
    pytest.mark.postgres,
    pytest.mark.timeout(1_800 if FULL else 120),
]

ROUNDS = 3 if FULL else 1
AWAY_SECONDS = 60.0 if FULL else 1.0
STATEMENT_SECONDS = 5.0 if FULL else 1.5
BACK_SECONDS = 5.0
ERROR_SECONDS = 5.0
HANGS_SECONDS = 15.0
NET_SECONDS = 6.0 if FULL else 0.7
DELAY_SECONDS = 0.2 if FULL else 0.05  # each way; a first statement takes several round trips of its time
STEP_SECONDS = 600
SET_BACK = "the clock was set by -"
SAID_SECONDS = 30
WATCH = """# `sitecustomize` of the product: its clock is ahead of the true one by the seconds that the file says.
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from adapters import clock

true, ahead = time.time, Path(os.environ["CLOCK_AHEAD"])
time.time = lambda: true() + float(ahead.read_text())
clock.SystemClock.now = lambda self: datetime.fromtimestamp(time.time(), UTC)
"""


@dataclass(frozen=True)
class Net:
    """The product, and what it reaches through which proxy."""

    deployment: Deployment
    postgres: PostgresServer
    redis: RedisServer
    to_postgres: Proxy
    to_redis: Proxy
    ahead: Path
    """How many seconds the product's clock is ahead."""


@pytest.fixture(scope="module")
def net(
    postgres: PostgresServer, postgres_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Net]:
    """One for all tests of this file: each leaves it as it found it."""
    name = postgres.create_database(Path(postgres_template.settings.database_admin_url or "").name)
    postgres.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    url = urlsplit(postgres_template.settings.database_url)._replace(path=f"/{name}")
    settings = replace(postgres_template.settings, database_url=url.geturl(), database_admin_url=postgres.url(name))
    folder = tmp_path_factory.mktemp("net")
    (folder / "sitecustomize.py").write_text(WATCH)
    ahead = folder / "ahead"
    ahead.write_text("0")
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
            "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
            "CLOCK_AHEAD": str(ahead),
        }
        with Product(folder, **options, **LONG, **MANY) as product:
            deployment = Deployment(product, postgres_template.world, settings, redis)
            yield Net(deployment, postgres, redis, to_postgres, to_redis, ahead)
    postgres.drop_database(name)


@pytest.mark.promise(9)
async def test_redis_is_away(net: Net, reached: Callable[..., None]) -> None:
    storm = await asyncio.to_thread(Bustle, net.deployment)

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


async def break_postgres(
    net: Net, fault: Callable[[Callable[[], None]], None], again: Callable[..., Awaitable[None]]
) -> None:
    """Each way to be away, once."""
    await asyncio.to_thread(fault, net.postgres.kill)
    await asyncio.to_thread(net.postgres.start)
    await again()
    fault(net.to_postgres.stop)
    await asyncio.sleep(1.3 * STATEMENT_SECONDS)
    net.to_postgres.go()
    await again()
    fault(net.to_postgres.strand)
    await again(STATEMENT_SECONDS)
    if FULL:
        await asyncio.to_thread(fault, net.postgres.restart)
        await again()
        fault(net.to_postgres.refuse)
        await asyncio.sleep(AWAY_SECONDS / 3)
        net.to_postgres.accept()
        await again()


@pytest.mark.promise(10)
async def test_postgres_is_away(net: Net, reached: Callable[..., None]) -> None:
    storm = await asyncio.to_thread(Bustle, net.deployment)
    back: list[tuple[float, float]] = []

    async def again(silent: float = 0.0) -> None:
        """It is back: from here on five seconds count, or from when its silence is noticed."""
        at = time.monotonic()
        storm.note("back")
        await storm.calm(0.0)
        storm.note("calm")
        back.append((at, time.monotonic() - at - silent))

    def fault(cause: Callable[[], None]) -> None:
        storm.told.fault_at = time.monotonic()
        cause()

    async def weather() -> None:
        for _ in range(ROUNDS):
            await storm.calm()
            await break_postgres(net, fault, again)

    logged = await storm.blow(weather, readers=6)
    told = storm.told
    assert told.refused, "no fault met a call: the harness is blunt"
    assert max(seconds for _, seconds in back) <= BACK_SECONDS, back
    assert told.slowest_refusal() <= ERROR_SECONDS, "an outage is said at once"
    assert told.slowest <= HANGS_SECONDS
    assert all(any(asked <= at for asked, _, _ in told.refused) for at, _ in back)
    reached(
        f"{ROUNDS} times killed, cut off, its connections forgotten, restarted, away for {AWAY_SECONDS / 3:g} s:"
        f" {len(told.refused)} of {told.answered + len(told.refused)} calls refused, the slowest after"
        f" {told.slowest_refusal():.1f} s; no call took more than {told.slowest:.1f} s; back after"
        f" {max(seconds for _, seconds in back):.1f} s;"
        f" {len(logged)} acknowledged writes: 0 lost, each event exactly once",
        count=len(logged),
    )


@pytest.mark.promise(10)
async def test_the_net_fails(net: Net, reached: Callable[..., None]) -> None:
    storm = await asyncio.to_thread(Bustle, net.deployment)

    async def weather() -> None:
        both = [net.to_postgres, net.to_redis]
        for proxies in ROUNDS * ([[proxy] for proxy in both] if FULL else [both]):
            for fault in (Proxy.drop, Proxy.half_close):
                await storm.calm(0.0)
                for proxy in proxies:
                    fault(proxy)
            await storm.calm(0.0)
            for proxy in proxies:
                proxy.delay = DELAY_SECONDS
            await storm.calm(NET_SECONDS)
            for proxy in proxies:
                proxy.delay = 0.0
                proxy.flap()
            await asyncio.sleep(NET_SECONDS)
            for proxy in proxies:
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


async def said(product: Product, words: str) -> None:
    """Return when the product's log has it: that it saw a step, for one."""
    async with asyncio.timeout(SAID_SECONDS):
        while words not in product.output():  # noqa: ASYNC110 - a log of another process has no event
            await asyncio.sleep(0.1)


@pytest.mark.promise(12)
async def test_the_clock_is_set(net: Net, reached: Callable[..., None]) -> None:
    storm = await asyncio.to_thread(Bustle, net.deployment)
    steps = [STEP_SECONDS, 0, -STEP_SECONDS, 0] * ROUNDS

    async def weather() -> None:
        for ahead in steps:
            await storm.calm()
            new = net.ahead.with_suffix(".new")
            new.write_text(str(ahead))
            new.replace(net.ahead)  # at once: the product reads it all the time
            if ahead < 0:
                await said(net.deployment.product, SET_BACK)
            for subscriber in storm.subscribers[:2]:
                subscriber.leave()  # and come back by cursor
        await storm.calm()

    logged = await storm.blow(weather)
    told = storm.told
    assert told.refused == []
    assert storm.latency() <= BACK_SECONDS
    assert all(one.returns == 0 for one in storm.subscribers[2:]), "no session ended, no heartbeat was missed"
    assert all(one.returns > 0 for one in storm.subscribers[:2])
    reached(
        f"{len(steps)} steps of 10 min while {told.answered} calls were answered: {len(logged)} events in order, each"
        f" exactly once, the latest {storm.latency():.1f} s after its write, also over cursors of before a step; no"
        " session and no stream ended",
        count=len(logged),
    )
