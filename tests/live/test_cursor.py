"""Resuming by cursor: no gap, no duplicate, and what is told where that is not possible."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from adapters.clock import HeldClock
from adapters.settings import Limits
from resolvers.jobs.event import prune_events
from schema.http.execution import CompiledOperation
from subscriptions.hub import ring
from tests.faults import FULL
from tests.live.hearing import hears
from tests.live.sse import listen
from tests.live.talk import (
    ACCESS,
    codes,
    cursor_of,
    live_cursor,
    pass_gate,
    reasons,
)
from tests.live.websocket import talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from subscriptions.event import Entry
    from subscriptions.ports import Batch, Rendering
    from tests.conftest import Live


CUT, LOGGED = (80, 160) if FULL else (4, 8)
"""How many events are pruned, of how many."""


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is; a user may have many sockets."""
    return Limits(ws_ping_seconds=0.1, ws_sockets_per_user=50)


async def test_each_cursor_resumes_after_its_own_event(live: Live) -> None:
    start = await live_cursor(live.client)
    await pass_gate(live.client, *range(1, 8))
    last = await live_cursor(live.client)
    first = await hears(live, "control", ACCESS, start, last)
    assert reasons(first) == list(range(1, 8))
    for number, payload in enumerate(first, 1):
        rest = await hears(live, "control", ACCESS, cursor_of(payload), last)
        assert reasons(rest) == list(range(number + 1, 8))


def forged(stream: str, epoch: int = 1, position: int = 0) -> str:
    """A cursor as the server would write it."""
    return base64.urlsafe_b64encode(f"{stream}.{epoch}.{position}".encode()).decode().rstrip("=")


async def test_cursors_that_are_none(live: Live) -> None:
    tenant = live.client.world.acme
    await pass_gate(live.client, 1)
    home, away = tenant.keys["home"].hex, tenant.keys["away"].hex
    wrong = ["", "x", "ä", forged(away), forged(uuid4().hex), forged(home, 1, 2), forged(home, 1, 10**17), "A" * 5_000]
    async with talk(live.websocket_url, tenant.token("chief")) as socket:
        for number, cursor in enumerate(wrong):
            if cursor:
                await socket.subscribe(str(number), ACCESS, property=tenant.id("home"), after=cursor)
                assert codes(await socket.errors(str(number))) == ["BAD_USER_INPUT"], cursor
        await socket.subscribe("old", ACCESS, property=tenant.id("home"), after=forged(home, 2, 0))
        assert codes(await socket.errors("old")) == ["RESUME_GONE"]
        await socket.subscribe("good", ACCESS, property=tenant.id("home"), after=forged(home))
        assert reasons(await socket.results("good", 1)) == [1]


async def test_a_cursor_that_is_too_old(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "RING", 1)  # a ring may have what the log has no more
    tenant, clock = live.client.world.acme, live.house.clock
    assert isinstance(clock, HeldClock)
    start = await live_cursor(live.client)
    await pass_gate(live.client, 1, 2)
    kept = await live_cursor(live.client)
    retention = timedelta(hours=live.house.settings.limits.event_retention_hours)
    clock.move(retention - timedelta(seconds=1))
    await prune_events(live.house)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
        assert reasons(await socket.results("1", 2)) == [1, 2]  # within the retention
        await pass_gate(live.client, 3)
        assert reasons(await socket.results("1", 1)) == [3]
        clock.move(timedelta(seconds=2))
        await prune_events(live.house)
        await socket.subscribe("old", ACCESS, property=tenant.id("home"), after=start)
        assert codes(await socket.errors("old")) == ["RESUME_GONE"]
        await socket.subscribe("kept", ACCESS, property=tenant.id("home"), after=kept)
        assert reasons(await socket.results("kept", 1)) == [3]
        now = await live_cursor(live.client)  # the snapshot's cursor
        await socket.subscribe("new", ACCESS, property=tenant.id("home"), after=now)
        await pass_gate(live.client, 4)
        assert {(await socket.hear())["id"] for _ in range(3)} == {"1", "kept", "new"}


@pytest.mark.promise(17)
async def test_what_was_pruned_is_gone_and_nothing_else(
    live: Live, monkeypatch: pytest.MonkeyPatch, reached: Callable[..., None]
) -> None:
    """A cursor at every place of the log, before and after the newest that was pruned."""
    monkeypatch.setattr(ring, "RING", 1)
    tenant, clock, limits = live.client.world.acme, live.house.clock, Limits()
    assert limits.event_retention_hours >= 24
    assert isinstance(clock, HeldClock)
    await pass_gate(live.client, *range(1, CUT + 1))
    clock.move(timedelta(hours=1))
    await pass_gate(live.client, *range(CUT + 1, LOGGED + 1))
    clock.move(timedelta(hours=limits.event_retention_hours - 1, seconds=-1))
    home = tenant.keys["home"].hex
    for pruned in (0, CUT):
        if pruned:
            clock.move(timedelta(seconds=2))
        await prune_events(live.house)
        async with talk(live.websocket_url, tenant.token("control")) as socket:
            for place in range(LOGGED + 1):
                id_ = str(place)
                await socket.subscribe(id_, ACCESS, property=tenant.id("home"), after=forged(home, 1, place))
                if place < pruned:
                    assert codes(await socket.errors(id_)) == ["RESUME_GONE"]
                    continue
                assert reasons(await socket.results(id_, LOGGED - place)) == list(range(place + 1, LOGGED + 1))
                await socket.send("complete", id=id_)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        snapshot = await live_cursor(live.client)
        await socket.subscribe("new", ACCESS, property=tenant.id("home"), after=snapshot)
        await pass_gate(live.client, LOGGED + 1)
        assert reasons(await socket.results("new", 1)) == [LOGGED + 1]
    reached(
        f"{2 * LOGGED + 2} cursors: RESUME_GONE for the {CUT} of whose events some were pruned, the rest resumed whole",
        count=2 * LOGGED + 2,
    )


