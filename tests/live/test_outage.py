"""A database that is away for a moment, or slow, delays an event; it never delivers one half."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from adapters.database import DatabaseUnavailable
from models.errors import ErrorCode, Refusal
from subscriptions.hub import past, rendering, stream
from tests.live.talk import ACCESS, WHO, cursor_of, live_cursor, pass_gate, reasons
from tests.live.websocket import talk

if TYPE_CHECKING:
    from tests.conftest import Live


async def test_an_event_waits_for_the_database(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "AGAIN_SECONDS", 0.05)
    tenant, database = live.client.world.acme, live.house.database
    read = database.fetch
    refused: list[str] = []

    async def away(sql: str, *arguments: Any) -> Any:
        if "access_event" in sql and len(refused) < 3:
            refused.append(sql)
            raise DatabaseUnavailable("away")
        return await read(sql, *arguments)

    start = await live_cursor(live.client)
    await pass_gate(live.client, 1, 2)
    monkeypatch.setattr(database, "fetch", away)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
        assert reasons(await socket.results("1", 2)) == [1, 2]
    assert len(refused) == 3


async def test_a_log_that_takes_too_long_to_read_is_read_again(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "AGAIN_SECONDS", 0.05)
    tenant, database = live.client.world.acme, live.house.database
    call, late = database.call, list[str]()

    async def busy(door: str, *arguments: Any) -> Any:
        if door == "event_read" and len(late) < 3:
            late.append(door)
            raise Refusal(ErrorCode.TIMEOUT)
        return await call(door, *arguments)

    start = await live_cursor(live.client)
    await pass_gate(live.client, 1, 2)
    monkeypatch.setattr(database, "call", busy)
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=start)
        assert reasons(await socket.results("1", 2)) == [1, 2]
    assert len(late) == 3


@pytest.mark.parametrize("asks", ["head", "block"])
async def test_who_waits_for_the_log_holds_up_nothing_else(
    live: Live, asks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One operation of a socket comes back by a cursor that memory does not have; the others go on."""
    home, read = live.client.world.acme.id("home"), getattr(past.Past, asks)
    asked, readable = asyncio.Event(), asyncio.Event()

    async def slow(self: past.Past, *given: Any) -> Any:
        asked.set()
        await readable.wait()
        return await read(self, *given)

    start = await live_cursor(live.client)
    await pass_gate(live.client, 1, 2)
    async with talk(live.websocket_url, live.client.world.acme.token("control")) as socket:
        await socket.subscribe("live", ACCESS, property=home, after=await live_cursor(live.client))
        await pass_gate(live.client, 3)
        (third,) = await socket.results("live", 1)  # it has joined
        monkeypatch.setattr(past.Past, asks, slow)
        await socket.subscribe("back", ACCESS, property=home, after=start)
        await asked.wait()
        assert (await socket.answer("query", WHO))["data"]["viewer"]
        await socket.subscribe("new", ACCESS, property=home, after=cursor_of(third))
        await pass_gate(live.client, 4)
        heard = [await socket.hear() for _ in range(2)]
        assert {one["id"]: reasons([one["payload"]]) for one in heard} == {"live": [4], "new": [4]}
        readable.set()
        assert reasons(await socket.results("back", 4)) == [1, 2, 3, 4]
