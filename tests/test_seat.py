"""Sockets and event streams of a user, counted over processes: through a Redis that is slow, killed or flushed too."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from redis.asyncio import Redis

from adapters.seat import LocalSeats, SharedSeats
from adapters.settings import Limits, Settings
from tests.live.sse import listen
from tests.live.talk import ACCESS, until
from tests.live.websocket import talk
from tests.servers.process import HOST
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.conftest import Live

SECONDS = 20.0


@pytest.fixture(scope="module")
def ours() -> Iterator[RedisServer]:
    """One of our own, to be killed."""
    with RedisServer() as server:
        yield server


@asynccontextmanager
async def processes(url: str, **limits: Any) -> AsyncIterator[list[SharedSeats]]:
    """Two that share what a user may have."""
    settings = Settings(broker_url=url, workers=2, limits=Limits(**{"ws_process_seconds": 30.0, **limits}))
    both = [SharedSeats(settings, LocalSeats(settings.limits.ws_sockets_per_user, 2)) for _ in range(2)]
    try:
        yield both
    finally:
        for one in both:
            await one.close()


async def take(seats: SharedSeats, user: str, count: int) -> int:
    """How many of `count` at once were granted."""
    return sum(await asyncio.gather(*(seats.take(user) for _ in range(count))))


async def granted_after_all(seats: SharedSeats, user: str, count: int) -> None:
    """Wait until `count` are granted in all, one after the other."""
    async with asyncio.timeout(SECONDS):
        while count:
            count -= await seats.take(user)


async def test_ten_in_all_and_what_is_given_back_is_free(ours: RedisServer) -> None:
    async with processes(ours.url) as (one, two):
        granted = await asyncio.gather(take(one, "a", 8), take(two, "a", 8), take(two, "b", 11))
        assert (granted[0] + granted[1], granted[2]) == (10, 10)
        assert [await one.take("a"), await two.take("a")] == [False, False]
        one.leave("a")
        assert await one.take("a"), "what the same process gave back, it knows"
        one.leave("a")
        await granted_after_all(two, "a", 1)
        assert not await one.take("a")
        leaving = asyncio.create_task(two.take("c"))
        await asyncio.sleep(0)
        leaving.cancel()  # the client is gone before it was counted
        await granted_after_all(one, "c", 10)
        assert not await two.take("c")
        await one.close()
        assert await take(two, "c", 11) == 10, "a process that stops gives all back at once"


async def test_a_crowd_is_a_few_round_trips_and_a_slow_redis_refuses_nobody(
    ours: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with behind(ours.url, 0.1) as url, processes(url) as (one, _):
        trips, script = [], one._script

        async def counted(*arguments: Any) -> Any:
            trips.append(arguments)
            return await script(*arguments)

        one._script = counted  # type: ignore[assignment]
        assert all(await asyncio.gather(*(one.take(f"crowd{n}") for n in range(1_500))))
        assert len(trips) <= 1_500 / 500 + 2
        one._script = script
    assert [record.message for record in caplog.records if record.name == "wuye.seat"] == []


async def test_without_redis_each_process_enforces_its_share_and_later_tells_what_it_holds(
    ours: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with processes(ours.url, ws_process_seconds=4.0) as (one, two):
        assert [await take(one, "a", 3), await take(two, "b", 9)] == [3, 9]
        ours.kill()
        assert [await take(one, "a", 9), await take(two, "a", 9)] == [2, 5], "five each, with what they hold"
        assert [await two.take("b"), await one.take("b")] == [False, True]
        assert len([record for record in caplog.records if record.name == "wuye.seat"]) == 2, "each says it once"
        ours.start()
        await told(ours, one, a=5, b=1)
        await told(ours, two, a=5, b=9)
        assert [await one.take("a"), await two.take("a"), await one.take("b")] == [False] * 3
        ours.flush()
        await told(ours, one, a=5, b=1)
        await told(ours, two, a=5, b=9)


async def told(ours: RedisServer, seats: SharedSeats, **held: int) -> None:
    """Wait until Redis knows what a process holds; nobody asks for more meanwhile."""
    async with asyncio.timeout(SECONDS), Redis.from_url(ours.url) as client:
        for user, count in held.items():
            field = (f"{seats._space}.{user}", seats._process)
            while await client.hget(*field) != str(count).encode():  # noqa: ASYNC110 - Redis rings no bell
                await asyncio.sleep(0.02)


async def test_a_busy_loop_is_not_a_redis_that_is_away(ours: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with processes(ours.url, ws_count_seconds=0.6) as (one, _):
        await one.take("before")
        taking = asyncio.create_task(one.take("a"))
        await asyncio.sleep(0.001)
        time.sleep(0.8)  # noqa: ASYNC251 - the answer is there long before we look
        assert await taking
        assert [record.message for record in caplog.records if record.name == "wuye.seat"] == []
        os.kill(ours.pid, signal.SIGSTOP)
        try:
            assert await take(one, "b", 9) == 5, "its share"
        finally:
            os.kill(ours.pid, signal.SIGCONT)
        (told,) = [record.message for record in caplog.records if record.name == "wuye.seat"]
        assert "each process enforces its share" in told


@asynccontextmanager
async def behind(url: str, seconds: float) -> AsyncIterator[str]:
    """Another address of `url`, where each answer is so late."""
    port = int(url.rpartition(":")[2].partition("/")[0])
    pipes: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float) -> None:
        while data := await reader.read(2**20):
            await asyncio.sleep(wait)
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(HOST, port)
        for pipe in (pump(reader, far_writer, 0), pump(far_reader, writer, seconds)):
            pipes.add(asyncio.create_task(pipe))

    server = await asyncio.start_server(serve, HOST, 0)
    async with server:
        yield f"redis://{HOST}:{server.sockets[0].getsockname()[1]}/0"
    await asyncio.gather(*pipes)


@pytest.fixture
def limits() -> Limits:
    """Few."""
    return Limits(ws_sockets_per_user=2, ws_sockets=3)


async def test_event_streams_are_counted_with_sockets(live: Live) -> None:
    tenant = live.client.world.acme
    http, home = live.client.http, tenant.id("home")

    def stream(who: str) -> Any:
        return listen(http, ACCESS, tenant.token(who), property=home)

    async with talk(live.websocket_url, tenant.token("control")), stream("control"):
        async with stream("control") as refused:
            (error,) = (await refused.response.aread()) and refused.response.json()["errors"]
            assert (refused.response.status_code, refused.response.headers["retry-after"]) == (429, "10")
            assert error["extensions"] == {"code": "SUBSCRIPTION_LIMIT", "retryAfter": 10}
        async with stream("manager") as third, stream("manager") as fourth:
            assert third.response.status_code == 200
            assert (fourth.response.status_code, fourth.response.headers["retry-after"]) == (503, "5"), "a full process"
    async with asyncio.timeout(SECONDS):  # the server hears of a closed connection a moment later
        while True:
            async with stream("control") as again, stream("control") as beside:
                if (again.response.status_code, beside.response.status_code) == (200, 200):
                    break


async def test_streams_that_come_at_once_do_not_overfill_a_process(live: Live) -> None:
    tenant = live.client.world.acme
    async with AsyncExitStack() as stack:
        streams = [
            listen(live.client.http, ACCESS, tenant.token(who), property=tenant.id("home"))
            for who in ("control", "manager", "resident", "neighbour", "control")
        ]
        opened = await asyncio.gather(*map(stack.enter_async_context, streams))
        assert sorted(one.response.status_code for one in opened) == [200, 200, 200, 503, 503]
        await until(live, lambda status: status.sse_streams == 3)
    await until(live, lambda status: status.sse_streams == 0)