async def test_a_stream_that_starts_a_new_epoch(live: Live) -> None:
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
        await pass_gate(live.client, 1)
        assert reasons(await socket.results("1", 1)) == [1]
        async with live.house.database.transaction(tenant.keys["organization"]) as tx:
            sql = "UPDATE event_stream SET epoch = 2 WHERE id = $1 RETURNING id"
            assert len(await tx.fetch(sql, tenant.keys["home"])) == 1
        assert codes(await socket.errors("1")) == ["RESUME_GONE"]
        now = await live_cursor(live.client)
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=now)
        await pass_gate(live.client, 2)
        assert reasons(await socket.results("1", 1)) == [2]


async def test_a_snapshot_and_what_follows_miss_nothing(live: Live) -> None:
    """A client reads a list and `liveCursor` in one query, then follows: list and events together are complete."""
    tenant = live.client.world.acme
    document = """query ($id: ID!) { property(id: $id) { liveCursor }
      accessEvents(propertyId: $id, first: 500) { nodes { reason } } }"""
    total = 60
    seen: list[set[int]] = []

    async def snapshot_and_follow(delay: int) -> None:
        while done < delay:
            await progress.wait()
        data = await live.client.data(document, "control", id=tenant.id("home"))
        known = {int(node["reason"]) for node in data["accessEvents"]["nodes"] if node["reason"]}
        async with talk(live.websocket_url, tenant.token("control")) as socket:
            cursor = data["property"]["liveCursor"]
            await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=cursor)
            while len(known) < total:
                known |= set(reasons(await socket.results("1", 1)))
        seen.append(known)

    done = 0
    progress = asyncio.Event()

    async def write(number: int) -> None:
        nonlocal done, progress
        await pass_gate(live.client, number)
        done += 1
        before, progress = progress, asyncio.Event()
        before.set()

    async def write_all() -> None:
        for first in range(0, total, 4):
            await asyncio.gather(*(write(number) for number in range(first, first + 4)))

    async with asyncio.TaskGroup() as group:
        for delay in range(0, 40, 5):
            group.create_task(snapshot_and_follow(delay))
        group.create_task(write_all())
    assert seen == [set(range(total))] * 8


async def test_without_a_cursor_it_starts_now(live: Live) -> None:
    tenant = live.client.world.acme
    await pass_gate(live.client, 1, 2)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"))
        while "1" not in socket.cursors:  # a ping tells that it has begun
            message = await socket.receive()
            socket.cursors |= message["payload"]["cursors"]
            await socket.send("pong")
        await pass_gate(live.client, 3)
        assert reasons(await socket.results("1", 1)) == [3]


@pytest.mark.parametrize("minutes", [10, -10])
async def test_a_clock_that_is_stepped(live: Live, minutes: int) -> None:
    clock = live.house.clock
    assert isinstance(clock, HeldClock)
    start = await live_cursor(live.client)
    await pass_gate(live.client, 1, 2)
    middle = await live_cursor(live.client)
    clock.move(timedelta(minutes=minutes))
    await pass_gate(live.client, 3, 4)
    last = await live_cursor(live.client)
    assert reasons(await hears(live, "control", ACCESS, start, last)) == [1, 2, 3, 4]
    assert reasons(await hears(live, "control", ACCESS, middle, last)) == [3, 4]


class HeldRender:
    """Results of a certain event are not ready before they are let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()
        self._share = CompiledOperation.share
        self._left = nth
        held = self

        async def share(operation: CompiledOperation, entry: Entry, batch: Batch) -> Rendering:
            held._left -= 1
            if held._left == 0:
                held.reached.set()
                await held.go_on.wait()
            return await held._share(operation, entry, batch)

        monkeypatch.setattr(CompiledOperation, "share", share)


async def test_a_ping_does_not_run_ahead_of_an_event_under_way(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is cut off after such a ping would never hear the event."""
    tenant, held = live.client.world.acme, HeldRender(monkeypatch, 2)
    start = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
        await pass_gate(live.client, 1, 2)
        (first,) = await socket.results("1", 1)
        await held.reached.wait()
        for _ in range(3):
            ping = await socket.receive()
            assert ping["payload"]["cursors"] == {"1": cursor_of(first)}
            await socket.send("pong")
        held.go_on.set()
        assert reasons(await socket.results("1", 1)) == [2]


async def test_a_beat_does_not_run_ahead_of_an_event_under_way(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, held = live.client.world.acme, HeldRender(monkeypatch, 2)
    async with listen(live.client.http, ACCESS, tenant.token("control"), property=tenant.id("home")) as stream:
        await pass_gate(live.client, 1, 2)
        (first,) = await stream.results(1)
        await held.reached.wait()
        for _ in range(3):
            await stream.frame()
            assert stream.last_id == cursor_of(first)
        held.go_on.set()
        assert reasons(await stream.results(1)) == [2]
