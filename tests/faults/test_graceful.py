"""Promise 25: told to stop, the server tells clients to come back, finishes what it began, and exits with 0."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import pytest

from tests.client import passage
from tests.faults import FULL
from tests.live.sse import Stream, listen
from tests.live.talk import ACCESS
from tests.live.websocket import talk
from tests.servers.process import HOST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.faults.conftest import Deployment
    from tests.servers.product import Product

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(300 if FULL else 90)]

STOP_SECONDS = 10.0
WRITERS = 16
NEWCOMERS = 300
ASK = b"GET /health/live HTTP/1.1\r\nhost: wuye.test\r\n\r\n"
SOCKETS, STREAMS = (1_000, 100) if FULL else (3, 1)
UNLIMITED = httpx.Limits(max_connections=None)
OPEN = """mutation ($id: ID!, $input: GateOpenInput!) {
  gateOpen(id: $id, input: $input) { gate { state } userErrors { code } }
}"""


class Writers:
    """Devices that post until the server refuses: `begun` were sent on an open connection, `receipted` answered."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self.receipted = 0
        self.unanswered = 0
        self.busy = asyncio.Event()

    async def write(self, number: int) -> None:
        """One connection that is kept open: what is sent on it before the stop is answered."""
        tenant, url = self._deployment.world.acme, self._deployment.product.url
        headers = {"authorization": f"Bearer {tenant.device_token}"}
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=20, headers=headers) as http:
            for sequence in range(number, 1_000_000, WRITERS):
                try:
                    answer = await http.post("/ingest/events", json={"messages": [passage(tenant, sequence)]})
                except (httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                    self.unanswered += 1
                    return
                assert answer.status_code == 200, answer.text
                self.receipted += 1
                if self.receipted > 5 * WRITERS:
                    self.busy.set()


async def stop(deployment: Deployment) -> tuple[int, float, Writers]:
    """SIGTERM under load with both kinds of streams open; exit status, seconds, and what the writers saw."""
    product, token, home = deployment.product, deployment.token("control"), deployment.world.acme.id("home")
    writers = Writers(deployment)
    async with (
        httpx.AsyncClient(base_url=product.url, trust_env=False, limits=UNLIMITED, timeout=60) as http,
        AsyncExitStack() as stack,
        asyncio.TaskGroup() as group,
    ):
        streams = [await stack.enter_async_context(listen(http, ACCESS, token, property=home)) for _ in range(STREAMS)]
        sockets = [
            await stack.enter_async_context(talk(product.websocket_url, token if number else None))
            for number in range(SOCKETS)
        ]
        for socket in sockets[1:]:
            await socket.subscribe("1", ACCESS, property=home)
        for number in range(WRITERS):
            group.create_task(writers.write(number))
        await writers.busy.wait()
        started = time.monotonic()
        status = group.create_task(asyncio.to_thread(product.terminate, 3 * STOP_SECONDS))
        codes = [group.create_task(socket.closed()) for socket in sockets]
        ends = [group.create_task(ended(stream)) for stream in streams]
        assert [await code for code in codes] == [1012] * SOCKETS
        await asyncio.gather(*ends)
        return await status, time.monotonic() - started, writers


async def ended(stream: Stream) -> None:
    """Read to the end: it raises where a frame is cut in two."""
    while await stream.frame() is not None:
        pass


@pytest.mark.promise(25)
def test_sigterm(deployment: Deployment, reached: Callable[..., None]) -> None:
    status, seconds, writers = asyncio.run(stop(deployment))
    assert status == 0, deployment.product.output()[-3_000:]
    assert seconds <= STOP_SECONDS
    logged = deployment.logged()
    assert writers.receipted <= len(logged) <= writers.receipted + writers.unanswered, "a receipted write is lost"
    assert "Traceback" not in deployment.product.output(), deployment.product.output()[-3_000:]
    reached(
        f"stopped in {seconds:.1f} s under load, 1012 to {SOCKETS} sockets, {STREAMS} streams over SSE ended whole,"
        f" {writers.receipted} receipted writes: 0 lost",
        count=SOCKETS + STREAMS,
    )


async def ask_for_ever(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """On one connection, until the server ends it."""
    with suppress(OSError):
        writer.write(ASK)
        while await reader.read(65_536):
            await asyncio.sleep(0.05)
            writer.write(ASK)
    writer.close()


async def stop_among_newcomers(product: Product) -> tuple[int, float]:
    """SIGTERM while clients come all the time, each to stay; exit status and seconds."""
    staying: list[asyncio.Task[None]] = []

    async def come() -> None:
        with suppress(OSError):  # until nobody listens
            while True:
                staying.append(asyncio.create_task(ask_for_ever(*await asyncio.open_connection(HOST, product.port))))
                await asyncio.sleep(0.001)

    coming = [asyncio.create_task(come()) for _ in range(8)]
    while len(staying) < NEWCOMERS:  # noqa: ASYNC110 - it is no matter how many
        await asyncio.sleep(0.01)
    started = time.monotonic()
    status = await asyncio.to_thread(product.terminate, 3 * STOP_SECONDS)
    seconds = time.monotonic() - started
    await asyncio.gather(*coming)
    await asyncio.gather(*staying)
    return status, seconds


@pytest.mark.parametrize("backend", ["sqlite"])  # who comes in that moment is no matter of the database
def test_whoever_comes_in_that_moment_holds_nobody_up(deployment: Deployment) -> None:
    status, seconds = asyncio.run(stop_among_newcomers(deployment.product))
    assert status == 0, deployment.product.output()[-3_000:]
    assert seconds < STOP_SECONDS / 2, "uvicorn waits ten seconds for those whom it has not told"
    assert "ERROR" not in deployment.product.output(), deployment.product.output()[-3_000:]


@asynccontextmanager
async def gate_locked(deployment: Deployment) -> AsyncIterator[None]:
    """Nobody else can change the first gate meanwhile."""
    settings = deployment.settings
    if settings.on_sqlite:
        with closing(sqlite3.connect(settings.sqlite_path, isolation_level=None)) as held:
            held.execute("BEGIN IMMEDIATE")
            yield
            held.execute("ROLLBACK")
        return
    connection = await asyncpg.connect(settings.database_admin_url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM gate WHERE id = $1 FOR UPDATE", deployment.world.acme.keys["gate0"])
            yield
    finally:
        await connection.close()


async def stop_during_a_verb(deployment: Deployment) -> tuple[int, dict[str, Any]]:
    """SIGTERM while a verb waits for a lock, which goes once the sockets are closed."""
    product, token, tenant = deployment.product, deployment.token("control"), deployment.world.acme
    headers = {"authorization": f"Bearer {token}"}
    body = {"query": OPEN, "variables": {"id": tenant.id("gate0"), "input": {"reason": "visitor"}}}
    async with (
        httpx.AsyncClient(base_url=product.url, trust_env=False, timeout=20, headers=headers) as http,
        talk(product.websocket_url, token) as socket,
        asyncio.TaskGroup() as group,
    ):
        async with gate_locked(deployment):
            verb = group.create_task(http.post("/graphql", json=body))
            await blocked(deployment)
            status = group.create_task(asyncio.to_thread(product.terminate, 3 * STOP_SECONDS))
            assert await socket.closed() == 1012
            assert not verb.done()
        answer = (await verb).json()
        return await status, answer


async def blocked(deployment: Deployment) -> None:
    """Wait until the verb has come as far as the lock."""
    if deployment.settings.on_sqlite:
        await asyncio.sleep(0.5)  # SQLite does not tell who waits
        return
    connection = await asyncpg.connect(deployment.settings.database_admin_url)
    try:
        async with asyncio.timeout(10):
            while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
    finally:
        await connection.close()


def test_a_verb_under_way_is_finished_and_answered(deployment: Deployment) -> None:
    status, answer = asyncio.run(stop_during_a_verb(deployment))
    assert answer["data"] == {"gateOpen": {"gate": {"state": "OPEN"}, "userErrors": []}}
    assert status == 0, deployment.product.output()[-3_000:]
    assert len(deployment.logged()) == 1
