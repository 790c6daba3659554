"""The doorbell: who hears a ring, what a restart of Redis costs, and that a verb never waits for it."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from broadcaster import Broadcast
from redis import asyncio as redis_client

from adapters.broker import CHANNEL, DoorbellBroker, RedisDoorbell, server
from tests.faults.proxy import Proxy
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterator

SECONDS = 15.0


@pytest.fixture
def bell() -> Iterator[RedisServer]:
    """A Redis of our own, which may be killed."""
    with RedisServer() as server:
        yield server


class Ear:
    """One listener; `heard` in order, None for "anything may have rung"."""

    def __init__(self, broker: DoorbellBroker) -> None:
        self.broker = broker
        self.heard: list[UUID | None] = []
        self._news = asyncio.Event()

    async def listen(self) -> None:
        """For ever."""
        async for stream in self.broker.listen():
            self.heard.append(stream)
            self._news.set()

    async def wait_for(self, stream: UUID | None, times: int = 1) -> None:
        """Until it was heard so often."""
        async with asyncio.timeout(SECONDS):
            while self.heard.count(stream) < times:
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def listening(*urls: str) -> AsyncIterator[list[Ear]]:
    """A broker and a listener for each url, as in as many processes; Redis has accepted each."""
    ears = [Ear(DoorbellBroker(url)) for url in urls]
    for ear in ears:
        await ear.broker.connect()
    tasks = [asyncio.create_task(ear.listen()) for ear in ears]
    try:
        for ear in ears:
            if not isinstance(ear.broker._broadcast._backend, RedisDoorbell):
                await asyncio.sleep(0)  # memory: it listens from its first step on
            else:
                await ear.wait_for(None)
        yield ears
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for ear in ears:
            await ear.broker.close()


def waits(ring: Coroutine[Any, Any, None]) -> bool:
    """Whether it lets others go on before it has ended; what waits for nothing ends in its first step."""
    try:
        ring.send(None)
    except StopIteration:
        return False
    ring.close()
    return True


async def test_memory() -> None:
    stream = uuid4()
    async with listening("memory://") as (ear,):
        await ear.broker.ring([stream])
        await ear.wait_for(stream)
        assert ear.heard == [stream]


async def test_every_process_hears_a_ring(bell: RedisServer) -> None:
    streams = [uuid4() for _ in range(3)]
    async with listening(bell.url, bell.url, bell.url) as ears:
        for ear, stream in zip(ears, streams, strict=True):
            await ear.broker.ring([stream])
        for ear in ears:
            for stream in streams:
                await ear.wait_for(stream)
            assert sorted(map(str, ear.heard)) == sorted(map(str, [None, *streams])), "each once"


async def test_one_commit_rings_all_its_streams(bell: RedisServer) -> None:
    streams = {uuid4() for _ in range(50)}
    async with listening(bell.url) as (ear,):
        await ear.broker.ring(streams)
        for stream in streams:
            await ear.wait_for(stream)
        assert sorted(map(str, ear.heard)) == sorted(map(str, [None, *streams]))


@pytest.mark.parametrize("how", ["kill", "restart"])
async def test_it_survives_redis(bell: RedisServer, how: str) -> None:
    async with listening(bell.url, bell.url) as ears:
        for round_ in range(2, 4):
            if how == "kill":
                await asyncio.to_thread(bell.kill)
                await asyncio.to_thread(bell.start)
            else:
                await asyncio.to_thread(bell.restart)
            for ear in ears:
                await ear.wait_for(None, round_)  # look at everything: rings may have been lost
            stream = uuid4()
            await ears[0].broker.ring([stream])
            for ear in ears:
                await ear.wait_for(stream)
                assert ear.heard.count(stream) == 1


async def test_it_survives_a_cut_connection(bell: RedisServer) -> None:
    async with listening(bell.url) as (ear,), redis_client.Redis.from_url(bell.url) as admin:
        await admin.client_kill_filter(_type="pubsub")
        await ear.wait_for(None, 2)
        stream = uuid4()
        await ear.broker.ring([stream])
        await ear.wait_for(stream)
        assert ear.heard == [None, None, stream], "look at everything, after the cut too"


async def test_a_redis_that_vanished_is_left(
    bell: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A host without power, a firewall that forgot: no connection ends, and one that is just being made hangs."""
    for name, seconds in (("PING_SECONDS", 0.04), ("SILENT_SECONDS", 0.4), ("CONNECT_SECONDS", 0.25)):
        monkeypatch.setattr(server, name, seconds)
    with Proxy(lambda: urlsplit(bell.url).port or 6379) as proxy:
        async with listening(f"redis://127.0.0.1:{proxy.port}/0") as (ear,), redis_client.Redis.from_url(bell.url) as r:
            async with asyncio.timeout(SECONDS):
                before = await pings(r)
                while await pings(r) < before + 12:  # noqa: ASYNC110 - it is quiet for longer than a silence may last
                    await asyncio.sleep(0.05)
                assert (ear.heard, caplog.messages) == ([None], []), "Redis answers: nothing is wrong"
                proxy.stop()
                while proxy.links < 2:  # noqa: ASYNC110 - it is left; the next connection is taken and hangs
                    await asyncio.sleep(0.02)
                proxy.strand()
                proxy.go()
            await ear.wait_for(None, 2)
            assert caplog.messages.count("doorbell lost, reconnecting: Redis is silent") == 1
            assert len(caplog.messages) == 1, "said once"
            await ear.broker.ring([stream := uuid4()])
            await ear.wait_for(stream)
            assert ear.heard == [None, None, stream]


