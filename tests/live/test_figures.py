"""What operators are told of trouble: a log that is not read, clients that do not read, in liveStatus and /metrics."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from typing import TYPE_CHECKING, Any

import pytest

from adapters.database import DatabaseUnavailable
from adapters.settings import Limits
from adapters.task import end
from schema.http.transport import Transport
from subscriptions.hub import hub, stream
from tests.client import passage
from tests.live.raw import unread
from tests.live.talk import ACCESS, at_rest, live_cursor, pass_gate, reasons, until
from tests.live.websocket import talk
from tests.test_metrics import TOKEN, scrape
from tests.test_status import camel, shown

if TYPE_CHECKING:
    from adapters.settings import Settings
    from subscriptions.status import Status
    from tests.conftest import Live

SECONDS = 10.0
MOST_BYTES = 512 * 1024
WIDE = " ".join(f"a{number}: accessEvent {{ reason }}" for number in range(25))
EVENTS = f"subscription ($p: ID!, $a: Cursor) {{ accessEventRecorded(propertyId: $p, after: $a) {{ {WIDE} }} }}"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With the page for Prometheus."""
    return dataclasses.replace(settings, metrics_token=TOKEN)


@pytest.fixture
def limits() -> Limits:
    """A short patience."""
    return Limits(ws_stall_seconds=0.5)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks come at once; the kernel takes little of what a client does not read."""
    monkeypatch.setattr(hub, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(stream, "AGAIN_SECONDS", 0.05)
    made = Transport.connection_made

    def shrink(self: Transport, transport: asyncio.Transport) -> None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        made(self, transport)

    monkeypatch.setattr(Transport, "connection_made", shrink)


def now(live: Live) -> Status:
    """How the live core stands."""
    assert live.house.watch.live is not None
    return live.house.watch.live()


async def told(live: Live, name: str, suffix: str = "") -> tuple[float, float]:
    """A figure, as the administrator and as Prometheus see it."""
    status = await shown(live.client, "admin")
    assert status is not None
    return status[camel(name)], (await scrape(live.client.http))[f"wuye_live_{name}{suffix}"]


async def test_a_log_that_is_not_read(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    acme, database = live.client.world.acme, live.house.database
    call = database.call

    async def unreadable(door: str, *arguments: Any) -> Any:
        if door == "event_read":
            raise DatabaseUnavailable("away")
        return await call(door, *arguments)

    async with talk(live.websocket_url, acme.token("control")) as client:
        start = await live_cursor(live.client)
        await client.subscribe("1", ACCESS, property=acme.id("home"), after=start)
        await pass_gate(live.client, 1)
        assert reasons(await client.results("1", 1)) == [1]
        await at_rest()  # a look that is under way would find them
        monkeypatch.setattr(database, "call", unreadable)
        await pass_gate(live.client, 2, 3, 4)
        await until(live, lambda status: status.lag_entries == 3)
        assert await told(live, "lag_entries") == (3, 3)
        monkeypatch.setattr(database, "call", call)
        assert reasons(await client.results("1", 3)) == [2, 3, 4]
        await until(live, lambda status: status.lag_entries == 0)
        await at_rest()  # a look that is under way would find them
        monkeypatch.setattr(database, "call", unreadable)
        await pass_gate(live.client, 5)
        await until(live, lambda status: status.lag_entries == 1)
    monkeypatch.setattr(hub, "LINGER_SECONDS", 0.0)
    await until(live, lambda status: status.streams == 0)
    await until(live, lambda status: status.lag_entries == 0)  # nobody waits for it any more


async def sip(plain: socket.socket) -> None:
    """Read a little, again and again: more than the transport cuts for, less than a frame in time."""
    while await asyncio.get_running_loop().sock_recv(plain, 1_024):  # noqa: ASYNC110 - no event: it is this slow
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("sips", [True, False])
async def test_an_event_stream_that_is_not_read(live: Live, sips: bool) -> None:
    """What waits for it is bounded and seen; it is cut, by the stream or its transport, and nothing waits any more."""
    acme = live.client.world.acme
    start, held = await live_cursor(live.client), 0

    async def pass_by(first: int, count: int) -> None:
        wide = [passage(acme, number, reason=f"{number:0>200}") for number in range(first, first + count)]
        await live.client.ingest(*wide)

    async with unread(live.port, acme.token("control"), EVENTS, p=acme.id("home"), a=start) as plain:
        await pass_by(0, 5)
        await until(live, lambda status: status.bytes_queued > 0)
        queued = await told(live, "bytes_queued")
        assert queued[0] == queued[1] > 0
        sipping = asyncio.create_task(sip(plain)) if sips else None
        for first in range(20, 180, 20):
            await pass_by(first, 20)
            held = max(held, now(live).bytes_queued)
        assert queued[0] < held <= MOST_BYTES
        await until(live, lambda status: status.sse_streams == 0)
        assert await told(live, "slow_cuts", "_total") == (1, 1)
        assert await told(live, "bytes_queued") == (0, 0)
        if sipping is not None:
            await end([sipping])
