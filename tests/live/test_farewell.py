"""Who leaves without having read is let go of: the connection does not stay, nor what was written to it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.settings import Limits
from subscriptions.websocket.transport import Transport
from tests.live.raw import RawSocket, shrink_buffers
from tests.live.talk import until
from tests.live.websocket import SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.conftest import Live

GREAT = "{ __schema { types { name description fields { name description args { name description } } } } }"


@pytest.fixture
def backend() -> str:
    """A connection is the same whatever stands behind it."""
    return "sqlite"


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> Limits:
    """Unless the test says so nobody is cut for not reading."""
    return Limits(ws_stall_seconds=getattr(request, "param", 2 * SECONDS))


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when the server has let go of a connection; it is patient for less long than stock."""
    lost, found = Transport.connection_lost, asyncio.Event()

    def noted(self: Transport, error: Exception | None) -> None:
        lost(self, error)
        found.set()

    shrink_buffers(monkeypatch)
    monkeypatch.setattr(Transport, "connection_lost", noted)
    monkeypatch.setattr("subscriptions.websocket.transport.FAREWELL_SECONDS", 0.4)
    return found


async def ask(live: Live, stuck: RawSocket) -> None:
    """A question whose answer is larger than all buffers of the kernel; it has been written."""
    await stuck.send({"type": "connection_init", "payload": {"token": live.client.world.acme.token("control")}})
    await stuck.send({"type": "subscribe", "id": "1", "payload": {"query": GREAT}})
    await until(live, lambda status: status.bytes_queued > 0)


@pytest.mark.parametrize("leave", [RawSocket.leave, RawSocket.fall_silent, RawSocket.babble])
async def test_who_leaves_without_reading(
    live: Live, leave: Callable[[RawSocket], Awaitable[None]], gone: asyncio.Event
) -> None:
    async with RawSocket.dial(live.port) as stuck:
        await ask(live, stuck)
        await leave(stuck)
        async with asyncio.timeout(SECONDS):
            await gone.wait()
        await until(live, lambda status: (status.sockets, status.bytes_queued) == (0, 0))


@pytest.mark.parametrize("limits", [0.2], indirect=True)
async def test_who_was_cut_and_answers_without_reading(live: Live, gone: asyncio.Event) -> None:
    async with RawSocket.dial(live.port) as stuck:
        await ask(live, stuck)
        await until(live, lambda status: status.sockets == 0)  # the close frame is behind the answer
        await stuck.leave()
        async with asyncio.timeout(SECONDS):
            await gone.wait()


async def test_who_leaves_and_reads_gets_what_was_written(
    live: Live, gone: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subscriptions.websocket.transport.FAREWELL_SECONDS", SECONDS)  # however busy the machine is
    async with RawSocket.dial(live.port) as brisk:
        await ask(live, brisk)
        await brisk.leave()
        assert await brisk.close() == (1000, "")  # which comes behind the answer
        async with asyncio.timeout(SECONDS / 2):
            await gone.wait()
