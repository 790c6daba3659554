"""Snapshot and live: a list that is read once and then kept up by events equals a fresh one, whenever it was read.

The version rule of design.md: `liveCursor` is read before the rows, so an event may tell what the snapshot has already;
a client takes a row only when it is newer. Nothing is missed, and nothing goes back.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from tests.faults import FULL
from tests.live.hearing import reached
from tests.live.talk import ACCEPT, ASSIGN, TICKET, live_cursor
from tests.live.websocket import SECONDS, talk

if TYPE_CHECKING:
    from tests.conftest import Live
    from tests.live.websocket import Socket

SNAPSHOTS = 2_000 if FULL else 120
MOST_REPORTS = 10  # of one resident within an hour
STEPS = 200 if FULL else 40
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
    most = 10**9
    return Limits(
        ws_ping_seconds=0.2,
        ws_subscriptions=SNAPSHOTS,
        ws_sockets_per_user=50,
        rate_staff=most,
        rate_resident=most,
        cost_per_minute=most,
    )


class Writers:
    """Orders are assigned, taken on and created, several at a time."""

    def __init__(self, live: Live, chance: random.Random) -> None:
        self._live, self._chance = live, chance
        self.conflicts = 0
        self.reports = 0

    async def assign(self) -> None:
        """To one of two; both writers may have read the same version."""
        acme, order = self._live.client.world.acme, self._chance.choice(("order0", "order1"))
        version = (await self._live.client.data(VERSION, "manager", i=acme.id(order)))["workOrder"]["version"]
        who = self._chance.choice(("tech1", "tech2"))
        wish = {"expectedVersion": version, "staffId": acme.id(f"{who}_staff"), "note": "away"}
        answer = await self._live.client.data(ASSIGN, "manager", id=acme.id(order), input=wish)
        self.conflicts += bool(answer["workOrderAssign"]["userErrors"])
        wish = {"expectedVersion": version + 1}
        await self._live.client.data(ACCEPT, who, id=acme.id(order), input=wish)

    async def report(self) -> None:
        """A ticket that makes an order."""
        acme = self._live.client.world.acme
        self.reports += 1
        wish = {"propertyId": acme.id("home"), "unitId": acme.id("unit1"), "kind": "REPAIR", "text": "y"}
        answer = await self._live.client.data(TICKET, "neighbour", input={**wish, "category": f"x{self.reports}"})
        assert answer["ticketCreate"]["userErrors"] == []

    async def work(self, started: asyncio.Semaphore) -> None:
        """All of it; `started` counts the steps."""
        for _ in range(STEPS):
            also = [self.report()] if self._chance.random() < 0.3 and self.reports < MOST_REPORTS else []
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


class Viewers:
    """Everybody's screens, each read at a moment of its own and then kept up."""

    def __init__(self, live: Live, sockets: dict[str, Socket]) -> None:
        self._live, self._sockets, self._chance = live, sockets, random.Random(20261122)
        self.step = asyncio.Semaphore(0)  # one more may begin
        self.screens: dict[str, dict[str, Screen]] = {who: {} for who in sockets}

    async def watch(self, number: str, who: str) -> None:
        """Read the list, then follow from its cursor."""
        home = self._live.client.world.acme.id("home")
        await self.step.acquire()
        await asyncio.sleep(self._chance.random() * 0.02)
        screen = self.screens[who][number] = Screen(await self._live.client.data(SNAPSHOT, who, p=home))
        await asyncio.sleep(self._chance.random() * 0.02)
        await self._sockets[who].subscribe(number, FOLLOW, p=home, a=screen.cursor)

    async def whole(self) -> None:
        """Wait until all have heard what was written."""
        last = await live_cursor(self._live.client)
        async with asyncio.timeout(SECONDS):
            for who, socket in self._sockets.items():
                while not all(reached(socket.cursors.get(number), last) for number in self.screens[who]):  # noqa: ASYNC110 - a ping tells
                    await asyncio.sleep(0.05)

    async def check(self) -> None:
        """Each list is as a fresh one."""
        for who, shown in self.screens.items():
            fresh = Screen(await self._live.client.data(SNAPSHOT, who, p=self._live.client.world.acme.id("home"))).rows
            assert fresh
            for screen in shown.values():
                assert screen.rows == fresh, who


async def test_a_list_and_its_events_are_a_fresh_list(live: Live) -> None:
    writers, url, acme = Writers(live, random.Random(1)), live.websocket_url, live.client.world.acme
    async with AsyncExitStack() as stack:
        sockets = {who: await stack.enter_async_context(talk(url, acme.token(who))) for who in PEOPLE}
        viewers = Viewers(live, sockets)
        listening = [asyncio.create_task(listen(socket, viewers.screens[who])) for who, socket in sockets.items()]
        async with asyncio.TaskGroup() as group:
            for number in range(SNAPSHOTS):
                group.create_task(viewers.watch(str(number), PEOPLE[number % len(PEOPLE)]))
            group.create_task(writers.work(viewers.step))
        await viewers.whole()
        for task in listening:
            assert not task.done(), task.exception()
            task.cancel()
    await viewers.check()
    every = [screen for shown in viewers.screens.values() for screen in shown.values()]
    assert len(every) == SNAPSHOTS
    assert writers.conflicts > 0, "nobody wrote at the same time"
    assert sum(screen.taken for screen in every) > SNAPSHOTS
