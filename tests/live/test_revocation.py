"""Promise 21: rights that end, end open streams within two seconds; what leaves a viewer as it was, ends nothing."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.clock import HeldClock
from tests.dump import owner
from tests.live.sse import listen
from tests.live.talk import ACCESS
from tests.live.websocket import Socket, talk

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Live

SECONDS = 2.0
REVOKE = "mutation ($id: ID!) { roleRevoke(id: $id) { userErrors { code } } }"
SIGN_OUT = "mutation ($id: ID!) { sessionRevoke(id: $id) { userErrors { code } } }"
NARROW = """mutation ($id: ID!) { customRoleUpdate(id: $id, input: { expectedVersion: 1, permissions: [UNIT_READ] }) {
  userErrors { code } } }"""
DISABLE = "mutation ($id: ID!) { accountDisable(id: $id, input: { expectedVersion: 1 }) { userErrors { code } } }"
MOVE_OUT = """mutation ($id: ID!, $day: Date) {
  occupancyEnd(id: $id, input: { expectedVersion: 1, moveOutOn: $day }) { userErrors { code } } }"""
ENDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "control": (REVOKE, "control_role", {}),
    "guard": (SIGN_OUT, "guard_session", {}),
    "custom": (NARROW, "custom_made", {}),
    "auditor": (DISABLE, "auditor", {}),
    "neighbour": (MOVE_OUT, "neighbour_occupancy", {"day": "2026-11-21"}),
}
STAYS = ("manager", "admin", "resident")


async def test_each_end_of_rights_ends_its_streams_and_no_others(live: Live) -> None:
    acme = live.client.world.acme
    async with AsyncExitStack() as stack:
        sockets: dict[str, Socket] = {}
        for login in (*ENDS, *STAYS):
            sockets[login] = await stack.enter_async_context(talk(live.websocket_url, acme.token(login)))
            await sockets[login].subscribe("1", ACCESS, property=acme.id("home"))
        stream = await stack.enter_async_context(
            listen(live.client.http, ACCESS, acme.token("guard"), property=acme.id("home"))
        )
        await stream.frame()
        for query, name, more in ENDS.values():
            (payload,) = (await live.client.data(query, "admin", id=acme.id(name), **more)).values()
            assert payload["userErrors"] == [], (name, payload)
        began = time.monotonic()
        codes = await asyncio.gather(*(sockets[login].closed() for login in ENDS))
        assert await stream.frame() is None
        assert time.monotonic() - began <= SECONDS
        assert codes == [4403] * len(ENDS)
        for login in STAYS:  # their Organization's rights moved five times
            assert await sockets[login].answer("2", "{ viewer { account { login } } }")
        # The resident's last day is today: he leaves at midnight of the Property, with no statement to say so.
        await live.client.data(MOVE_OUT, "admin", id=acme.id("resident_occupancy"), day="2026-11-22")
        assert await sockets["resident"].answer("3", "{ viewer { roles } }")
        assert isinstance(live.house.clock, HeldClock)
        live.house.clock.move(timedelta(hours=14))  # 00:00 in Shanghai
        began = time.monotonic()
        assert await sockets["resident"].closed() == 4403
        assert time.monotonic() - began <= SECONDS
        assert await sockets["manager"].answer("4", "{ viewer { roles } }")


async def test_open_streams_ask_nothing_while_nothing_changes(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two looks a second for all of them, whatever their number; a change is noticed without the broker's ring."""
    acme, asked = live.client.world.acme, list[str]()
    real = live.house.database.call

    async def noted(door: str, *args: Any) -> Any:
        if door in ("viewers", "rights_versions"):
            asked.append(door)
        return await real(door, *args)

    async with AsyncExitStack() as stack:
        logins = ("manager", "control", "guard", "custom", "resident", "desk", "tech1", "tech2")
        sockets = [await stack.enter_async_context(talk(live.websocket_url, acme.token(login))) for login in logins]
        monkeypatch.setattr(live.house.database, "call", noted)
        await asyncio.sleep(2.2)
        assert asked in [["rights_versions"] * count for count in (3, 4, 5)], "twice a second"
        asked.clear()
        await owner(
            live.house, "UPDATE role_assignment SET valid_until = valid_from WHERE id = $1", acme.keys["guard_role"]
        )
        began = time.monotonic()
        assert await sockets[2].closed() == 4403
        assert time.monotonic() - began <= SECONDS
        assert asked.count("viewers") <= 2, "they are loaded together"
