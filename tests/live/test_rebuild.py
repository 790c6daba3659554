"""Snapshot and live: a list that is read once and then kept up by events equals a fresh one, whenever it was read.

The version rule of design.md: `liveCursor` is read before the rows, so an event may tell what the snapshot has already;
a client takes a row only when it is newer. Nothing is missed, and nothing goes back.
"""

from __future__ import annotations

import asyncio
import os
import random
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from tests.live.hearing import reached
from tests.live.talk import ACCEPT, ASSIGN, TICKET, live_cursor
from tests.live.websocket import SECONDS, talk

if TYPE_CHECKING:
    from tests.conftest import Live
    from tests.live.websocket import Socket

FULL = os.environ.get("FAULTS") == "full"
SNAPSHOTS = 2_000 if FULL else 120
STEPS = 400 if FULL else 40
PEOPLE = ("manager", "control", "neighbour")  # who all see all, and one who sees his own
ROW = "id version status assignee { id }"
SNAPSHOT = f"""query ($p: ID!) {{ property(id: $p) {{ liveCursor }}
  workOrders(propertyId: $p, first: 500) {{ nodes {{ {ROW} }} }} }}"""
FOLLOW = f"""subscription ($p: ID!, $a: Cursor) {{ workOrderChanged(propertyId: $p, after: $a) {{
  cursor version workOrder {{ {ROW} }} }} }}"""
VERSION = "query ($i: ID!) { workOrder(id: $i) { version } }"

pytestmark = pytest.mark.timeout(1_800 if FULL else 60)
Rows = dict[str, dict[str, Any]]


@pytest.fixture
def limits() -> Limits:
    """Pings tell how far a follower is."""
    return Limits(
        ws_ping_seconds=0.2, ws_subscriptions=SNAPSHOTS, ws_sockets_per_user=50, rate_staff=10**6, rate_resident=10**6
    )


class Writers:
    """Orders are assigned, taken on and created, several at a time."""

    def __init__(self, live: Live, chance: random.Random) -> None:
        self._live, self._chance = live, chance
        self.conflicts = 0

    async def assign(self) -> None:
        """To one of two; both writers may have read the same version."""
        acme, order = self._live.client.world.acme, self._chance.choice(("order0", "order1"))
        version = (await self._live.client.data(VERSION, "manager", i=acme.id(order)))["workOrder"]["version"]
        who = self._chance.choice(("tech1", "tech2"))
        wish = {"expectedVersion": version, "staffId": acme.id(f"{who}_staff")}
        answer = await self._live.client.data(ASSIGN, "manager", id=acme.id(order), input=wish)
        self.conflicts += bool(answer["workOrderAssign"]["userErrors"])
        wish = {"expectedVersion": version + 1}
        await self._live.client.data(ACCEPT, who, id=acme.id(order), input=wish)

    async def report(self) -> None:
        """A ticket that makes an order."""
        acme = self._live.client.world.acme
        wish = {"propertyId": acme.id("home"), "unitId": acme.id("unit1"), "kind": "REPAIR", "category": "x"}
        answer = await self._live.client.data(TICKET, "neighbour", input={**wish, "text": "y"})
        assert answer["ticketCreate"]["userErrors"] == []

    async def work(self, started: asyncio.Semaphore) -> None:
        """All of it; `started` counts the steps."""
        for _ in range(STEPS):
            also = [self.report()] if self._chance.random() < 0.3 else []
            await asyncio.gather(self.assign(), self.assign(), *also)
            for _ in range(SNAPSHOTS // STEPS):
                started.release()


class Screen:
    """A list on somebody's screen."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.rows: Rows = {row["id"]: row for row in data["workOrders"]["nodes"]}
        self.cursor: str = data["property"]["liveCursor"]
        self.taken = 0

    def take(self, event: dict[str, Any]) -> None:
        """The version rule."""
        row, self.cursor = event["workOrder"], event["cursor"]
        known = self.rows.get(row["id"])
        if known is None or row["version"] > known["version"]:
            self.rows[row["id"]] = row
            self.taken += 1


async def listen(socket: Socket, screens: dict[str, Screen]) -> None:
    """Events to their screens, for ever; pings carry the cursors of quiet ones."""
    while True:
        message = await socket.hear()
        assert message["type"] == "next", message
        screens[message["id"]].take(message["payload"]["data"]["workOrderChanged"])


async def test_a_list_and_its_events_are_a_fresh_list(live: Live) -> None:
    chance, acme = random.Random(20261122), live.client.world.acme
    home, writers, step = acme.id("home"), Writers(live, random.Random(1)), asyncio.Semaphore(0)
    screens: dict[str, dict[str, Screen]] = {who: {} for who in PEOPLE}

    async def watch(number: int, who: str, socket: Socket) -> None:
        await step.acquire()
        await asyncio.sleep(chance.random() * 0.02)
        screen = Screen(await live.client.data(SNAPSHOT, who, p=home))
        screens[who][str(number)] = screen
        await asyncio.sleep(chance.random() * 0.02)
        await socket.subscribe(str(number), FOLLOW, p=home, a=screen.cursor)

    async def whole(who: str, socket: Socket, last: str) -> None:
        async with asyncio.timeout(SECONDS):
            while not all(reached(socket.cursors.get(number), last) for number in screens[who]):  # noqa: ASYNC110 - a ping tells
                await asyncio.sleep(0.05)

    async with (
        talk(live.websocket_url, acme.token("manager")) as first,
        talk(live.websocket_url, acme.token("control")) as second,
        talk(live.websocket_url, acme.token("neighbour")) as third,
    ):
        sockets = dict(zip(PEOPLE, (first, second, third), strict=True))
        listening = [asyncio.create_task(listen(socket, screens[who])) for who, socket in sockets.items()]
        async with asyncio.TaskGroup() as group:
            for number in range(SNAPSHOTS):
                who = PEOPLE[number % len(PEOPLE)]
                group.create_task(watch(number, who, sockets[who]))
            group.create_task(writers.work(step))
        last = await live_cursor(live.client)
        for who, socket in sockets.items():
            await whole(who, socket, last)
        for task in listening:
            assert not task.done(), task.exception()
            task.cancel()
    for who, shown in screens.items():
        fresh = Screen(await live.client.data(SNAPSHOT, who, p=home)).rows
        assert fresh
        for screen in shown.values():
            assert screen.rows == fresh, who
    assert sum(map(len, screens.values())) == SNAPSHOTS
    assert writers.conflicts > 0, "nobody wrote at the same time"
    assert sum(screen.taken for shown in screens.values() for screen in shown.values()) > SNAPSHOTS
