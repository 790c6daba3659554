"""A subscription that comes while the database is too busy waits; it is told TIMEOUT only where that does not end."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from adapters.settings import Limits
from models.errors import ErrorCode, Refusal
from tests.forum import answer_to
from tests.live.sse import listen
from tests.live.talk import codes, until
from tests.live.test_forum import REPLIES
from tests.live.test_websocket import introduced
from tests.live.websocket import SECONDS, talk

if TYPE_CHECKING:
    from adapters.settings import Settings
    from tests.conftest import Live

pytestmark = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
SEATS = 2
LOCK = "LOCK TABLE forum_post IN ACCESS EXCLUSIVE MODE"


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> Limits:
    """Statements are cut off soon."""
    patience = getattr(request, "param", 60.0)
    return Limits(
        statement_seconds=0.2, subscribe_seconds=patience, forum_writes_per_minute=100, ws_sockets_per_user=SEATS
    )


async def test_it_waits(live: Live, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    acme, cut_off, read = live.client.world.acme, asyncio.Event(), live.house.database.fetch

    async def noted(*arguments: Any) -> Any:
        try:
            return await read(*arguments)
        except Refusal as refusal:
            if refusal.code is ErrorCode.TIMEOUT:
                cut_off.set()
            raise

    monkeypatch.setattr(live.house.database, "fetch", noted)
    busy = await asyncpg.connect(settings.database_admin_url)
    try:
        held = busy.transaction()
        await held.start()
        await busy.execute(LOCK)
        async with talk(live.websocket_url, acme.token("resident")) as socket:
            await socket.subscribe("1", REPLIES, post=acme.id("post"))
            await cut_off.wait()
            await held.rollback()
            async with listen(live.client.http, REPLIES, acme.token("resident"), post=acme.id("post")) as stream:
                await stream.frame()
                assert await socket.answer("2", "{ viewer { account { login } } }")
                heard = asyncio.create_task(socket.results("1", 1))
                for number in range(100):  # until it follows
                    await answer_to(live.client, "post", "manager", f"x{number}")
                    done, _ = await asyncio.wait([heard], timeout=0.1)
                    if done:
                        break
                assert (await heard)[0]["data"]["forumReplyPosted"]["forumReply"]["text"].startswith("x")
                assert await stream.results(1)
    finally:
        await busy.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_gives_up_while_a_stream_begins_keeps_no_seat(live: Live, settings: Settings, method: str) -> None:
    acme = live.client.world.acme
    headers = {**live.client.headers("resident"), "accept": "text/event-stream"}
    wish = {"query": REPLIES, "variables": {"post": acme.id("post")}}
    asked: dict[str, Any] = {"json": wish}
    if method == "GET":
        asked = {"params": {**wish, "variables": json.dumps(wish["variables"])}}
    busy = await asyncpg.connect(settings.database_admin_url)
    try:
        async with busy.transaction(), asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
            await busy.execute(LOCK)
            seats = [
                group.create_task(live.client.http.request(method, "/graphql", headers=headers, **asked))
                for _ in range(SEATS)
            ]
            await until(live, lambda status: status.sse_streams == SEATS)
            assert "4429" in await introduced(live, acme.token("resident"))
            seats[0].cancel()
            while await introduced(live, acme.token("resident")) != "connection_ack":
                pass  # the server hears of a closed connection a moment later
            for seat in seats:
                seat.cancel()
    finally:
        await busy.close()


@pytest.mark.parametrize("limits", [0.1], indirect=True)
async def test_what_is_stuck_is_told(live: Live, settings: Settings) -> None:
    acme = live.client.world.acme
    busy = await asyncpg.connect(settings.database_admin_url)
    try:
        async with busy.transaction():
            await busy.execute(LOCK)
            async with talk(live.websocket_url, acme.token("resident")) as socket:
                await socket.subscribe("1", REPLIES, post=acme.id("post"))
                assert codes(await socket.errors("1")) == ["TIMEOUT"]
    finally:
        await busy.close()
