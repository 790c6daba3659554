"""Promises 13 and 15: thousands of residents, each with rights of its own, hear the same; all are cut off at once."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.live.generator import Tally, raise_limits
from tests.faults import FULL
from tests.faults.storm import Crowd, Place, Storm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.postgres, pytest.mark.timeout(600 if FULL else 90)]

SOCKETS = 5_000 if FULL else 100
BACK_SECONDS = 15.0
QUERY_SECONDS = 2.0
STATEMENTS = max(SOCKETS // 100, 40)
"""One for a hundred; of a few sockets a handful a second, however few they are. It was one for each event of each."""
AUDIENCE, EVENTS = 10_000, 60
MISSED = 20  # events that happen while they are away


async def storms(place: Place) -> tuple[list[Storm], Crowd]:
    """By a restart, by a kill, and by a network that drops them while the server stands."""
    found = []
    async with place.serving() as ours, Crowd(place, SOCKETS).connected() as crowd:

        async def network() -> float:
            crowd.generator.cut()
            await crowd.publish(MISSED)
            return time.monotonic()

        async def restart() -> float:
            assert await asyncio.to_thread(ours.product.terminate, 20) == 0
            await crowd.publish(MISSED)
            await asyncio.to_thread(ours.product.start)
            return time.monotonic()

        async def kill() -> float:
            await asyncio.to_thread(ours.product.kill)
            await crowd.publish(MISSED)
            await asyncio.to_thread(ours.product.start)
            return time.monotonic()

        for cut in (network, restart, kill) if FULL else (network, restart):
            found.append(await crowd.storm(cut.__name__, cut))
            tally = crowd.generator.tally
            print(found[-1], crowd.told(), sep="\n")
            assert not tally.again + tally.missed + tally.foreign + tally.odd, crowd.told()
    return found, crowd


@pytest.mark.promise(15)
def test_all_come_back_at_once(tmp_path: Path, reached: Callable[..., None]) -> None:
    raise_limits()
    with Place(tmp_path, SOCKETS) as place:
        found, _ = asyncio.run(storms(place))
    for storm in found:
        assert storm.served <= BACK_SECONDS, storm
        assert storm.p99 <= QUERY_SECONDS, storm
        assert storm.read.total() <= STATEMENTS, storm
    reached("; ".join(map(str, found)), count=SOCKETS)


if FULL:  # small counts are those of tests/live/test_sharing.py and of the storm above

    @pytest.mark.promise(13)
    def test_ten_thousand_residents(tmp_path: Path, reached: Callable[..., None]) -> None:
        raise_limits()

        async def run(place: Place) -> tuple[float, Tally]:
            async with place.serving(), Crowd(place, AUDIENCE).connected() as crowd:
                return await crowd.steady(1, EVENTS)

        with Place(tmp_path, AUDIENCE) as place:
            p99, tally = asyncio.run(run(place))
        print(p99, tally)
        assert tally.faults() == {}
        assert tally.received == AUDIENCE * EVENTS
        assert p99 <= 1_000
        reached(f"{tally.received} deliveries, each exactly once, p99 {p99:.0f} ms at 1 event/s", count=AUDIENCE)
