"""The manager's board: read once and kept up by events it is a fresh one, its counts included, whoever writes."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from models.rules.permission import Role
from models.rules.work_order import ENDED, PUBLIC, TRANSITIONS, Who, WorkOrderStatus, WorkOrderVerb
from models.viewer import Grant, Viewer
from resolvers.work_order import board
from subscriptions.log import heads
from tests.faults import FULL
from tests.live.hearing import reached
from tests.live.talk import TICKET, live_cursor
from tests.live.websocket import SECONDS, talk
from tests.work import ask

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live
    from tests.live.websocket import Socket

OPERATIONS = 5_000 if FULL else 160
WRITERS = 8
BOARDS = 400 if FULL else 24
MOST_ORDERS = 90  # a column shows 100
CARD = "id version status assignee { id }"
BOARD = f"""query ($p: ID!) {{ workOrderBoard(propertyId: $p) {{ liveCursor columns {{
  status count workOrders(first: 100) {{ nodes {{ {CARD} }} }} }} }} }}"""
FOLLOW = f"""subscription ($p: ID!, $a: Cursor) {{ workOrderChanged(propertyId: $p, after: $a) {{
  cursor version fromStatus toStatus workOrder {{ {CARD} }} }} }}"""
CLOSED = {status.value for status in ENDED}

pytestmark = pytest.mark.timeout(1_800 if FULL else 60)


@pytest.fixture
def limits() -> Limits:
    """Pings tell how far a follower is."""
    return Limits(ws_ping_seconds=0.2, ws_subscriptions=BOARDS, rate_staff=10**6, cost_per_minute=10**9)


class Writers:
    """Anything legal is done to any order, by several at a time; those who come late meet a CONFLICT."""

    def __init__(self, client: Client, seed: int) -> None:
        self._client, self._chance = client, random.Random(seed)
        self._orders = [client.world.acme.id(f"order{n}") for n in range(2)]
        self.done: Counter[str] = Counter()
        self.left = OPERATIONS

    async def work(self) -> None:
        """One writer's share."""
        while self.left > 0:
            self.left -= 1
            new = len(self._orders) < MOST_ORDERS and self._chance.random() < 0.1
            await (self._raise() if new else self._step())

    async def _raise(self) -> None:
        wish = {"propertyId": self._client.world.acme.id("home"), "kind": "REPAIR", "text": "y"}
        about = f"x{len(self._orders)}-{self._chance.random()}"
        answer = (await self._client.data(TICKET, "desk", input={**wish, "category": about}))["ticketCreate"]
        assert answer["userErrors"] == []
        query = "query ($i: ID!) { ticket(id: $i) { workOrders(first: 1) { nodes { id } } } }"
        found = await self._client.data(query, "desk", i=answer["ticket"]["id"])
        self._orders.append(found["ticket"]["workOrders"]["nodes"][0]["id"])
        self.done["raised"] += 1

    async def _step(self) -> None:
        order = self._chance.choice(self._orders)
        query = "query ($i: ID!) { workOrder(id: $i) { version status } }"
        seen = (await self._client.data(query, "manager", i=order))["workOrder"]
        legal = [verb for verb in PUBLIC if WorkOrderStatus(seen["status"]) in TRANSITIONS[verb].sources]
        if WorkOrderVerb.CANCEL in legal and self._chance.random() < 0.9:  # from there no verb leads on
            legal.remove(WorkOrderVerb.CANCEL)
        if not legal:
            return
        verb = self._chance.choice(legal)
        wish: dict[str, Any] = {"note": "原因"}
        if verb is WorkOrderVerb.ASSIGN:
            wish["staffId"] = self._client.world.acme.id("tech1_staff")
        if verb is WorkOrderVerb.COMPLETE:
            wish["result"] = "好了"
        who = "tech1" if TRANSITIONS[verb].who is Who.ASSIGNEE else "manager"
        name = f"workOrder{verb.value.capitalize()}"
        answer = await ask(self._client, name, who, order, expectedVersion=seen["version"], **wish)
        self.done.update(error["code"] for error in answer["data"]["x"]["userErrors"] or [{"code": "step"}])


class Board:
    """A board on somebody's screen: counts go by the events alone, a card is taken when it is newer."""

    def __init__(self, data: dict[str, Any]) -> None:
        columns = data["workOrderBoard"]["columns"]
        self.cursor: str = data["workOrderBoard"]["liveCursor"]
        self.counts = {column["status"]: column["count"] for column in columns}
        self.seen = {card["id"]: card for column in columns for card in column["workOrders"]["nodes"]}
        self.taken = 0

    @property
    def cards(self) -> dict[str, Any]:
        """Those that are open."""
        return {id_: card for id_, card in self.seen.items() if card["status"] not in CLOSED}

    def take(self, event: dict[str, Any]) -> None:
        """One event."""
        self.taken += 1
        for status, step in ((event["fromStatus"], -1), (event["toStatus"], 1)):
            if status in self.counts:
                self.counts[status] += step
        card = event["workOrder"]
        if card["id"] not in self.seen or card["version"] > self.seen[card["id"]]["version"]:
            self.seen[card["id"]] = card


