"""Behind nginx with the documented configuration and two processes: what a proxy likes to break, and one process away.

Only ports, paths and times are others: nobody waits 75 s for a test.
"""

from __future__ import annotations

import asyncio
import http.client
import re
import ssl
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
from websockets.exceptions import ConnectionClosed

from adapters.settings import Limits
from tests.client import Client
from tests.factories.world import PASSWORD
from tests.live.sse import listen
from tests.live.talk import ACCESS, cursor_of, pass_gate, reasons
from tests.live.websocket import dial
from tests.protocol.scenario import PLACE, SIGN_IN
from tests.servers import ServerUnavailableError
from tests.servers.nginx import DOCUMENTED, NginxServer
from tests.servers.process import HOST
from tests.servers.product import Product
from tests.test_file import UPLOAD
from tests.test_photo import photo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from adapters.settings import Settings
    from tests.factories.tenant import World
    from tests.live.websocket import Socket

pytestmark = [pytest.mark.servers, pytest.mark.postgres, pytest.mark.timeout(120)]

IDLE_SECONDS = 3.0  # nginx's patience here; a sign-in on a busy machine takes less
AT_ONCE_SECONDS = 2.0
ELSEWHERE = "127.0.0.2"  # the client's address: the proxy's is believed, this one is nobody's
SESSIONS = "{ sessions(first: 100) { nodes { isCurrent address } } }"
SOCKETS = 4


@pytest.fixture
def backend() -> str:
    """Two processes need the larger backend."""
    return "postgres"


@dataclass(frozen=True)
class Front:
    """Two processes behind nginx."""

    nginx: NginxServer
    products: tuple[Product, Product]
    world: World

    @asynccontextmanager
    async def talk(self, token: str) -> AsyncIterator[Socket]:
        """A socket of an account, through nginx."""
        async with dial(self.nginx.websocket_url, ssl=self.nginx.context()) as socket:
            await socket.init(token)
            yield socket

    def http(self) -> httpx.AsyncClient:
        """Talks to nginx, from an address of its own."""
        transport = httpx.AsyncHTTPTransport(verify=self.nginx.context(), local_address=ELSEWHERE)
        return httpx.AsyncClient(transport=transport, base_url=self.nginx.url, timeout=15)


@pytest.fixture
def front(settings: Settings, world: World, tmp_path: Path) -> Iterator[Front]:
    """Started; both processes share database, broker and files."""
    options = {
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
        "TRUSTED_PROXIES": f"{HOST}/32",
        "LIMIT_WS_PING_SECONDS": "0.3",
    }
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    first, second = (Product(folder, **options, STATE_PATH=str(tmp_path / "state")) for folder in folders)
    nginx = NginxServer((first.port, second.port), **{"75s": f"{IDLE_SECONDS:.0f}s"})
    try:
        nginx.start()
    except ServerUnavailableError as missing:
        pytest.skip(str(missing))
    with nginx, first, second:
        yield Front(nginx, (first, second), world)


class Watcher:
    """Follows the gates over a socket, and comes back by cursor when it is told to."""

    def __init__(self, front: Front, token: str, cursor: str) -> None:
        self._front = front
        self._token = token
        self._cursor = cursor
        self.heard: list[int] = []
        self.closes: list[int | None] = []
        self.connected = asyncio.Event()

    async def follow(self, last: int) -> None:
        """Until the passage `last` was heard."""
        while last not in self.heard:
            async with self._front.talk(self._token) as socket:
                try:
                    await self._hear(socket, last)
                except ConnectionClosed as closed:
                    self.closes.append(closed.rcvd.code if closed.rcvd else None)

    async def _hear(self, socket: Socket, last: int) -> None:
        home = self._front.world.acme.id("home")
        await socket.subscribe("1", ACCESS, property=home, after=self._cursor)
        self.connected.set()
        while last not in self.heard:
            (payload,) = await socket.results("1", 1)
            self._cursor = cursor_of(payload)
            self.heard += reasons([payload])


async def signed_in(client: Client) -> str:
    """A token of the manager. Whoever says that he comes from elsewhere is not believed."""
    wish = {"organization": "acme", "login": "manager", "password": PASSWORD}
    answer = await client.http.post(
        "/graphql", json={"query": SIGN_IN, "variables": {"input": wish}}, headers={"x-forwarded-for": "203.0.113.9"}
    )
    token: str = answer.json()["data"]["accountSignIn"]["token"]
    client.http.headers["authorization"] = f"Bearer {token}"
    return token


async def asks(front: Front) -> None:
    """A query tells the client's own address; a photo goes up and comes down."""
    async with front.http() as http_:
        client = Client(http_, front.world)
        await signed_in(client)
        answer = (await http_.post("/graphql", json={"query": SESSIONS})).json()
        nodes = answer["data"]["sessions"]["nodes"]
        assert [node["address"] for node in nodes if node["isCurrent"]] == [ELSEWHERE]
        form = {
            "operations": orjson.dumps({"query": UPLOAD, "variables": {"file": None}}).decode(),
            "map": '{"0": ["variables.file"]}',
        }
        picture = photo("JPEG", (2_000, 1_500))
        sent = await http_.post("/graphql", data=form, files={"0": picture}, headers={"graphql-require-preflight": "1"})
        file = sent.json()["data"]["fileUpload"]["file"]
        assert (await http_.get(file["url"])).status_code == 200
        for hidden in ("/health/ready", "/metrics"):
            assert (await http_.get(hidden)).status_code == 404