async def pings(client: redis_client.Redis) -> int:
    """How many Redis was sent."""
    calls: int = (await client.info("commandstats")).get("cmdstat_ping", {}).get("calls", 0)
    return calls


async def test_it_starts_without_redis(bell: RedisServer) -> None:
    await asyncio.to_thread(bell.kill)
    ear = Ear(DoorbellBroker(bell.url))
    await ear.broker.connect()
    task = asyncio.create_task(ear.listen())
    await ear.broker.ring([uuid4()])
    assert ear.heard == []
    await asyncio.to_thread(bell.start)
    await ear.wait_for(None)
    await ear.broker.ring([stream := uuid4()])
    await ear.wait_for(stream)
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await ear.broker.close()


async def test_a_ring_neither_raises_nor_waits_while_redis_is_away(bell: RedisServer) -> None:
    async with listening(bell.url) as (ear,):
        await asyncio.to_thread(bell.kill)
        for _ in range(20):
            assert not waits(ear.broker.ring([uuid4()]))
            await asyncio.sleep(0.01)  # meanwhile what rings fails, and tries again
        await asyncio.to_thread(bell.start)
        await ear.wait_for(None, 2)
        await ear.broker.ring([stream := uuid4()])
        await ear.wait_for(stream)


async def test_a_ring_does_not_wait_for_a_redis_that_hangs() -> None:
    with socket.socket() as deaf:  # accepts, never answers
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        broker = DoorbellBroker(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        await broker.connect()
        for _ in range(20):
            assert not waits(broker.ring([uuid4()]))
            await asyncio.sleep(0.01)
        await broker.close()


async def test_it_closes_at_any_moment_of_a_ring(bell: RedisServer) -> None:
    """redis-py may lose the cancellation of a publish under way: whoever waited for that task waited for ever."""
    for turns in range(60):
        async with asyncio.timeout(SECONDS):
            broker = DoorbellBroker(bell.url)
            await broker.connect()
            await broker.ring([uuid4()])
            for _ in range(turns):
                await asyncio.sleep(0)
            await broker.close()
            assert broker._ringer is not None
            assert broker._ringer.done()
            assert not broker._waiting, "what waited was rung"


async def test_nonsense_on_the_channel_harms_nobody(bell: RedisServer) -> None:
    async with listening(bell.url) as (ear,), redis_client.Redis.from_url(bell.url) as stranger:
        for nonsense in (b"\xff\xfe", b"", b"x" * 100_000):
            await stranger.publish(CHANNEL, nonsense)
        stream = uuid4()
        async with asyncio.timeout(SECONDS):
            while stream not in ear.heard:
                await ear.broker.ring([stream])
                await asyncio.sleep(0.05)
        assert set(ear.heard) <= {None, stream}, "nonsense is heard as no stream"


async def test_simultaneous_first_subscribers_all_hear(bell: RedisServer) -> None:
    """The stock backend gives one of three the message and the others a KeyError (traps.md)."""
    broadcast = Broadcast(backend=RedisDoorbell(bell.url))
    await broadcast.connect()
    heard: list[str] = []

    async def first(number: int) -> None:
        async with broadcast.subscribe(CHANNEL) as subscriber:
            while (event := await subscriber.get()).message != "ring":
                ready[number].set()
            heard.append(event.message)

    ready = [asyncio.Event() for _ in range(3)]
    async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(first(number))
        for event in ready:
            await event.wait()
        await broadcast.publish(CHANNEL, "ring")
    assert heard == ["ring"] * 3
    with suppress(asyncio.CancelledError):
        await broadcast.disconnect()


async def test_the_listener_has_ended_before_its_connections_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener that is cancelled while it connects would leave that connection open behind us."""
    order: list[str] = []
    backend = RedisDoorbell("redis://127.0.0.1:1")

    async def reading() -> None:
        try:
            await asyncio.sleep(SECONDS)
        finally:
            await asyncio.sleep(0.02)
            order.append("listener ended")

    async def dropped() -> None:
        order.append("connections dropped")

    monkeypatch.setattr(backend, "_read", reading)
    monkeypatch.setattr(backend._listener, "aclose", dropped)
    broadcast = Broadcast(backend=backend)
    await broadcast.connect()
    async with broadcast.subscribe(CHANNEL):
        await asyncio.sleep(0)
        with suppress(asyncio.CancelledError):
            await broadcast.disconnect()
    assert order == ["listener ended", "connections dropped"]