async def listen(socket: Socket, boards: dict[str, Board]) -> None:
    """Events to their boards, for ever."""
    while True:
        message = await socket.hear()
        assert message["type"] == "next", message
        boards[message["id"]].take(message["payload"]["data"]["workOrderChanged"])


async def watch(client: Client, socket: Socket, writers: Writers, boards: dict[str, Board]) -> None:
    """Read boards all along, each between two statements of somebody, and follow them."""
    home = client.world.acme.id("home")
    for number in range(BOARDS):
        while writers.left > OPERATIONS * (BOARDS - number) / BOARDS:  # noqa: ASYNC110 - the writers go on
            await asyncio.sleep(0)
        shown = boards[str(number)] = Board(await client.data(BOARD, "manager", p=home))
        await socket.subscribe(str(number), FOLLOW, p=home, a=shown.cursor)


async def test_a_board_and_its_events_are_a_fresh_board(live: Live) -> None:
    client, boards, writers = live.client, dict[str, Board](), Writers(live.client, 1)
    home = client.world.acme.id("home")
    async with talk(live.websocket_url, client.world.acme.token("manager")) as socket:
        listening = asyncio.create_task(listen(socket, boards))
        async with asyncio.TaskGroup() as group:
            group.create_task(watch(client, socket, writers, boards))
            for _ in range(WRITERS):
                group.create_task(writers.work())
        last = await live_cursor(client)
        async with asyncio.timeout(SECONDS):
            while not all(reached(socket.cursors.get(number), last) for number in boards):  # noqa: ASYNC110 - a ping tells
                await asyncio.sleep(0.05)
        assert not listening.done(), listening.exception()
        listening.cancel()
    fresh = Board(await client.data(BOARD, "manager", p=home))
    assert len(boards) == BOARDS
    for number, shown in boards.items():
        assert (shown.counts, shown.cards) == (fresh.counts, fresh.cards), number
    of_cards = Counter(card["status"] for card in fresh.cards.values())
    assert fresh.counts == {**dict.fromkeys(fresh.counts, 0), **of_cards}
    assert writers.done["CONFLICT"] > 0, "nobody wrote at the same time"
    assert writers.done["step"] + writers.done["raised"] > OPERATIONS / 3, writers.done
    assert sum(shown.taken for shown in boards.values()) > BOARDS


async def test_counts_are_those_of_the_cursor_however_late_they_are_read(client: Client, house: House) -> None:
    """What the race above hits by chance: any event may come between `liveCursor` and the count."""
    acme, writers, then = client.world.acme, Writers(client, 2), {}
    place = acme.keys["home"]
    viewer = Viewer(
        organization_id=acme.keys["organization"],
        valid_until=datetime.max.replace(tzinfo=UTC),
        grants=(Grant(Role.MANAGER, place),),
    )
    for _ in range(30):
        (head,) = (await heads(house.database, [place])).values()
        then[head.position] = await board(viewer, house, place, None)
        writers.left = 1
        await writers.work()
    assert len(then) > 15
    for position, counts in then.items():
        assert await board(viewer, house, place, position) == counts


async def test_a_board_is_of_who_sees_all_orders_of_a_property(client: Client) -> None:
    world = client.world
    query = """query ($p: ID!) { workOrderBoard(propertyId: $p) { liveCursor columns {
      status count workOrders(first: 1) { nodes { id } pageInfo { hasNextPage } } } } }"""
    for who in ("resident", "tech1", "guard", "buyer"):
        assert await client.data(query, who, p=world.acme.id("home")) == {"workOrderBoard": None}, who
    assert await client.data(query, "admin", p=world.rival.id("home")) == {"workOrderBoard": None}
    assert await client.codes(query, "manager", p=world.acme.id("unit0")) == ["BAD_USER_INPUT"]
    assert await client.codes(query.replace("first: 1", "first: 101"), "manager", p=world.acme.id("home")) == [
        "BAD_USER_INPUT"
    ]
    for who in ("manager", "control", "desk", "auditor"):
        columns = (await client.data(query, who, p=world.acme.id("home")))["workOrderBoard"]["columns"]
        assert [column["status"] for column in columns] == [s.value for s in WorkOrderStatus if s not in ENDED]
        shown = {column["status"]: (column["count"], len(column["workOrders"]["nodes"])) for column in columns}
        assert sum(count for count, _ in shown.values()) == 2
        assert all(nodes == min(count, 1) for count, nodes in shown.values())
