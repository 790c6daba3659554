"""Time and size of requests: 408, 413, 414, 504, and a verb that is never cut off at its last statement."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from adapters.settings import Limits
from tests.client import passage
from tests.test_http import JSON, VIEWER, codes, get, post, raw

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live

OPEN = """mutation ($id: ID!) { gateOpen(id: $id, input: { reason: "delivery" }) {
    gate { state version } userErrors { code } } }"""
STATE = "query ($id: ID!) { gate(id: $id) { state version } }"


@pytest.fixture
def limits() -> Limits:
    """Impatient ones."""
    return replace(Limits(), request_seconds=0.3, body_bytes=20_000, url_bytes=2_000)


async def exchange(port: int, request: bytes) -> bytes:
    """Send bytes and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


@pytest.mark.parametrize("path", ["/graphql", "/ingest/events"])
@pytest.mark.parametrize("kind", [JSON, "multipart/form-data; boundary=x"])
async def test_a_body_that_does_not_come_is_not_waited_for(live: Live, path: str, kind: str) -> None:
    if path == "/ingest/events" and kind != JSON:
        kind = f"{JSON}; charset=utf-8"
    token = live.client.world.acme.device_token if path != "/graphql" else live.client.world.acme.token("manager")
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: 100\r\n"
    head += f"Authorization: Bearer {token}\r\nGraphQL-Require-Preflight: 1\r\n\r\n"
    answer = await exchange(live.port, head.encode() + (b'{"que' if kind.startswith(JSON) else b"--x\r\n"))
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert orjson.loads(answer.partition(b"\r\n\r\n")[2])["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_body_too_large_is_refused(client: Client) -> None:
    fits = b'{"query": "' + VIEWER.encode() + b'"}'
    fits += b" " * (20_000 - len(fits))
    assert (await raw(client, fits)).status_code == 200
    response = await raw(client, fits + b" ")
    assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])


async def test_a_body_without_a_length_is_counted_as_it_comes(live: Live) -> None:
    chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    head = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = await exchange(live.port, head + chunk * 6)
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_url_too_long_is_refused(client: Client) -> None:
    response = await get(client, query=VIEWER + " " * 2_000)
    assert (response.status_code, codes(response)) == (414, ["BAD_REQUEST"])


async def test_a_read_that_takes_too_long_is_cancelled(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled = asyncio.Event()

    async def stuck(*_: Any) -> Any:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    await client.data(VIEWER)  # the viewer is known now
    for way in ("fetch", "written"):
        monkeypatch.setattr(house.database, way, stuck)
    for accept in (JSON, "application/graphql-response+json"):
        cancelled.clear()
        response = await post(client, "{ properties { nodes { id } } }", accept)
        assert (response.status_code, codes(response)) == (504, ["TIMEOUT"])
        assert "data" not in response.json()
        assert cancelled.is_set()


async def test_a_verb_at_its_last_statement_finishes(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = house.database.append_events

    async def slow(*arguments: Any) -> int:
        await asyncio.sleep(2 * house.settings.limits.request_seconds)  # the request's time runs out meanwhile
        return await append(*arguments)

    monkeypatch.setattr(house.database, "append_events", slow)
    gate = client.world.acme.id("gate0")
    answer = await client.post(OPEN, "control", id=gate)
    monkeypatch.undo()
    assert (await client.data(STATE, "control", id=gate))["gate"] == {"state": "OPEN", "version": 2}
    assert answer["data"] == {"gateOpen": {"gate": {"state": "OPEN", "version": 2}, "userErrors": []}}


async def test_a_verb_before_its_last_statement_is_undone(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered = asyncio.Event()

    async def stuck(*_: Any, **__: Any) -> Any:
        entered.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("resolvers.unit.Unit.change", stuck)
    gate = client.world.acme.id("gate0")
    response = await post(client, OPEN, variables={"id": gate})
    assert entered.is_set()
    assert (response.status_code, codes(response)) == (504, ["TIMEOUT"])
    monkeypatch.undo()
    assert (await client.data(STATE, "control", id=gate))["gate"] == {"state": "CLOSED", "version": 1}
    query = "query ($p: ID!, $g: ID) { accessEvents(propertyId: $p, filter: { gateId: $g }) { nodes { method } } }"
    found = await client.data(query, "control", p=client.world.acme.id("home"), g=gate)
    assert {event["method"] for event in found["accessEvents"]["nodes"]} == {"FACE"}


async def test_a_device_is_not_kept_waiting(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stuck(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr("resolvers.ingest.Ingest._commit", stuck)
    acme = client.world.acme
    response = await client.http.post(
        "/ingest/events",
        json={"messages": [passage(acme, 1)]},
        headers={"authorization": f"Bearer {acme.device_token}"},
    )
    assert (response.status_code, codes(response)) == (504, ["TIMEOUT"])


async def test_a_document_too_large_is_refused_by_status(client: Client) -> None:
    for accept in (JSON, "application/graphql-response+json"):
        response = await post(client, VIEWER + " " * 17_000, accept)
        assert (response.status_code, codes(response)) == (413, ["PAYLOAD_TOO_LARGE"])
