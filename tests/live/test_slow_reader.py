"""A client that does not read is cut and comes back by cursor; the others notice nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.settings import Limits
from tests.live.raw import RawSocket, shrink_buffers
from tests.live.talk import ACCESS, live_cursor, pass_gate, reasons
from tests.live.websocket import SECONDS, talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Live

STALL_SECONDS = 0.5
MOST_BYTES = 1024 * 1024


@pytest.fixture(autouse=True)
def small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits, waits in the server."""
    shrink_buffers(monkeypatch)


@pytest.fixture
def limits() -> Limits:
    """A short patience."""
    return Limits(ws_stall_seconds=STALL_SECONDS)


@pytest.mark.promise(16)
@pytest.mark.parametrize("reads_again", [True, False])
async def test_a_client_that_does_not_read(
    live: Live, reads_again: bool, monkeypatch: pytest.MonkeyPatch, reached: Callable[..., None]
) -> None:
    if reads_again:  # however late that is on a busy machine
        monkeypatch.setattr("subscriptions.websocket.transport.FAREWELL_SECONDS", SECONDS)
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    held = 0
    async with RawSocket.dial(live.port) as stuck:
        await stuck.send({"type": "connection_init", "payload": {"token": tenant.token("control")}})
        wide = " ".join(f"a{n}: accessEvent {{ reason }}" for n in range(25))
        document = (
            f"subscription ($p: ID!, $a: Cursor) {{ accessEventRecorded(propertyId: $p, after: $a) {{ {wide} }} }}"
        )
        payload = {"query": document, "variables": {"p": tenant.id("home"), "a": start}}
        for n in range(20):
            await stuck.send({"type": "subscribe", "id": str(n), "payload": payload})
        async with talk(live.websocket_url, tenant.token("manager")) as brisk:
            await brisk.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
            for first in range(0, 80, 20):
                passed = range(first, first + 20)
                await pass_gate(live.client, *passed)
                assert live.house.watch.live is not None
                held = max(held, live.house.watch.live().bytes_queued)
                assert reasons(await brisk.results("1", 20)) == list(passed)
        if reads_again:
            await asyncio.sleep(2 * STALL_SECONDS)  # it is idle, that is the fault
            assert await stuck.close() == (1013, "Too slow: come back by cursor")
        else:
            await stuck.cut()
    assert live.house.watch.live is not None
    assert live.house.watch.live().slow_cuts == 1, "a client, not an operation"
    assert held <= MOST_BYTES
    reached(f"cut; {held // 1024} KiB waited for it at the most, a brisk reader got all", count=1)
