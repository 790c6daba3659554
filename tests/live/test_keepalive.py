"""Pings that carry cursors, clients that do not answer them, and rights that end."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.clock import HeldClock
from adapters.settings import Limits
from models import Account, RoleAssignment
from tests.live.talk import ACCESS, cursor_of, live_cursor, pass_gate, reasons
from tests.live.websocket import dial, talk

if TYPE_CHECKING:
    from tests.conftest import Live

SIGN_OUT = "mutation { accountSignOut { userErrors { code } } }"
REVOKED_SECONDS = 2.0
"""Promise 21."""


@pytest.fixture
def limits() -> Limits:
    """Short waits."""
    return Limits(ws_ping_seconds=0.2, ws_pong_seconds=0.5)


async def test_pings_carry_the_cursor_of_each_subscription(live: Live) -> None:
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        for id_ in ("a", "b"):
            await socket.subscribe(id_, ACCESS, property=tenant.id("home"), after=start)
        await pass_gate(live.client, 1)
        told = {message["id"]: cursor_of(message["payload"]) for message in [await socket.hear(), await socket.hear()]}
        ping = await socket.receive()
        while ping["payload"]["cursors"] != told:
            assert ping["type"] == "ping"
            await socket.send("pong")
            ping = await socket.receive()
        await socket.send("complete", id="a")
        await socket.send("pong")
        while (await socket.receive())["payload"]["cursors"] != {"b": told["b"]}:
            await socket.send("pong")


async def test_the_cursor_of_a_subscriber_who_hears_nothing_advances(live: Live) -> None:
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("neighbour")) as socket:
        await socket.subscribe("a", ACCESS, property=tenant.id("home"), after=start)
        await pass_gate(live.client, 1, 2, 3, personId=tenant.id("resident_person"))
        end = await live_cursor(live.client)
        assert end != start
        while (await socket.receive())["payload"]["cursors"].get("a") != end:
            await socket.send("pong")


async def test_a_client_that_does_not_answer_pings(live: Live) -> None:
    async with talk(live.websocket_url, None) as socket:
        socket.answers_pings = False
        assert await socket.closed() == 1013


async def test_a_client_that_answers_pings_stays(live: Live) -> None:
    async with talk(live.websocket_url, None) as socket:
        for _ in range(6):  # longer than a ping and its grace
            assert (await socket.receive())["type"] == "ping"
            await socket.send("pong")


async def revoke(live: Live, how: str) -> None:
    """End the rights of `control`."""
    keys = live.client.world.acme.keys
    if how == "sign-out":
        await live.client.data(SIGN_OUT, "control")
        return
    async with live.house.database.transaction(keys["organization"]):
        if how == "assignment":
            end = live.house.clock.now() - timedelta(seconds=1)
            assert await RoleAssignment.filter(id=keys["control_role"]).update(valid_until=end)
        else:
            assert await Account.filter(id=keys["control"]).update(disabled_at=live.house.clock.now())


@pytest.mark.parametrize(("how", "comes_back"), [("sign-out", False), ("account", False), ("assignment", True)])
async def test_revocation(live: Live, how: str, comes_back: bool) -> None:
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
        await pass_gate(live.client, 1)
        assert reasons(await socket.results("1", 1)) == [1]
        await revoke(live, how)
        revoked = time.monotonic()
        writer = asyncio.create_task(keep_passing(live))
        last = 0.0
        try:
            while True:
                message = json.loads(await socket.connection.recv())
                last = time.monotonic() if message["type"] == "next" else last
                if message["type"] == "ping":
                    await socket.send("pong")
        except Exception:  # noqa: BLE001 - closed() tells below with which code
            assert await socket.closed() == 4403
        finally:
            writer.cancel()
        assert last - revoked <= REVOKED_SECONDS
    async with dial(live.websocket_url) as again:
        await again.send("connection_init", payload={"token": tenant.token("control")})
        if comes_back:
            assert await again.hear() == {"type": "connection_ack"}
            await again.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
            await pass_gate(live.client, 5_000)
            await again.send("ping")
            assert (await again.hear())["type"] == "pong"  # nothing of the Property reaches it any more
        else:
            assert await again.closed() == 4401


async def keep_passing(live: Live) -> None:
    """Events all the time."""
    for sequence in range(1_000, 2_000):
        await pass_gate(live.client, sequence)


async def test_a_session_that_expires(live: Live) -> None:
    tenant = live.client.world.acme
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        assert isinstance(live.house.clock, HeldClock)
        live.house.clock.move(timedelta(days=31))
        moved = time.monotonic()
        assert await socket.closed() == 4403
        assert time.monotonic() - moved <= REVOKED_SECONDS
