"""The load generator of `make bench-live` counts right: a server that doubles, drops or misleads an event is caught."""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import asyncpg
import orjson
import pytest
from graphql import build_schema, parse, validate

from tests.benchmarks.live import measure, msgpack
from tests.benchmarks.live.contender import SOURCES, Contender
from tests.benchmarks.live.generator import Generator
from tests.benchmarks.live.goal import goals
from tests.benchmarks.live.measure import NotServedError, Spans, Stage
from tests.benchmarks.live.plot import plot
from tests.benchmarks.live.report import Shot, figures, tables
from tests.benchmarks.live.world import ORDERS, REPLIES, Scale, Scene, fill
from tests.conftest import ROLE, ROLE_PASSWORD
from tests.servers.product import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.servers.postgres import PostgresServer

SPANS = Spans(saturation=0.2, warm=0.05, steady=0.1)
needs_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="the load generator is compiled: apt-get install gcc")


def frame(text: bytes) -> bytes:
    """As a server sends it."""
    length = len(text)
    if length < 126:
        return bytes([0x81, length]) + text
    return bytes([0x81, 126 if length < 65_536 else 127]) + length.to_bytes(2 if length < 65_536 else 8) + text


class Fake(Contender):
    """A server of a few sockets in this process, which does to events as it is told: `fault(number, socket)`."""

    def __init__(self, folder: Path, fault: Callable[[int, int], list[int]], padding: int = 0, cut: int = 0) -> None:
        super().__init__("fake", folder, "")
        self._fault = fault
        self._padding = b"x" * padding
        self._cut = cut
        self._sockets: list[asyncio.StreamWriter] = []
        self._talks: list[asyncio.Task[None]] = []

    @property
    def pid(self) -> int:
        return os.getpid()

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        for writer in self._sockets:
            writer.close()
        if self._talks:
            await asyncio.wait(self._talks)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.append(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
        while True:
            try:
                head = await reader.readexactly(2)
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            length = head[1] & 127
            length = int.from_bytes(await reader.readexactly(2)) if length == 126 else length
            message = orjson.loads((await reader.readexactly(4 + length))[4:])
            if message["type"] == "connection_init":
                writer.write(frame(b'{"type":"connection_ack"}'))
            elif message["type"] == "subscribe":
                self._sockets.append(writer)

    async def publish(self, scene: Scene, first: int, count: int, leaves: Callable[[int], None]) -> None:
        for number in range(first, first + count):
            leaves(number)
            await asyncio.sleep(0)
            for n, writer in enumerate(self._sockets):
                await self._write(writer, b"".join(self._told(scene, one) for one in self._fault(number, n)))

    def _told(self, scene: Scene, number: int) -> bytes:
        if number < 0:
            return b"\x88\x02" + (-number).to_bytes(2)
        event = scene.payload(number)
        event["n"] = event.pop("version")
        payload = {"data": {"workOrderChanged": event}}
        text = orjson.dumps({"id": "1", "type": "next", "payload": payload, "padding": self._padding.decode()})
        return frame(text)

    async def _write(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        """All at once, or in pieces."""
        step = self._cut or len(data) or 1
        for begin in range(0, len(data), step):
            writer.write(data[begin : begin + step])
            if self._cut:
                await writer.drain()
                await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not come is not waited for as long as a server under load would need."""
    monkeypatch.setattr(measure, "STUCK", 1.0)
    monkeypatch.setattr(measure, "PATIENCE", 0.3)


async def staged(fake: Fake, scene: Scene) -> AsyncIterator[Stage]:
    """With the sockets of the scene."""
    await fake.open()
    try:
        with Generator(fake.folder, fake.port, fake.path, scene.strangers(), scene.step) as generator:
            stage = Stage(fake, scene, generator, 1)
            assert await stage.connected() > 0
            await stage.hearing()
            yield stage
    finally:
        await fake.close()


async def shot_of(fake: Fake, *, full: bool = False) -> Shot:
    """Ten events or more to three sockets, after those with which a stage begins."""
    async for stage in staged(fake, Scene("one", 3)):
        return await (stage.saturation(SPANS) if full else stage.steady(100, SPANS))
    raise AssertionError


@needs_cc
@pytest.mark.parametrize(("padding", "cut"), [(0, 0), (600, 301), (70_000, 30_000)], ids=["small", "cut", "large"])
async def test_what_comes_once_is_counted_once(tmp_path: Path, padding: int, cut: int) -> None:
    shot = await shot_of(Fake(tmp_path, lambda number, _: [number], padding, cut))
    assert (shot.faults, shot.sockets, shot.load) == ("", 3, "100/s")
    assert shot.bytes > padding
    assert 0 < shot.p50 <= shot.p99 < 5_000


@needs_cc
async def test_saturation_keeps_a_window_in_flight(tmp_path: Path) -> None:
    shot = await shot_of(Fake(tmp_path, lambda number, _: [number]), full=True)
    assert shot.faults == ""
    assert shot.rate > 3 * 10
    assert shot.events == pytest.approx(shot.rate / 3)


@needs_cc
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (lambda n, i: [n, n] if n == 6 and i == 1 else [n], "1 again"),
        (lambda n, i: [] if n == 6 and i == 1 else [n], "1 missed, 1 lost"),
        (lambda n, i: {5: [6], 6: [5]}.get(n, [n]) if i == 1 else [n], "1 again, 1 missed, 1 lost"),
    ],
    ids=["doubled", "dropped", "swapped"],
)
async def test_a_fault_is_caught(tmp_path: Path, fault: Callable[[int, int], list[int]], said: str) -> None:
    assert (await shot_of(Fake(tmp_path, fault))).faults == said


@needs_cc
async def test_what_is_anothers_is_caught(tmp_path: Path) -> None:
    scene = Scene("own", 3)

    def fault(number: int, socket: int) -> list[int]:
        return [number] if (number - 1) % 3 == socket else [number] if number == 8 and socket == 0 else []

    async for stage in staged(Fake(tmp_path, fault), scene):
        shot = await stage.steady(100, SPANS)
    assert "foreign" in shot.faults


@needs_cc
async def test_a_closed_socket_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotServedError, match=r"1 sockets closed \(1013\)"):
        await shot_of(Fake(tmp_path, lambda n, i: [n, -1013] if n == 6 and i == 1 else [n]))


def shot(contender: str, rate: float, load: str = "saturation", faults: str = "") -> Shot:
    """One at a thousand sockets of one scope."""
    return Shot(contender, "one", 1_000, load, rate, rate / 1_000, 5, 15, 9, 1, 0.5, 0.1, 0, 570, faults, 1.0, 28.0)


def test_figures_pair_the_rounds() -> None:
    rounds = [
        [shot("product", 100_000), shot("yoga", 20_000), shot("picows", 200_000)],
        [shot("product", 120_000), shot("yoga", 10_000), shot("picows", 200_000)],
        [shot("product", 90_000, faults="1 lost"), shot("yoga", 15_000), shot("picows", 150_000)],
    ]
    found = figures(rounds)
    assert [one.ratio for one in found] == [None, 6.0, 0.6]
    assert "| one | 1,000 | product | 100,000 | 90,000–120,000 |  | 100.0 | 9.0 | 570 | 1 lost |" in tables(found)
    met = {goal.text: goal.line.rsplit("|", 2)[1].strip() for goal in goals(found)}
    assert [met[text] for text in ("by the best Node peer", "by picows", "1,000 connects")] == ["met"] * 3
    assert met["p99 at 1 events/s, 1,000 sockets"] == ""
    assert len(ElementTree.fromstring(plot(found)).findall("{*}rect")) == 1 + 3 + 7


@pytest.mark.parametrize("document", [ORDERS, REPLIES])
def test_the_documents_are_valid(document: str) -> None:
    assert validate(build_schema((ROOT / "schema" / "schema.graphql").read_text()), parse(document)) == []
    if document is ORDERS:
        assert validate(build_schema((SOURCES / "schema.graphql").read_text()), parse(document)) == []


def test_message_pack() -> None:
    assert msgpack.encode({"a": None, "b": 1}) == b"\xde\x00\x02\xda\x00\x01a\xc0\xda\x00\x01b\xd3" + bytes(7) + b"\x01"
    with pytest.raises(TypeError, match="float"):
        msgpack.encode(1.5)


@pytest.mark.postgres
async def test_the_rows_are_valid(postgres: PostgresServer) -> None:
    """`fill` itself looks at every foreign key."""
    name = postgres.create_database()
    try:
        await fill(postgres.url(name, ROLE, ROLE_PASSWORD), postgres.url(name), Scale(20, 10, 10))
        connection = await asyncpg.connect(postgres.url(name))
        try:
            counts = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in ("session", "work_order")]
        finally:
            await connection.close()
    finally:
        postgres.drop_database(name)
    assert min(counts) >= 10, counts
