"""Redis with TLS and a user who may do what docs/operations.md says and no more: one server, and a cluster."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from adapters.broker import DoorbellBroker
from adapters.broker.ear import channel_of
from adapters.clock import HeldClock
from adapters.counter import LocalCounters, SharedCounters
from adapters.seat import LocalSeats, SharedSeats
from adapters.settings import Limits, Settings
from tests.factories.world import NOW
from tests.live import test_cluster
from tests.live.test_broker import Ear, listening
from tests.live.test_cluster import PATIENT, program, space_at, stream_at
from tests.servers.redis_cluster import RedisCluster
from tests.servers.redis_sealed import PASSWORD, SealedRedis

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["program"]  # a fixture
SECONDS = 15.0


@dataclass(frozen=True)
class Sealed:
    """A server or a cluster, and how the product reaches it."""

    url: str
    space: str
    """A product whose counters are at the first node."""


@pytest.fixture(scope="module")
def make(program: Path, tmp_path_factory: pytest.TempPathFactory) -> partial[SealedRedis]:
    """Servers that share a certificate."""
    return partial(SealedRedis, program=program, folder=tmp_path_factory.mktemp("sealed"))


@pytest.fixture(scope="module")
def one(make: partial[SealedRedis]) -> Iterator[SealedRedis]:
    """One server."""
    with make() as server:
        yield server


@pytest.fixture(scope="module")
def pair(make: partial[SealedRedis]) -> Iterator[RedisCluster]:
    """Two masters."""
    with RedisCluster(make, 2) as cluster:
        yield cluster


@pytest.fixture(params=["server", "cluster"])
def sealed(request: pytest.FixtureRequest, one: SealedRedis, pair: RedisCluster) -> Sealed:
    """Each."""
    if request.param == "server":
        return Sealed(f"rediss://{one.login}@{one.address}/0{one.query}", str(uuid4()))
    return Sealed(url_of(pair, one), space_at(pair, 0))


def url_of(pair: RedisCluster, one: SealedRedis) -> str:
    """The cluster's."""
    return f"rediss-cluster://{one.login}@{pair.addresses}{one.query}"


async def test_limits_are_shared(sealed: Sealed, caplog: pytest.LogCaptureFixture) -> None:
    clock = HeldClock(NOW)
    both = [SharedCounters(sealed.url, sealed.space, clock, LocalCounters(clock), PATIENT) for _ in range(2)]
    granted = [await both[n % 2].take("{a}:requests", 1, 300) == 0 for n in range(400)]
    assert 300 - 6 < sum(granted) <= 300
    for counters in both:
        await counters.close()
    assert [record.message for record in caplog.records if record.name == "wuye.counter"] == []


async def test_sockets_are_counted_together(sealed: Sealed, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(broker_url=sealed.url, limits=Limits(ws_sockets_per_user=10, ws_count_seconds=PATIENT))
    both = [SharedSeats(settings, LocalSeats(10)) for _ in range(2)]
    user = str(uuid4())
    assert sum(await asyncio.gather(*(both[n % 2].take(user) for n in range(24)))) == 10
    for seats in both:
        await seats.close()
    assert [record.message for record in caplog.records if record.name == "wuye.seat"] == []


async def test_a_ring_is_heard_on_one_server(one: SealedRedis) -> None:
    async with listening(*2 * [f"rediss://{one.login}@{one.address}/0{one.query}"]) as ears:
        await ears[0].broker.ring([stream := uuid4()])
        for ear in ears:
            await ear.wait_for(stream)


async def test_a_ring_is_heard_in_a_cluster_while_slots_move(pair: RedisCluster, one: SealedRedis) -> None:
    streams = {stream_at(pair, 0), stream_at(pair, 1)}
    async with test_cluster.listening(url_of(pair, one), streams, streams) as ears:
        for _ in range(2):
            for stream in streams:
                away = 1 if pair.has(0, channel_of(stream)) else 0
                await asyncio.to_thread(pair.move, channel_of(stream), away)
            for ear in ears:
                ear.heard.clear()
            async with asyncio.timeout(SECONDS):
                while any(not streams.issubset(ear.heard) for ear in ears):
                    await ears[0].broker.ring(streams)
                    await asyncio.sleep(0.05)


async def test_a_limit_holds_where_its_counter_is_about_to_be(pair: RedisCluster, one: SealedRedis) -> None:
    """ASK: the old node no longer has it, the new one has it not yet."""
    clock, space = HeldClock(NOW), space_at(pair, 0)
    name = f"wuye.{{limit.{space}}}"
    counters = SharedCounters(url_of(pair, one), space, clock, LocalCounters(clock, 1_000_000), PATIENT)
    await asyncio.to_thread(pair.begin_move, name, 1)
    assert sum([await counters.take("{b}:requests", 1, 5) == 0 for _ in range(20)]) == 5
    await asyncio.to_thread(pair.end_move, name, 1)
    assert await counters.take("{b}:requests", 1, 5) > 0
    assert not counters._away
    await counters.close()


@pytest.mark.parametrize("wrong", ["password", "certificate"])
async def test_who_is_not_let_in_says_so_and_no_secret(
    sealed: Sealed, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "not-" + PASSWORD
    url = sealed.url.replace(PASSWORD, secret) if wrong == "password" else sealed.url.partition("?")[0]
    clock = HeldClock(NOW)
    ear, counters = Ear(DoorbellBroker(url)), SharedCounters(url, "x", clock, LocalCounters(clock), PATIENT)
    await ear.broker.connect()
    ear.broker.follow(stream := uuid4())
    listener = asyncio.create_task(ear.listen())
    await ear.broker.ring([stream])
    assert await counters.take("{a}:requests", 1, 300) == 0, "each process allows its share"
    async with asyncio.timeout(SECONDS):
        while {"wuye.broker", "wuye.counter"} - {record.name for record in caplog.records}:  # noqa: ASYNC110 - a log has no event
            await asyncio.sleep(0.02)
    listener.cancel()
    await ear.broker.close()
    await counters.close()
    assert ("invalid username-password" if wrong == "password" else "certificate verify failed") in caplog.text
    assert PASSWORD not in caplog.text
