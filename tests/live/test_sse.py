"""GraphQL over SSE: the bytes of the frames, resuming by Last-Event-ID, and the end of a stream."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from tests.live.sse import listen
from tests.live.talk import ACCESS, ASSIGN, WHO, codes, cursor_of, live_cursor, pass_gate, reasons

if TYPE_CHECKING:
    from tests.conftest import Live

REVOKED_SECONDS = 2.0


@pytest.fixture
def limits() -> Limits:
    """A quick heart."""
    return Limits(ws_ping_seconds=0.2)


def token(live: Live, who: str = "control") -> str:
    """The token of an account of acme."""
    return live.client.world.acme.token(who)


async def test_frames_to_the_letter(live: Live) -> None:
    home = live.client.world.acme.id("home")
    async with listen(live.client.http, ACCESS, token(live), property=home) as stream:
        assert stream.response.status_code == 200
        assert stream.response.headers["content-type"].split(";")[0] == "text/event-stream"
        assert stream.response.headers["cache-control"] == "no-store"
        await pass_gate(live.client, 1, 2)  # the headers are here, so the stream has begun
        frames = [await stream.event() for _ in range(2)]
        assert b"\r" not in stream.raw
        for frame in frames:
            assert frame is not None
            assert frame.event == "next"
            assert frame.id == cursor_of(frame.result)
            assert f"id: {frame.id}\nevent: next\ndata: {frame.data}\n\n".encode() in stream.raw
        assert reasons([frame.result for frame in frames if frame]) == [1, 2]


async def test_last_event_id_resumes(live: Live) -> None:
    home = live.client.world.acme.id("home")
    async with listen(live.client.http, ACCESS, token(live), property=home) as stream:
        await pass_gate(live.client, 1, 2, 3)
        assert reasons(await stream.results(2)) == [1, 2]
        seen = stream.last_id
    await pass_gate(live.client, 4)
    stale = await live_cursor(live.client)
    async with listen(live.client.http, ACCESS, token(live), last_id=seen, property=home, after=stale) as stream:
        assert reasons(await stream.results(2)) == [3, 4]


async def test_a_wrong_last_event_id(live: Live) -> None:
    home = live.client.world.acme.id("home")
    for last_id in ("nonsense", "x" * 4_000):
        async with listen(live.client.http, ACCESS, token(live), last_id=last_id, property=home) as stream:
            frame = await stream.event()
            assert frame is not None
            assert codes(frame.result["errors"]) == ["BAD_USER_INPUT"]
            assert "data" not in frame.result
            frame = await stream.event()
            assert frame is not None
            assert (frame.event, frame.data) == ("complete", "")
            assert await stream.frame() is None


async def test_an_empty_last_event_id_is_none(live: Live) -> None:
    home = live.client.world.acme.id("home")
    async with listen(live.client.http, ACCESS, token(live), last_id="", property=home) as stream:
        await pass_gate(live.client, 1)
        assert reasons(await stream.results(1)) == [1]


async def test_a_refused_subscription(live: Live) -> None:
    home = live.client.world.acme.id("home")
    for who, place in ((None, home), ("control", "x")):
        chosen = token(live, who) if who else None
        async with listen(live.client.http, ACCESS, chosen, property=place) as stream:
            assert stream.response.status_code == 200
            frame = await stream.event()
            assert frame is not None
            assert codes(frame.result["errors"]) == ["BAD_USER_INPUT" if who else "UNAUTHENTICATED"]
            last = await stream.event()
            assert last is not None
            assert last.event == "complete"
            assert await stream.frame() is None


async def test_a_query_and_a_mutation(live: Live) -> None:
    tenant = live.client.world.acme
    wish = {"expectedVersion": 1, "staffId": tenant.id("tech2_staff")}
    calls: list[tuple[str, dict[str, Any], str]] = [
        (WHO, {}, "viewer"),
        (ASSIGN, {"id": tenant.id("order0"), "input": wish}, "workOrderAssign"),
    ]
    for document, variables, field in calls:
        async with listen(live.client.http, document, token(live, "manager"), **variables) as stream:
            (result,) = await stream.results(1)
            assert result["data"][field]
            assert "errors" not in result
            last = await stream.event()
            assert last is not None
            assert last.event == "complete"
            assert await stream.frame() is None
            assert stream.raw.endswith(b"\n\nevent: complete\ndata:\n\n")


async def test_the_media_type_is_chosen_by_order_and_q(live: Live) -> None:
    for accept, kind in (
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", "json"),  # urql
        ("application/json, text/event-stream", "json"),
        ("text/event-stream, application/json", "event-stream"),
        ("application/json;q=0.5, text/event-stream", "event-stream"),
        ("text/event-stream;q=0.5, application/json;q=0.6", "json"),
    ):
        headers = {"accept": accept, "authorization": f"Bearer {token(live)}"}
        response = await live.client.http.post("/graphql", json={"query": WHO}, headers=headers)
        assert response.status_code == 200
        assert response.headers["content-type"].split(";")[0].endswith(kind), accept


async def test_a_quiet_stream_beats_and_its_cursor_advances(live: Live) -> None:
    tenant = live.client.world.acme
    async with listen(live.client.http, ACCESS, token(live, "neighbour"), property=tenant.id("home")) as stream:
        first = await stream.frame()
        assert first is not None
        assert (first.event, first.id, first.data) == (None, None, None)
        assert stream.raw == b":\n\n"
        await pass_gate(live.client, 1, 2, personId=tenant.id("resident_person"))
        end = await live_cursor(live.client)
        while stream.last_id != end:
            frame = await stream.frame()
            assert frame is not None
            assert frame.event is None
        assert f"id: {end}\n\n".encode() in stream.raw
        beat = await stream.frame()
        assert beat is not None
        assert (beat.event, beat.id, beat.data) == (None, None, None)
    async with listen(live.client.http, ACCESS, token(live), last_id=end, property=tenant.id("home")) as stream:
        await pass_gate(live.client, 3)
        assert reasons(await stream.results(1)) == [3]


async def test_revocation_ends_the_stream(live: Live) -> None:
    home = live.client.world.acme.id("home")

    async def keep_passing() -> None:
        for sequence in range(1_000, 2_000):
            await pass_gate(live.client, sequence)

    async with listen(live.client.http, ACCESS, token(live), property=home) as stream:
        await pass_gate(live.client, 1)
        assert reasons(await stream.results(1)) == [1]
        await live.client.data("mutation { accountSignOut { userErrors { code } } }", "control")
        revoked = last = time.monotonic()
        writer = asyncio.create_task(keep_passing())
        while (frame := await stream.event()) is not None:
            assert frame.event == "next"
            last = time.monotonic()
        writer.cancel()
        assert last - revoked <= REVOKED_SECONDS
    async with listen(live.client.http, ACCESS, token(live), property=home) as stream:
        assert stream.response.status_code == 401


def of_streams(tasks: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Those that serve a stream: other work of the house comes and goes."""
    return {task for task in tasks if "subscriptions" in repr(task.get_coro()) or "run_asgi" in repr(task.get_coro())}


async def test_a_client_that_leaves_is_forgotten(live: Live) -> None:
    home = live.client.world.acme.id("home")
    before = asyncio.all_tasks()
    async with listen(live.client.http, ACCESS, token(live), property=home) as stream:
        await stream.frame()
        its = of_streams(asyncio.all_tasks() - before)
        assert its
    async with asyncio.timeout(5):
        await asyncio.wait(its)
    assert of_streams(asyncio.all_tasks() - before) == set()
