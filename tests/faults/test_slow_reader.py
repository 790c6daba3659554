"""Promise 16: who stops reading is cut, and those who follow beside them hear no later for it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from schema.base import encode
from tests.benchmarks.live.generator import raise_limits
from tests.benchmarks.live.world import POST
from tests.faults import FULL
from tests.faults.storm import Crowd, Place
from tests.live.raw import RawSocket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.benchmarks.live.generator import Tally

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.postgres, pytest.mark.timeout(600)]

AUDIENCE, STUCK = 1_000, 20
RATE, EVENTS = 5, 100  # so the stuck ones are there, and are cut, while the others are measured
OPERATIONS = 20
REPLY = "forumReply { text status createdAt updatedAt post { id title } }"
WIDE = " ".join(f"a{n}: {REPLY}" for n in range(25))
FOLLOW = f"subscription ($post: ID!) {{ forumReplyPosted(postId: $post) {{ {WIDE} }} }}"


@asynccontextmanager
async def stuck_readers(port: int) -> AsyncIterator[list[RawSocket]]:
    """Residents who follow with wide documents, and read nothing."""
    async with AsyncExitStack() as stack:
        found = []
        for number in range(1, STUCK + 1):
            one = await stack.enter_async_context(RawSocket.dial(port))
            await one.send({"type": "connection_init", "payload": {"token": f"live-resident{number}"}})
            for id_ in range(OPERATIONS):
                payload = {"query": FOLLOW, "variables": {"post": encode("ForumPost", POST)}}
                await one.send({"type": "subscribe", "id": str(id_), "payload": payload})
            found.append(one)
        yield found


if FULL:  # of small counts tests/live/test_slow_reader.py

    @pytest.mark.promise(16)
    def test_the_others_hear_no_later(tmp_path: Path, reached: Callable[..., None]) -> None:
        raise_limits()

        async def run(place: Place) -> tuple[float, float, Tally]:
            async with place.serving() as ours, Crowd(place, AUDIENCE).connected() as crowd:
                await crowd.steady(RATE, EVENTS)  # warm
                before, _ = await crowd.steady(RATE, EVENTS)
                async with stuck_readers(ours.port) as stuck:
                    after, tally = await crowd.steady(RATE, EVENTS)
                    await asyncio.gather(*(one.cut() for one in stuck))
                return before, after, tally

        with Place(tmp_path, AUDIENCE) as place:
            before, after, tally = asyncio.run(run(place))
        print(before, after, tally)
        assert tally.faults() == {}
        assert after < 2 * before
        reached(
            f"{STUCK} of {AUDIENCE + STUCK} do not read and are cut: p99 of the others {before:.0f} ms before,"
            f" {after:.0f} ms with them, at {RATE} events/s",
            count=STUCK,
        )
