"""Many followers of one stream, rings that overflow, and doorbells that are not heard."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from subscriptions.hub import hub, past, ring
from tests.live.talk import (
    ACCESS,
    WHO,
    live_cursor,
    pass_gate,
    reasons,
)
from tests.live.websocket import talk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.conftest import Live


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is; a user may have many sockets."""
    return Limits(ws_ping_seconds=0.1, ws_sockets_per_user=50)


async def gather_passages(live: Live, socket_count: int, total: int, first: Iterable[int]) -> list[list[int]]:
    """What `socket_count` followers hear while writers pass the gate `total` times at once."""
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    heard: list[list[int]] = []

    async def follow() -> None:
        async with talk(live.websocket_url, tenant.token("control")) as socket:
            await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
            heard.append(reasons(await socket.results("1", total)))

    async with asyncio.TaskGroup() as group:
        for _ in range(socket_count):
            group.create_task(follow())
        for number in first:
            group.create_task(pass_gate(live.client, number))
    return heard


async def test_many_followers_hear_the_same(live: Live) -> None:
    heard = await gather_passages(live, 10, 60, range(60))
    assert sorted(heard[0]) == list(range(60))
    assert all(order == heard[0] for order in heard)


async def test_a_ring_that_is_too_small_falls_back_to_the_log(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "RING", 3)
    blocks = 0
    block = past.Past.block

    async def counted(self: past.Past, *args: Any) -> Any:
        nonlocal blocks
        blocks += 1
        return await block(self, *args)

    monkeypatch.setattr(past.Past, "block", counted)
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
        await pass_gate(live.client, *range(50))
        assert reasons(await socket.results("1", 50)) == list(range(50))
        await socket.subscribe("2", ACCESS, property=tenant.id("home"), after=start)
        assert reasons(await socket.results("2", 50)) == list(range(50))
    assert blocks > 0, "the ring did not overflow"


@pytest.mark.parametrize("lost", ["all", "some"])
async def test_lost_rings_are_found_by_looking(live: Live, lost: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    rings = 0
    ring = live.house.broker.ring

    async def drop(streams: Iterable[Any]) -> None:
        nonlocal rings
        rings += 1
        if lost == "some" and rings % 2:
            await ring(streams)

    monkeypatch.setattr(live.house.broker, "ring", drop)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
        await socket.answer("joined", WHO)
        for number in range(1, 5):
            await pass_gate(live.client, number)
            async with asyncio.timeout(hub.LOOK_SECONDS * 3):
                assert reasons(await socket.results("1", 1)) == [number]
    assert rings == 4


async def test_a_ring_is_quicker_than_a_look(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_SECONDS", 3_600.0)
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
        for number in range(1, 5):
            await pass_gate(live.client, number)
            assert reasons(await socket.results("1", 1)) == [number]
