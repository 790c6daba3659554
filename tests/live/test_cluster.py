"""The doorbell and the counters on a Redis cluster: real nodes, slots that move meanwhile, a node that fails over."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from redis import Redis

from adapters.broker import DoorbellBroker, ear
from adapters.broker.ear import channel_of
from adapters.clock import HeldClock
from adapters.cluster import Cluster
from adapters.counter import LocalCounters, SharedCounters
from adapters.seat import LocalSeats, SharedSeats
from adapters.settings import Limits, Settings
from subscriptions.hub import hub
from tests.conftest import house_of, serving
from tests.factories.world import NOW
from tests.faults import FULL
from tests.live.talk import ACCESS, live_cursor, pass_gate, reasons
from tests.live.test_broker import SECONDS, Ear, waits
from tests.live.websocket import talk
from tests.servers import ServerUnavailableError
from tests.servers.binaries import sharded_redis_program
from tests.servers.process import free_port
from tests.servers.redis import RedisServer
from tests.servers.redis_cluster import RedisCluster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.factories.world import World

PATIENT = 5.0  # a busy machine must not pass for a Redis that is away


@pytest.fixture(scope="module")
def program() -> Path:
    """A Redis that knows sharded pub/sub."""
    try:
        return sharded_redis_program()
    except ServerUnavailableError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def pair(program: Path) -> Iterator[RedisCluster]:
    """Two masters, and a replica of the first."""
    with RedisCluster(partial(RedisServer, program=program), 2, spare=True) as cluster:
        yield cluster


def stream_at(cluster: RedisCluster, node: int) -> UUID:
    """A stream that rings at that node."""
    return next(stream for stream in iter(uuid4, None) if cluster.has(node, channel_of(stream)))


def space_at(cluster: RedisCluster, node: int) -> str:
    """A product whose counters are at that node."""
    return next(space for space in map(str, iter(uuid4, None)) if cluster.has(node, f"wuye.{{limit.{space}}}"))


def rings(cluster: RedisCluster) -> list[int]:
    """How often something was published at each master."""
    told = []
    for node in cluster.nodes[:2]:
        with Redis.from_url(node.url) as client:
            told.append(client.info("commandstats").get("cmdstat_spublish", {}).get("calls", 0))
    return told


@asynccontextmanager
async def listening(url: str, *followed: set[UUID]) -> AsyncIterator[list[Ear]]:
    """A broker and a listener for each set of streams, as in as many processes, each stream listened to."""
    async with AsyncExitStack() as at_end:
        ears = []
        for streams in followed:
            ear = Ear(DoorbellBroker(url))
            await ear.broker.connect()
            at_end.push_async_callback(ear.broker.close)
            task = asyncio.create_task(ear.listen())
            at_end.callback(task.cancel)
            for stream in streams:
                ear.broker.follow(stream)
            ears.append(ear)
        for ear, streams in zip(ears, followed, strict=True):
            for stream in streams:
                await ear.wait_for(stream)
            ear.heard.clear()
        yield ears


async def test_a_ring_touches_one_node_and_who_follows(pair: RedisCluster) -> None:
    first, second, both = stream_at(pair, 0), stream_at(pair, 1), stream_at(pair, 1)
    async with listening(pair.url, {first, both}, {second, both}) as (one, other):
        before = rings(pair)
        await one.broker.ring([first])
        await one.wait_for(first)
        assert rings(pair) == [before[0] + 1, before[1]]
        await one.broker.ring([second, both])
        await other.wait_for(second)
        await one.wait_for(both)
        await other.wait_for(both)
        assert rings(pair) == [before[0] + 1, before[1] + 2]
        assert (one.heard, sorted(other.heard, key=str)) == ([first, both], sorted([second, both], key=str)), "once"
        one.broker.unfollow(both)
        one.broker.follow(both)  # its old leave is confirmed meanwhile
        await one.wait_for(both, 2)
        other.broker.unfollow(both)
        await one.broker.ring([both, second])
        await one.wait_for(both, 3)
        await other.wait_for(second, 2)
        assert other.heard.count(both) == 1


async def test_a_slot_that_moves_takes_its_streams_along(pair: RedisCluster) -> None:
    moving, staying = stream_at(pair, 0), stream_at(pair, 0)
    async with listening(pair.url, {moving, staying}, {moving}) as ears:
        for to in (1, 0):
            for ear in ears:
                ear.heard.clear()
            await asyncio.to_thread(pair.move, channel_of(moving), to)
            for ear in ears:
                await ear.wait_for(moving)  # it is listened to at its new place: rings may have been lost
            await ears[0].broker.ring([moving, staying])
            for ear in ears:
                await ear.wait_for(moving, 2)
            await ears[0].wait_for(staying)
            assert (ears[0].heard.count(staying), ears[1].heard) == (1, [moving, moving])


async def test_what_is_followed_behind_an_old_map_is_found(pair: RedisCluster) -> None:
    """MOVED: the node was asked who is where before the slot went, and no connection of ours was told."""
    known, moved = stream_at(pair, 0), stream_at(pair, 0)
    async with listening(pair.url, {known}) as (ear,):
        await asyncio.to_thread(pair.move, channel_of(moved), 1)
        ear.broker.follow(moved)
        await ear.wait_for(moved)
        await ear.broker.ring([moved])
        await ear.wait_for(moved, 2)
        assert ear.heard == [moved, moved]
        await asyncio.to_thread(pair.move, channel_of(moved), 0)


async def test_without_a_cluster_nothing_waits_and_it_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    ear = Ear(DoorbellBroker(f"redis-cluster://127.0.0.1:{free_port()}"))
    await ear.broker.connect()
    ear.broker.follow(stream := uuid4())
    for _ in range(20):
        assert not waits(ear.broker.ring([stream]))
        await asyncio.sleep(0.01)
    await ear.broker.close()
    told = [record.message for record in caplog.records if "reconnecting" in record.message]
    assert len(told) == 1, "said once"


@pytest.mark.parametrize("node", [0, 1])
async def test_counters_are_shared_by_processes(pair: RedisCluster, node: int) -> None:
    clock = HeldClock(NOW)
    space = space_at(pair, node)
    both = [SharedCounters(pair.url, space, clock, LocalCounters(clock), PATIENT) for _ in range(2)]
    granted = [await both[n % 2].take("{a}:requests", 1, 300) == 0 for n in range(400)]
    assert 300 - 6 < sum(granted) <= 300
    cost = await asyncio.gather(*(both[n % 2].take(f"{{{n}}}:requests", 1, 300) for n in range(50)))
    assert cost == [0.0] * 50, "many buckets in one round trip"
    assert not any(counters._away for counters in both)
    for counters in both:
        await counters.close()


async def test_seats_are_shared_by_processes(pair: RedisCluster) -> None:
    settings = Settings(broker_url=pair.url, limits=Limits(ws_sockets_per_user=10, ws_count_seconds=PATIENT))
    both = [SharedSeats(settings, LocalSeats(10)) for _ in range(2)]
    users = [str(uuid4()) for _ in range(20)]
    for user in users:
        granted = await asyncio.gather(*(both[n % 2].take(user) for n in range(24)))
        assert sum(granted) == 10
    for seats in both:
        await seats.close()


async def test_a_limit_holds_while_its_counter_moves(pair: RedisCluster) -> None:
    clock = HeldClock(NOW)
    counters = SharedCounters(pair.url, "test", clock, LocalCounters(clock, 1_000_000), PATIENT)
    key = f"{{{uuid4()}}}:requests"
    name = f"wuye.{{limit.test}}.{key}"
    home = next(number for number in (0, 1) if pair.has(number, name))
    granted = 0

    async def take(times: int) -> int:
        return sum([await counters.take(key, 1, 50) == 0 for _ in range(times)])  # a lease is one: each is a script

    granted += await take(10)
    await asyncio.to_thread(pair.begin_move, name, 1 - home)
    granted += await take(10)  # it is still there
    with Redis.from_url(pair.nodes[home].url) as client:
        host, port = pair.nodes[1 - home].address.split(":")
        client.execute_command("MIGRATE", host, port, "", 0, 5_000, "KEYS", name)
    granted += await take(10)  # ASK
    await asyncio.to_thread(pair.end_move, name, 1 - home)
    granted += await take(30)  # MOVED
    assert granted == 50
    assert not counters._away
    await counters.close()


async def test_the_url_of_one_node_is_told_to_be_a_clusters(
    pair: RedisCluster, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    clock = HeldClock(NOW)
    counters = SharedCounters(pair.nodes[0].url, space_at(pair, 1), clock, LocalCounters(clock), PATIENT)
    await counters.take("{a}:requests", 1, 300)
    assert "write BROKER_URL=redis-cluster://" in caplog.text
    await counters.close()


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_events_reach_their_follower_through_the_cluster(
    settings: Settings, world: World, pair: RedisCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By rings alone, nobody looks by himself; then, looking too, while the slot moves: each once and in order."""
    monkeypatch.setattr(hub, "LOOK_SECONDS", 3600.0)
    tenant = world.acme
    channel = channel_of(tenant.keys["home"])
    async with serving(house_of(replace(settings, broker_url=pair.url)), world) as live:
        start = await live_cursor(live.client)
        async with talk(live.websocket_url, tenant.token("control")) as socket:
            await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
            for number in range(5):
                await pass_gate(live.client, number)
                assert reasons(await socket.results("1", 1)) == [number]
    monkeypatch.setattr(hub, "LOOK_SECONDS", 0.5)
    async with serving(house_of(replace(settings, broker_url=pair.url)), world) as live:
        start = await live_cursor(live.client)
        async with talk(live.websocket_url, tenant.token("control")) as socket:
            await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
            for number in range(10, 40):
                if number % 10 == 5:
                    home = next(node for node in (0, 1) if pair.has(node, channel))
                    moving = asyncio.create_task(asyncio.to_thread(pair.move, channel, 1 - home))
                await pass_gate(live.client, number)
            await moving
            assert reasons(await socket.results("1", 30)) == list(range(10, 40))


