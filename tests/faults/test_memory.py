"""Promise 14: what an idle socket costs the server's memory: with one subscription, and with a hundred groups."""

from __future__ import annotations

import asyncio
import struct
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import orjson
import pytest

from adapters.database import make_database
from adapters.identity import token_hash
from models import AccessToken, Session
from models.rules.account import SignInMethod
from schema.base import encode
from tests.benchmarks.live.generator import Subscriber, client_frame, raise_limits
from tests.benchmarks.usage import memory
from tests.faults import FULL
from tests.live.talk import ACCESS
from tests.servers.process import HOST
from tests.servers.product import Product

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from adapters.settings import Settings
    from tests.factories.tenant import World

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(600 if FULL else 60)]

SOCKETS = 2_000 if FULL else 150
FIRST = 20  # what the first of them bring into memory is not theirs alone
GROUPS = 100
ONE_KIB, GROUPS_KIB = 30.0, 40.0
LEAST_KIB = 4.0  # with less, something else than sockets was measured
AT_ONCE = 20
SECONDS = 300.0 if FULL else 40.0
PONG = client_frame({"type": "pong"})


@pytest.fixture
def backend() -> str:
    """A socket is the same whatever stands behind it."""
    return "sqlite"


@pytest.fixture
def product(settings: Settings, tmp_path: Path) -> Product:
    """One process, not started yet; pings tell who has joined."""
    options = {"LIMIT_WS_PING_SECONDS": "0.5", "LIMIT_WS_SOCKETS_PER_USER": "100000", "LIMIT_WS_PONG_SECONDS": "60"}
    return Product(tmp_path, DATABASE_URL=settings.database_url, BROKER_URL="memory://", **options)


async def sessions(settings: Settings, world: World, count: int) -> list[str]:
    """Access tokens of `control`, each a viewer of its own to the server."""
    acme, now = world.acme, datetime.now(UTC)
    whole: dict[str, Any] = {
        "organization_id": acme.keys["organization"],
        "created_at": now,
        "expires_at": now + timedelta(hours=1),
    }
    tokens = [f"idle-{number}" for number in range(count)]
    database = make_database(settings)
    await database.connect()
    try:
        async with database.transaction(acme.keys["organization"]):
            session = await Session.create(
                id=uuid4(), account_id=acme.keys["control"], method=SignInMethod.PASSWORD, **whole
            )
            rows = [AccessToken(id=uuid4(), session_id=session.id, token_hash=token_hash(t), **whole) for t in tokens]
            await AccessToken.bulk_create(rows)
    finally:
        await database.close()
    return tokens


async def message(reader: asyncio.StreamReader) -> dict[str, Any]:
    """The next one; servers do not mask."""
    _, size = await reader.readexactly(2)
    if size == 126:
        (size,) = struct.unpack(">H", await reader.readexactly(2))
    found: dict[str, Any] = orjson.loads(await reader.readexactly(size))
    return found


class Idlers:
    """Clients that subscribe, and then do nothing but answer pings."""

    def __init__(self, product: Product, tokens: list[str], home: str) -> None:
        self._product, self._tokens, self._home = product, iter(tokens), home
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._joined = self._wanted = 0
        self._all = asyncio.Event()

    async def add(self, count: int, gate: Callable[[int], str | None]) -> float:
        """So many more, number n at gate(n); the server's MiB when all have joined and answered a ping."""
        self._wanted += count
        self._all.clear()
        for number in range(count):
            task = asyncio.create_task(self._idle(next(self._tokens), gate(number)))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        async with asyncio.timeout(SECONDS):
            await self._all.wait()
        assert self._joined == self._wanted, "some were cut"
        return memory(self._product.worker_ids()[0])

    def _ended(self, task: asyncio.Task[None]) -> None:
        """It was cut, or we are at the end."""
        self._joined = -1
        self._all.set()

    async def _idle(self, token: str, gate: str | None) -> None:
        wish = {"property": self._home, "gate": gate}
        texts = Subscriber({"token": token}, ACCESS, wish).texts(self._product.port, "/graphql")
        async with self._turn:
            reader, writer = await asyncio.open_connection(HOST, self._product.port)
            try:
                writer.write(texts[0])
                assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
                writer.write(texts[1])
                assert (await message(reader))["type"] == "connection_ack"
                writer.write(texts[2])
            except BaseException:
                writer.close()
                raise
        with closing(writer):
            await self._rest(reader, writer)

    async def _rest(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer pings; the first that has the subscription's cursor says that it has joined."""
        joined = False
        while True:
            said = await message(reader)
            assert said["type"] == "ping", said
            writer.write(PONG)
            if "1" in said["payload"]["cursors"] and not joined:
                joined = True
                self._joined += 1
                if self._joined == self._wanted:
                    self._all.set()

    @classmethod
    @asynccontextmanager
    async def of(cls, product: Product, tokens: list[str], home: str) -> AsyncIterator[Idlers]:
        """None yet; all are cut in the end."""
        found = cls(product, tokens, home)
        try:
            yield found
        finally:
            for task in found._tasks:
                task.cancel()
            await asyncio.gather(*found._tasks, return_exceptions=True)


@pytest.mark.promise(14)
async def test_an_idle_socket_is_small(
    product: Product, settings: Settings, world: World, reached: Callable[..., None]
) -> None:
    if FULL:
        raise_limits()
    tokens, home = await sessions(settings, world, FIRST + 2 * SOCKETS), world.acme.id("home")
    gates = [encode("Gate", UUID(int=number)) for number in range(GROUPS)]  # nobody passes there
    with product:
        async with Idlers.of(product, tokens, home) as idlers:
            begin = await idlers.add(FIRST, lambda _: None)
            alike = await idlers.add(SOCKETS, lambda _: None)
            groups = await idlers.add(SOCKETS, lambda number: gates[number % GROUPS])
    one, many = ((after - before) * 1024 / SOCKETS for before, after in ((begin, alike), (alike, groups)))
    reached(f"{one:.1f} KiB an idle socket with one subscription, {many:.1f} with {GROUPS} groups", count=SOCKETS)
    assert LEAST_KIB < one <= ONE_KIB
    assert LEAST_KIB < many <= GROUPS_KIB
