"""A database that is away for a moment delays an event; it never delivers one half."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.database import DatabaseUnavailable
from models.errors import ErrorCode, Refusal
from subscriptions.hub import rendering, stream
from tests.live.talk import ACCESS, live_cursor, pass_gate, reasons
from tests.live.websocket import talk

if TYPE_CHECKING:
    import pytest

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
