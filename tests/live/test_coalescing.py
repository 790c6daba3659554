"""Screens that ask for it are told, when they are behind, the newest event of each subject alone; nobody else is."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from subscriptions.hub import Hub, delivery, ring, stream
from tests.live.crowd import Bell, Client, Log, Operation, feed, join, looked, settled, wake
from tests.live.talk import ACCEPT, ASSIGN, live_cursor
from tests.live.websocket import talk

if TYPE_CHECKING:
    from subscriptions.event import Entry
    from tests.conftest import Live
    from tests.live.websocket import Socket

FOLLOW = """subscription ($p: ID!, $a: Cursor, $c: Boolean!) {
  workOrderChanged(propertyId: $p, after: $a, coalesce: $c) { cursor change version workOrder { id status } } }"""
VERSION = "query ($i: ID!) { workOrder(id: $i) { version } }"


@dataclass
class Screen:
    """A client who follows what concerns a place, or all."""

    client: Client
    place: int | None
    coalesces: bool
    start: int

    def check(self, entries: list[Entry]) -> int:
        """What it was told rebuilds the state of all; how many events it was spared."""
        concerning = [e for e in entries if e.position > self.start and self.place in (None, e.position % 3)]
        heard, told = self.client.heard, {entry.position: entry.subject_id for entry in concerning}
        if not self.coalesces:
            assert heard == list(told)
            return 0
        assert heard == sorted(set(heard)), "cursors ascend"
        assert set(heard) <= set(told), "nothing that it did not ask for"
        newest = {subject: position for position, subject in told.items()}
        assert {told[position]: position for position in heard} == newest, "the state is the log's"
        assert all(len(subjects) == len(set(subjects)) for subjects in self.client.bundles), "one event of each"
        for cursor in self.client.cursors:  # whoever came back with it would be told the rest
            shown = {told[position] for position in heard if position <= cursor}
            left = {told[position] for position in heard if position > cursor}
            assert {subject for position, subject in told.items() if position <= cursor} <= shown | left
        return len(told) - len(heard)


@pytest.mark.parametrize("seed", range(6))
async def test_the_state_is_the_logs_and_nobody_else_misses_an_event(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Rings and batches are small, clients slow; documents are shared, personal, or stuck."""
    chance = random.Random(seed)
    book = Log(monkeypatch, chance, subjects=chance.choice((1, 4, 40)))
    monkeypatch.setattr(ring, "RING", chance.choice((3, 20, 1_000)))
    monkeypatch.setattr(stream, "AT_ONCE", chance.choice((1, 4, 64)))
    monkeypatch.setattr(stream, "AT_ONCE_ALONE", chance.choice((1, 8)))
    monkeypatch.setattr(delivery, "STUCK_SECONDS", chance.choice((0.0, 0.1)))
    hub = Hub(None, Bell())  # type: ignore[arg-type]  # its log is ours
    book.write(20)
    screens: list[Screen] = []
    for coalesces in (True, True, False) * 4:
        client, place = Client(chance, brisk=chance.choice((1.0, 0.5, 0.0))), chance.choice((None, 0, 1))
        operation = Operation(chance, chance.choice((None, "x", "y")), chance.choice((1, 2)))
        start = chance.randint(0, book.head.position)
        await join(hub, operation, feed(start, place, coalesces=coalesces), client)
        screens.append(Screen(client, place, coalesces, start))
        book.write(chance.choice((0, 1, 20)))
        wake(hub)
        await asyncio.sleep(chance.choice((0, 0, 0.002)))
        for screen in screens:
            screen.client.look()
    await settled(hub)
    spared = [screen.check(book.entries) for screen in screens]
    assert sum(spared) > 0, "nobody was behind"
    await hub.stop()


async def test_a_reader_who_was_stuck_hears_each_subject_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much happened: two thousand changes of seven subjects while it read nothing."""
    chance = random.Random(7)
    book = Log(monkeypatch, chance, subjects=7)
    hub, free = Hub(None, Bell()), asyncio.Event()  # type: ignore[arg-type]
    client = Client(chance, brisk=0.0)
    send = client.send

    async def stuck(bundle: object) -> None:
        await free.wait()
        await send(bundle)  # type: ignore[arg-type]

    monkeypatch.setattr(client, "send", stuck)
    await join(hub, Operation(chance, "x"), feed(0, coalesces=True), client)
    book.write(1)
    wake(hub)
    while not client.tasks:  # noqa: ASYNC110 - until it is behind
        await asyncio.sleep(0)
    book.write(2_000)
    await looked(hub)
    free.set()
    await settled(hub)
    Screen(client, None, coalesces=True, start=0).check(book.entries)
    windows = 2_000 // 500 + 2  # of the log, and what came first
    assert len(client.heard) <= 7 * windows
    assert len(client.bundles) <= windows
    assert {UUID(int=n) for n in range(7)} == {subject for some in client.bundles for subject in some}
    await hub.stop()


async def steps(live: Live, count: int) -> None:
    """An order is given to one and to the other, in turn."""
    acme = live.client.world.acme
    for number in range(count):
        version = (await live.client.data(VERSION, "manager", i=acme.id("order0")))["workOrder"]["version"]
        who = ("tech1", "tech2")[number % 2]
        wish = {"expectedVersion": version, "staffId": acme.id(f"{who}_staff")}
        assert (await live.client.data(ASSIGN, "manager", id=acme.id("order0"), input=wish))["workOrderAssign"]
    await live.client.data(ACCEPT, who, id=acme.id("order0"), input={"expectedVersion": version + 1})


async def told(socket: Socket, id_: str, last: str) -> list[tuple[str, int]]:
    """What an operation hears up to the log's end."""
    found = []
    while True:
        (payload,) = await socket.results(id_, 1)
        event = payload["data"]["workOrderChanged"]
        found.append((event["change"], event["version"]))
        if event["cursor"] == last:
            return found


async def test_a_screen_that_comes_back_asks_for_it(live: Live) -> None:
    acme = live.client.world.acme
    start = await live_cursor(live.client)
    await steps(live, 3)
    end = await live_cursor(live.client)
    async with talk(live.websocket_url, acme.token("control")) as socket:
        wish = {"p": acme.id("home"), "a": start}
        await socket.subscribe("all", FOLLOW, **wish, c=False)
        every = await told(socket, "all", end)
        await socket.subscribe("state", FOLLOW, **wish, c=True)
        state = await told(socket, "state", end)
    assert [change for change, _ in every] == ["ASSIGNED"] * 3 + ["ACCEPTED"]
    assert state == every[-1:]
