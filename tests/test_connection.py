"""Connections that are slow, silent or endless, and what every answer carries."""

from __future__ import annotations

import asyncio
import gc
import socket
from contextlib import closing, suppress
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

import httpx
import pytest

from adapters.settings import Limits
from schema.http import graphiql
from schema.http.exchange import Exchange
from schema.http.transport import OneWrite, Transport
from tests.conftest import house_of
from tests.live.raw import shrink_buffers

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live

LATE = 0.4
HEAD = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


@pytest.fixture
def limits() -> Limits:
    return Limits(request_seconds=LATE, ws_stall_seconds=LATE, header_bytes=16 * 1024, url_bytes=8 * 1024)


async def heard(live: Live, *parts: bytes, pause: float = 0.0) -> bytes:
    """What comes back until the server closes, which it must within ten times the limit."""
    reader, writer = await asyncio.open_connection("127.0.0.1", live.port)
    came = b""

    async def listen() -> None:
        nonlocal came
        with suppress(ConnectionError):  # it closed while we still wrote
            while chunk := await reader.read(65_536):
                came += chunk

    listening = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(10 * LATE):
            for part in parts:
                if not listening.done():
                    writer.write(part)
                    await asyncio.sleep(pause)
            await listening
    finally:
        writer.close()
    return came


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_slow_silent_and_endless_clients_are_cut(live: Live) -> None:
    drip = [bytes([byte]) for byte in HEAD[:40]]
    silent, dripped, long, endless, address, unread_body = await asyncio.gather(
        heard(live),
        heard(live, *drip, pause=0.02),
        heard(live, HEAD + b"x: " + b"y" * 20_000 + b"\r\n\r\n"),
        heard(live, HEAD, *[b"x: " + b"y" * 1_000 + b"\r\n"] * 30),
        heard(live, b"GET /nothing?" + b"q" * 9_000 + b" HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        heard(live, b"POST /nothing HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n", *[b"z"] * 30, pause=0.02),
    )
    assert silent == b""  # nothing was asked
    assert dripped.startswith(b"HTTP/1.1 408 ")
    assert b"nosniff" in dripped
    assert endless.startswith(b"HTTP/1.1 431 ")
    assert long.startswith(b"HTTP/1.1 431 ")
    assert b'"PAYLOAD_TOO_LARGE"' in long
    assert address.startswith(b"HTTP/1.1 414 ")
    assert unread_body.startswith(b"HTTP/1.1 404 ")  # answered at once, closed when the body did not come
    assert (await live.client.data("{ viewer { roles } }"))["viewer"]["roles"] == ["MANAGER"]


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_client_that_does_not_read_its_answer_is_cut(live: Live) -> None:
    name = max(graphiql.ASSETS, key=lambda each: len(graphiql.ASSETS[each].body))
    size = len(graphiql.ASSETS[name].body)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect(("127.0.0.1", live.port))
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(client, f"GET /graphql/assets/{name} HTTP/1.1\r\nhost: x\r\n\r\n".encode() * 8)
    await asyncio.sleep(6 * LATE)
    got = 0
    with client:
        try:
            async with asyncio.timeout(10 * LATE):
                while chunk := await loop.sock_recv(client, 1 << 20):
                    got += len(chunk)
        except ConnectionResetError:
            pass
    assert got < 8 * size


UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_socket_is_not_opened_behind_answers_that_are_under_way_or_not_read(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = max(graphiql.ASSETS.items(), key=lambda each: len(each[1].body))
    question = f"GET /graphql/assets/{asset[0]} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
    assert b" 101 " in await heard(live, UPGRADE, b"what is no frame", pause=0.1)
    assert b" 101 " not in await heard(live, question * 4 + UPGRADE)
    shrink_buffers(monkeypatch, Transport)
    reader, writer = await asyncio.open_connection("127.0.0.1", live.port, limit=4_096)
    with closing(writer):
        writer.write(question)
        head = await reader.readuntil(b"\r\n\r\n")  # the body has been written with it
        writer.write(UPGRADE)
        async with asyncio.timeout(10 * LATE):
            rest = await reader.read()
    assert (b" 200 " in head, rest) == (True, asset[1].body)
    async with asyncio.timeout(10 * LATE):
        while any("run_asgi" in repr(task.get_coro()) for task in asyncio.all_tasks()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # who writes answers hears that nobody reads them


SECURE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


def lacking(response: httpx.Response) -> list[str]:
    return [name for name, value in SECURE.items() if response.headers.get(name) != value]


async def answers(client: Client) -> dict[str, httpx.Response]:
    http = client.http
    return {
        "home": await http.get("/"),
        "page": await http.get("/graphql", headers={"accept": "text/html"}),
        "answer": await http.post("/graphql", json={"query": "{ __typename }"}),
        "401": await http.post("/graphql", json={}, headers={"authorization": "Bearer x"}),
        "404": await http.get("/nothing"),
        "405": await http.put("/graphql"),
        "414": await http.get("/health/live", params={"q": "q" * 9_000}),
        "415": await http.post("/graphql", content="{}", headers={"content-type": "text/plain"}),
        "ingest": await http.post("/ingest/events", json={}),
        "file": await http.get("/files/00000000-0000-0000-0000-000000000000?until=1&signature=x"),
        "health": await http.get("/health/live"),
        "sse": await http.post("/graphql", json={"query": "{ a }"}, headers={"accept": "text/event-stream"}),
    }


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_every_answer_carries_the_headers(client: Client) -> None:
    for name, response in (await answers(client)).items():
        assert lacking(response) == [], name
        assert "strict-transport-security" not in response.headers, name
        assert "server" not in response.headers, name
        assert "script-src" in response.headers["content-security-policy"] or name != "page"
        assert "no-store" in response.headers["cache-control"], name
    live = await client.http.get("/health/live", params={"q": "q" * 9_000})
    assert (live.status_code, live.json()["errors"][0]["extensions"]["code"]) == (414, "BAD_REQUEST")


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_bugs_answer_carries_them_too(
    app: Starlette, house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(house.database, "call", broken)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://wuye.test") as http:
        response = await http.get("/health/ready")
    monkeypatch.undo()
    assert (response.status_code, lacking(response)) == (500, [])
    assert "a bug" not in response.text
    assert "a bug" in caplog.text


class TestProduction:
    """Behind a proxy that ends TLS."""

    @pytest.fixture
    def house(self, settings: Settings) -> House:
        trusted = (ip_network("127.0.0.1"),)
        origins = ("https://app.example",)
        return house_of(replace(settings, production=True, trusted_proxies=trusted, allowed_origins=origins))

    @pytest.mark.parametrize("backend", ["sqlite"])
    async def test_browsers_are_told_to_stay_with_tls_and_who_may_ask(self, client: Client) -> None:
        http = client.http
        plain = await http.get("/health/live")
        assert "strict-transport-security" not in plain.headers
        told = await http.get("/health/live", headers={"x-forwarded-proto": "https"})
        assert told.headers["strict-transport-security"].startswith("max-age=31536000")
        wish = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
        asked = await http.options("/graphql", headers={"origin": "https://app.example", **wish})
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, "https://app.example")
        assert lacking(asked) == []
        refused = await http.options("/graphql", headers={"origin": "https://evil.example", **wish})
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers
        for accept in ("application/json", "text/event-stream"):
            headers = {"origin": "https://evil.example", "accept": accept}
            response = await http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
            assert response.status_code == 403, accept


class Wire:
    """A transport that notes what it is told, call by call."""

    def __init__(self) -> None:
        self.calls: list[tuple[bytes, ...] | str] = []

    def write(self, data: bytes) -> None:
        self.calls.append((data,))

    def writelines(self, parts: tuple[bytes, ...]) -> None:
        self.calls.append(tuple(parts))

    def close(self) -> None:
        self.calls.append("close")


async def test_the_head_of_an_answer_leaves_with_its_first_bytes_and_never_late() -> None:
    wire = Wire()
    one = OneWrite(wire, asyncio.get_running_loop())  # type: ignore[arg-type]
    head, proceed = b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"
    one.write(proceed)
    one.write(head)
    one.write(b"body")
    one.write(b"more")
    await asyncio.sleep(0)
    assert wire.calls == [(proceed,), (head, b"body"), (b"more",)]
    one.write(head)  # a stream whose first event is still to come, or an answer without a body
    await asyncio.sleep(0)
    assert wire.calls[3:] == [(head,)]
    one.write(head)
    one.close()
    assert wire.calls[4:] == [(head,), "close"]


async def test_a_header_that_comes_twice_is_read_whole(live: Live) -> None:
    body = b'{"query":"{ __typename }"}'
    head = HEAD + b"accept: text/plain\r\naccept: application/graphql-response+json\r\nconnection: close\r\n"
    answer = await heard(live, head + b"content-length: %d\r\n\r\n" % len(body) + body)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"content-type: application/graphql-response+json" in answer


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_request_is_gone_without_the_garbage_collector(live: Live) -> None:
    """What it leaves to find costs every thousandth request a pause, and all of them a twentieth of their time."""
    gc.collect()
    gc.disable()
    try:
        await live.client.data("{ viewer { roles } }")
        assert (await live.client.http.get("/graphql", headers={"accept": "text/html"})).status_code == 200
        assert (await live.client.http.get("/health/live")).is_success
        body, events = {"query": "{ viewer { roles } }"}, {"accept": "text/event-stream"}
        assert (await live.client.http.post("/graphql", json=body, headers=events)).text.endswith(
            "event: complete\ndata:\n\n"
        )
        assert not [thing for thing in gc.get_objects() if isinstance(thing, Exchange)]
    finally:
        gc.enable()