async def test_a_node_that_hangs_is_left(
    pair: RedisCluster, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its connection says nothing, not even that it ends."""
    monkeypatch.setattr(ear, "PING_SECONDS", 0.1)
    monkeypatch.setattr(ear, "SILENT_SECONDS", 0.5)
    hung, other = stream_at(pair, 1), stream_at(pair, 0)
    async with listening(pair.url, {hung, other}) as (one,):
        os.kill(pair.nodes[1].pid, signal.SIGSTOP)
        try:
            async with asyncio.timeout(SECONDS):
                while "the node is silent" not in caplog.text:  # noqa: ASYNC110 - a log has no event
                    await asyncio.sleep(0.02)
            await one.broker.ring([other])
            await one.wait_for(other)
        finally:
            os.kill(pair.nodes[1].pid, signal.SIGCONT)
        await one.wait_for(hung)
        one.heard.clear()
        await one.broker.ring([hung])
        await one.wait_for(hung)


async def test_a_node_that_is_the_whole_cluster_does_not_know_its_host(program: Path) -> None:
    options = ["--cluster-enabled", "yes", "--cluster-port", str(free_port())]
    with RedisServer(*options, program=program) as node, Redis.from_url(node.url) as client:
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16_383)
        address = urlsplit(node.url)
        cluster = Cluster(f"redis-cluster://{address.hostname}:{address.port}")
        assert await cluster.owner(16_383) == (address.hostname, address.port)
        await cluster.aclose()


if FULL:

    async def test_a_node_fails_over(pair: RedisCluster) -> None:
        """At full counts, and the last one here: the first node is gone then."""
        streams = {stream_at(pair, 0) for _ in range(20)}
        async with listening(pair.url, streams, streams) as ears:
            await asyncio.to_thread(pair.fail_over)
            await asyncio.to_thread(pair.nodes[0].kill)
            for ear in ears:
                for stream in streams:
                    await ear.wait_for(stream)
            stream = streams.pop()
            before = [ear.heard.count(stream) for ear in ears]
            async with asyncio.timeout(SECONDS):
                while any(ear.heard.count(stream) == count for ear, count in zip(ears, before, strict=True)):
                    await ears[0].broker.ring([stream])  # the first may find the old connection
                    await asyncio.sleep(0.05)
