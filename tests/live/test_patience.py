"""A subscription that comes while the database is too busy waits; it is told TIMEOUT only where that does not end."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from adapters.settings import Limits
from models.errors import ErrorCode, Refusal
from tests.dump import owner
from tests.forum import answer_to
from tests.live.sse import listen
from tests.live.talk import ACCESS, WHO, codes, live_cursor, pass_gate, reasons, until
from tests.live.test_forum import REPLIES
from tests.live.test_websocket import introduced
from tests.live.websocket import SECONDS, dial, talk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from adapters.settings import Settings
    from tests.conftest import Live

pytestmark = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
SEATS = 2
ENDED = "UPDATE role_assignment SET valid_until = valid_from WHERE id = $1"


@asynccontextmanager
async def locked(settings: Settings, table: str) -> AsyncIterator[asyncpg.transaction.Transaction]:
    """Whoever reads the table waits, until the transaction is rolled back."""
    busy = await asyncpg.connect(settings.database_admin_url)
    try:
        held = busy.transaction()
        await held.start()
        await busy.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield held
    finally:
        await busy.close()


@pytest.fixture
def cut_off(live: Live, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when a statement of the product was."""
    noticed, database = asyncio.Event(), live.house.database

    def noting(read: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def noted(*arguments: Any) -> Any:
            try:
                return await read(*arguments)
            except Refusal as refusal:
                if refusal.code is ErrorCode.TIMEOUT:
                    noticed.set()
                raise

        return noted

    monkeypatch.setattr(database, "fetch", noting(database.fetch))
    monkeypatch.setattr(database, "call", noting(database.call))
    return noticed


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> Limits:
    """Statements are cut off soon."""
    patience = getattr(request, "param", 60.0)
    return Limits(
        statement_seconds=0.2, subscribe_seconds=patience, forum_writes_per_minute=100, ws_sockets_per_user=SEATS
    )


async def test_it_waits(live: Live, settings: Settings, cut_off: asyncio.Event) -> None:
    acme = live.client.world.acme
    async with locked(settings, "forum_post") as held, talk(live.websocket_url, acme.token("resident")) as socket:
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


async def test_it_waits_for_where_the_stream_stands(live: Live, settings: Settings, cut_off: asyncio.Event) -> None:
    acme = live.client.world.acme
    start = await live_cursor(live.client)
    await pass_gate(live.client, 1)
    async with locked(settings, "event_stream") as held, talk(live.websocket_url, acme.token("control")) as socket:
        await socket.subscribe("1", ACCESS, property=acme.id("home"), after=start)
        await cut_off.wait()
        await held.rollback()
        assert reasons(await socket.results("1", 1)) == [1]


async def test_rights_that_take_too_long_to_read_end_nobody(
    live: Live, settings: Settings, cut_off: asyncio.Event
) -> None:
    """A socket that is there stays until it is known; one that comes waits; a request may come again."""
    acme = live.client.world.acme
    async with talk(live.websocket_url, acme.token("control")) as there, dial(live.websocket_url) as coming:
        await there.subscribe("1", ACCESS, property=acme.id("home"))
        async with locked(settings, "access_token") as held:
            await owner(live.house, ENDED, acme.keys["control_role"])
            headers = {"authorization": f"Bearer {acme.token('manager')}"}
            answer = await live.client.http.post("/graphql", json={"query": WHO}, headers=headers)
            assert (answer.status_code, codes(answer.json()["errors"])) == (503, ["SERVICE_UNAVAILABLE"])
            await coming.send("connection_init", payload={"token": acme.token("guard")})
            for _ in range(4):  # by then `there` has asked, too: rights are looked at twice a second
                cut_off.clear()
                await cut_off.wait()
            await held.rollback()
        assert await coming.hear() == {"type": "connection_ack"}
        assert await there.closed() == 4403


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_gives_up_while_a_stream_begins_keeps_no_seat(live: Live, settings: Settings, method: str) -> None:
    acme = live.client.world.acme
    headers = {**live.client.headers("resident"), "accept": "text/event-stream"}
    wish = {"query": REPLIES, "variables": {"post": acme.id("post")}}
    asked: dict[str, Any] = {"json": wish}
    if method == "GET":
        asked = {"params": {**wish, "variables": json.dumps(wish["variables"])}}
    async with locked(settings, "forum_post"), asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
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


@pytest.mark.parametrize("limits", [0.1], indirect=True)
async def test_what_is_stuck_is_told(live: Live, settings: Settings) -> None:
    acme = live.client.world.acme
    async with talk(live.websocket_url, acme.token("resident")) as socket, dial(live.websocket_url) as coming:
        async with locked(settings, "forum_post"):
            await socket.subscribe("1", REPLIES, post=acme.id("post"))
            assert codes(await socket.errors("1")) == ["TIMEOUT"]
        async with locked(settings, "access_token"):
            await coming.send("connection_init", payload={"token": acme.token("guard")})
            assert await coming.closed() == 1013, "come back"
