"""As a newcomer meets it: migrate, demo, serve, simulate; both subscriptions deliver what the simulator causes."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from subscriptions import (
    AccessEventRecorded,
    AlarmChanged,
    BillChanged,
    DeviceStateChanged,
    ForumReplyPosted,
    SlaClockChanged,
    StaffPresenceChanged,
    TicketChanged,
    WorkOrderChanged,
)
from tests.live.sse import listen
from tests.live.talk import ACCESS, ORDERS, cursor_of
from tests.live.websocket import talk

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from tests.estate import Estate
    from tests.servers.process import GuardedProcess
    from tests.servers.product import Product

    Heard = dict[tuple[str, str], list[dict[str, Any]]]
    Watch = Callable[[str], Coroutine[Any, Any, list[dict[str, Any]]]]

pytestmark = [pytest.mark.servers, pytest.mark.timeout(400)]  # whoever comes first loads the estate

EVENTS = 3
SECONDS = 120.0  # what the simulator does waits for the machine
MOST_EVENTS = 3_000
ENDED = "→ done"  # the end of a chain from an alarm over its order, in the simulator's log
TODAY = datetime.now(UTC).strftime("%Y-%m-%d")
SIGN_IN = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token } }"
PLACE = "{ properties(first: 1) { nodes { id liveCursor } } }"


class ControlRoom:
    """A member of staff in front of two screens."""

    def __init__(self, product: Product, http: httpx.AsyncClient) -> None:
        self._url = product.websocket_url
        self._http = http
        self._token = ""
        self._place = ""
        self.cursor = ""

    async def sign_in(self, account: dict[str, str]) -> None:
        """With what the demo printed; takes the Property and where its stream stands."""
        wish = {name: account[name] for name in ("organization", "login", "password")}
        self._token = (await self._ask(SIGN_IN, input=wish))["accountSignIn"]["token"]
        await self.look()

    async def look(self) -> None:
        """Where the stream of the Property stands now."""
        (place,) = (await self._ask(PLACE))["properties"]["nodes"]
        self._place, self.cursor = place["id"], place["liveCursor"]

    async def over_websocket(self, query: str) -> list[dict[str, Any]]:
        """The first events of a subscription."""
        async with talk(self._url, self._token) as socket:
            await socket.subscribe("1", query, property=self._place, after=self.cursor)
            return [(await socket.results("1", 1))[0] for _ in range(EVENTS)]

    async def over_sse(self, query: str) -> list[dict[str, Any]]:
        """The first events of a subscription."""
        async with listen(self._http, query, self._token, property=self._place, after=self.cursor) as stream:
            return await stream.results(EVENTS)

    async def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        answer = await self._http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        data: dict[str, Any] = answer.json()["data"]
        return data


async def watch(product: Product, account: dict[str, str], database: Path) -> Heard:
    """What both transports tell of both subscriptions once the simulator plays, until everything has happened."""
    async with httpx.AsyncClient(base_url=product.url, trust_env=False) as http:
        room = ControlRoom(product, http)
        await room.sign_in(account)
        before = followed(database)
        await room.look()
        assert followed(database) == before, "it happens without the simulator"
        simulator = product.spawn("simulate", "--speed", "20", "--seed", "7", "--hour", "18")
        watches: dict[str, Watch] = {"websocket": room.over_websocket, "sse": room.over_sse}
        try:
            async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
                tasks = {
                    (transport, name): group.create_task(watched(query))
                    for transport, watched in watches.items()
                    for name, query in (("access", ACCESS), ("orders", ORDERS))
                }
                group.create_task(all_happened(product, simulator, database))
        finally:
            status = await asyncio.to_thread(simulator.end, signal.SIGTERM)
        assert status == 0, product.output()[-3_000:]
    return {key: task.result() for key, task in tasks.items()}


async def all_happened(product: Product, simulator: GuardedProcess, database: Path) -> None:
    """Passages, tickets, orders, their clocks, who comes to work, bills, alarms to their end, machines, the forum."""
    wanted = {event.TYPE for event in (AccessEventRecorded, AlarmChanged, BillChanged, DeviceStateChanged)}
    wanted |= {event.TYPE for event in (ForumReplyPosted, WorkOrderChanged, TicketChanged, SlaClockChanged)}
    wanted.add(StaffPresenceChanged.TYPE)
    deadline = time.monotonic() + SECONDS
    while not (wanted <= set(seen := events(database)) and ENDED in product.output()):
        assert time.monotonic() < deadline, (wanted - set(seen), product.output()[-3_000:])
        assert simulator.poll() is None, product.output()[-3_000:]
        await asyncio.sleep(0.2)


def test_a_played_evening_makes_every_kind_of_event_and_both_transports_tell_it(estate: Estate, tmp_path: Path) -> None:
    account = next(account for account in estate.handover["accounts"] if account["role"] == "CONTROL_ROOM")
    product, database = estate.product(tmp_path), tmp_path / "state" / "wuye.db"
    with product:
        heard = asyncio.run(watch(product, account, database))
        assert product.terminate(15) == 0, product.output()[-3_000:]
    for name in ("access", "orders"):
        payloads = heard["websocket", name]
        assert same_events(payloads, heard["sse", name])
        assert len({cursor_of(payload) for payload in payloads}) == EVENTS
        assert all("errors" not in payload for payload in payloads)
    assert all(payload["data"]["accessEventRecorded"]["accessEvent"] for payload in heard["websocket", "access"])
    assert all(payload["data"]["workOrderChanged"]["workOrder"] for payload in heard["websocket", "orders"])
    assert sum(events(database).values()) < MOST_EVENTS
    assert "Traceback" not in product.output(), product.output()[-3_000:]


def events(database: Path) -> Counter[str]:
    """How many of each kind the log has."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as rows:
        return Counter(
            dict(rows.execute("SELECT type, COUNT(*) FROM event WHERE occurred_at > ? GROUP BY type", [TODAY]))
        )


def followed(database: Path) -> dict[str, int]:
    """How many events the subscriptions would tell of. Others come by themselves: of devices that fell silent."""
    seen = events(database)
    return {event.TYPE: seen[event.TYPE] for event in (AccessEventRecorded, WorkOrderChanged)}


def same_events(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> bool:
    """Both transports tell the same; the nodes may be newer in one of them."""
    return [cursor_of(payload) for payload in first] == [cursor_of(payload) for payload in second]