async def stays_open(front: Front) -> None:
    """A quiet socket and a quiet stream outlive the idle time; their events come at once."""
    async with front.http() as http_, AsyncExitStack() as stack:
        client = Client(http_, front.world)
        token, home = await signed_in(client), front.world.acme.id("home")
        silent = await stack.enter_async_context(dial(front.nginx.websocket_url, ssl=front.nginx.context()))
        socket = await stack.enter_async_context(front.talk(token))
        stream = await stack.enter_async_context(listen(http_, ACCESS, token, property=home))
        await socket.subscribe("1", ACCESS, property=home)
        with pytest.raises(ConnectionClosed) as cut:  # nothing is said on it before its introduction
            await silent.receive()
        assert cut.value.rcvd is None, "nginx has no idle time: this proves nothing"
        until = time.monotonic() + 1.4 * IDLE_SECONDS
        while time.monotonic() < until:
            assert (await socket.receive())["type"] == "ping"
            await socket.send("pong")
            frame = await stream.frame()
            assert frame is not None
            assert frame.event is None
        passed = time.monotonic()
        await pass_gate(client, 1)
        assert reasons(await stream.results(1)) == reasons(await socket.results("1", 1)) == [1]
        assert time.monotonic() - passed <= AT_ONCE_SECONDS


async def comes_back(front: Front) -> list[Watcher]:
    """One process is stopped under its sockets; reads go on meanwhile, and no watcher loses or doubles a passage."""
    first, second = front.products
    async with front.http() as http_:
        client = Client(http_, front.world)
        token = await signed_in(client)
        found = await client.data(PLACE, None, id=front.world.acme.id("home"))
        cursor = found["property"]["liveCursor"]
        watchers = [Watcher(front, token, cursor) for _ in range(SOCKETS)]
        async with asyncio.TaskGroup() as group:
            for watcher in watchers:
                group.create_task(watcher.follow(14))
                await watcher.connected.wait()
            await pass_gate(client, 10, 11)
            stopping = group.create_task(asyncio.to_thread(first.terminate, 15))
            while not stopping.done():
                answer = await http_.get("/graphql", params={"query": "{ viewer { account { login } } }"})
                assert answer.status_code == 200, answer.text
            assert await stopping == 0
            await pass_gate(client, 12, 13, 14)
        assert await asyncio.to_thread(second.terminate, 15) == 0
        answer = await http_.post("/graphql", json={"query": "{ viewer { account { login } } }"})
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    return watchers


def too_large(front: Front) -> tuple[int, Any]:
    """What a body over our limit is told before it is sent."""
    limits = Limits()
    most = limits.upload_total_bytes + limits.body_bytes
    tls: ssl.SSLContext = front.nginx.context()
    connection = http.client.HTTPSConnection(HOST, front.nginx.port, context=tls, timeout=10)
    connection.putrequest("POST", "/graphql")
    connection.putheader("content-length", str(most + 1))
    connection.endheaders()
    answer = connection.getresponse()
    told = orjson.loads(answer.read())
    connection.close()
    return answer.status, told["errors"][0]["extensions"]["code"]


def test_the_documented_nginx_before_two_processes(front: Front) -> None:
    asyncio.run(asks(front))
    assert too_large(front) == (413, "PAYLOAD_TOO_LARGE")
    asyncio.run(stays_open(front))
    watchers = asyncio.run(comes_back(front))
    assert [watcher.heard for watcher in watchers] == [[10, 11, 12, 13, 14]] * SOCKETS
    closes = [code for watcher in watchers for code in watcher.closes]
    assert set(closes) == {1012}
    assert len(closes) < SOCKETS, "the sockets were not spread over both"
    for product in front.products:
        assert "Traceback" not in product.output(), product.output()[-3_000:]


def test_its_figures_are_those_of_our_limits() -> None:
    limits, text = Limits(), DOCUMENTED.read_text()
    figures = {name: int(value) for name, value in re.findall(r"^\s*(\w+)\s+(\d+)s?;", text, re.MULTILINE)}
    assert figures["client_max_body_size"] == limits.upload_total_bytes + limits.body_bytes
    for name in ("proxy_read_timeout", "proxy_send_timeout"):
        assert figures[name] > 2 * (limits.ws_ping_seconds + limits.ws_pong_seconds)
        assert figures[name] > limits.request_seconds
    assert figures["keepalive_timeout"] < 5  # uvicorn's: it must be nginx that hangs up, or a request falls between
    assert f"large_client_header_buffers 4 {limits.header_bytes // 1024}k;" in text
