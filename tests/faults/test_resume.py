"""Promises 7 and 9: a subscriber that is cut off and comes back by cursor sees every event exactly once.

The server is killed -9 in the middle, its workers one by one, and Redis with them, while a device keeps writing.
Without the catch-up the same harness must miss events, or it would prove nothing.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from tests.faults import FULL
from tests.faults.subscriber import SocketSubscriber, StreamSubscriber, Subscriber, Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.conftest import Deployment

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(1_800 if FULL else 90)]

PASSAGES = 5_000 if FULL else 120
PAUSE = 0.01
CAUGHT_UP_SECONDS = 20.0
SEED = 20261122


def plan(deployment: Deployment, at_least: int) -> list[str]:
    """The names of the faults: each kind once, or 100 of them."""
    kinds = ["server"] if deployment.redis is None else ["server", "worker", "redis", "worker"]
    count = 100 if FULL else max(at_least, len(set(kinds)))
    return [kinds[number % len(kinds)] for number in range(count)]


async def damage(deployment: Deployment, writer: Writer, faults: list[str]) -> None:
    """Faults spread over the writing."""
    catch = random.Random(SEED)
    for number, kind in enumerate(faults):
        await writer.reached((number + 1) / (len(faults) + 2))
        await asyncio.sleep(catch.random() * 0.05)  # anywhere in a commit
        if kind == "server":
            await asyncio.to_thread(deployment.product.kill)
            await asyncio.to_thread(deployment.product.start)
        elif kind == "worker":
            await asyncio.to_thread(deployment.product.kill_worker)
        else:
            assert deployment.redis is not None
            await asyncio.to_thread(deployment.redis.kill)
            await writer.reached((number + 1.3) / (len(faults) + 2))  # writes go on without it
            await asyncio.to_thread(deployment.redis.start)


async def run(deployment: Deployment, subscribers: list[Subscriber], at_least: int) -> Writer:
    """Follow, write and damage at the same time, until the writer is done."""
    print(f"seed {SEED}")
    writer = Writer(deployment, PASSAGES, PAUSE)
    for subscriber in subscribers:
        subscriber.writer = writer
    following = [asyncio.create_task(subscriber.follow()) for subscriber in subscribers]
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(writer.write())
            group.create_task(damage(deployment, writer, plan(deployment, at_least)))
        logged = set(await asyncio.to_thread(deployment.logged))
        for subscriber in subscribers:
            if subscriber.catches_up:
                await subscriber.heard_all(logged, CAUGHT_UP_SECONDS)
    finally:
        for task in following:
            assert not task.done(), task.exception()
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    return writer


@pytest.mark.promise(7)
def test_every_event_exactly_once(deployment: Deployment, reached: Callable[..., None]) -> None:
    start = deployment.cursor()
    kinds = (SocketSubscriber, StreamSubscriber, SocketSubscriber, StreamSubscriber)
    subscribers: list[Subscriber] = [kind(deployment, start) for kind in kinds]
    writer = asyncio.run(run(deployment, subscribers, 2))
    logged = deployment.logged()
    assert len(logged) == PASSAGES, "each passage is in the log once, however often the device said it"
    assert len(set(logged)) == PASSAGES
    for subscriber in subscribers:
        assert subscriber.events == logged
    assert writer.repeats > 0, "no fault met the writer: the harness is blunt"
    assert all(subscriber.returns > 0 for subscriber in subscribers), "no fault met a subscriber: the harness is blunt"
    reached(
        f"{len(plan(deployment, 2))} faults, {len(subscribers)} subscribers: {PASSAGES} events, each exactly once",
        count=PASSAGES,
    )


@pytest.mark.parametrize("backend", ["sqlite"])  # that the harness can see a loss is no matter of the database
def test_without_the_catch_up_events_are_missed(deployment: Deployment) -> None:
    start = deployment.cursor()
    careless: list[Subscriber] = [
        kind(deployment, start, catches_up=False) for kind in (SocketSubscriber, StreamSubscriber)
    ]
    asyncio.run(run(deployment, careless, 1))
    logged = deployment.logged()
    for subscriber in careless:
        assert len(set(subscriber.events)) == len(subscriber.events)
        assert set(subscriber.events) < set(logged), "nothing was missed: the faults do not hit"
