"""The load: `generator.c`, which holds the sockets, seen through the memory it shares with us.

It is C because it must not be the bottleneck: one thread on the second core reads more frames a second than any server
here writes (`limit` measures it first), where Python's event loop ends below 200,000.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import orjson

from tests.servers.process import HOST, GuardedProcess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SOURCE = Path(__file__).with_name("generator.c")
FINE, BUCKETS, TIMES, SAMPLE = 20_000, 80_000, 1 << 20, 1 << 17
AT_ONCE = 128
"""Connections in the making; the listen queue of every server is longer."""
FEW, PACE, UNPACED = 1_000, 400, 1_000_000
"""More sockets than FEW come at PACE a second: a crowd that comes at once is another test (promise 15)."""
_WORDS = "sockets acked hearing received bytes again stale missed foreign odd closed close_code shortest longest"
_INSTANTS = "began_at acked_at"
_ORDERS = "command done first step sample_bytes returns cut refused"


class Shared(ctypes.Structure):
    """As the C text lays it out."""

    _fields_ = (
        *((name, ctypes.c_uint64) for name in _WORDS.split()),
        *((name, ctypes.c_int64) for name in _INSTANTS.split()),
        *((name, ctypes.c_uint64) for name in _ORDERS.split()),
        ("sample", ctypes.c_ubyte * SAMPLE),
        ("trouble", ctypes.c_char * 1024),
        ("latency", ctypes.c_uint64 * BUCKETS),
        ("times", ctypes.c_int64 * TIMES),
    )


@dataclass(frozen=True)
class Tally:
    """What all sockets received since the last `reset`. `again` to `closed` are 0 where everything is exactly once."""

    received: int
    bytes: int
    again: int
    missed: int
    foreign: int
    odd: int
    closed: int

    def faults(self) -> dict[str, int]:
        """What is not 0 and ought to be."""
        return {name: n for name in ("again", "missed", "foreign", "odd", "closed") if (n := getattr(self, name))}


def build(folder: Path) -> Path:
    """Compile it. Raises AssertionError where there is no compiler."""
    program = folder / "generator"
    if not program.exists() or program.stat().st_mtime < SOURCE.stat().st_mtime:
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["cc", "-O2", "-o", program, SOURCE], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"no C compiler (Debian: apt-get install gcc)?\n{done.stderr}"
    return program


def client_frame(message: Mapping[str, object]) -> bytes:
    """A text frame as a client sends it, masked with zeros."""
    text = orjson.dumps(message)
    length = bytes([128 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack(">H", len(text))
    return b"\x81" + length + bytes(4) + text


def upgrade(port: int, path: str) -> bytes:
    """The request that makes a connection a WebSocket."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    ).encode()


@dataclass(frozen=True)
class Subscriber:
    """What one socket says."""

    payload: Mapping[str, object]  # of connection_init
    query: str
    variables: Mapping[str, object]

    def texts(self, port: int, path: str) -> list[bytes]:
        """Upgrade, connection_init, subscribe."""
        wish = {"query": self.query, "variables": self.variables}
        return [
            upgrade(port, path),
            client_frame({"type": "connection_init", "payload": self.payload}),
            client_frame({"id": "1", "type": "subscribe", "payload": wish}),
        ]


class Generator:
    """Sockets on one server, from `__enter__` to `__exit__`. Socket i hears the numbers first + i % step, and so on."""

    def __init__(
        self,
        folder: Path,
        port: int,
        path: str,
        subscribers: Sequence[Subscriber],
        step: int = 1,
        first: int = 1,
        *,
        returns: bool = False,
    ) -> None:
        """`returns`: a socket that is cut comes back at once, by the cursor that takes the place of "@CURSOR"."""
        self._folder = folder
        self._port = port
        self._program = build(folder)
        self._pace = PACE if len(subscribers) > FEW else UNPACED
        self._first, self._step, self._returns = first, step, returns
        with (folder / "requests").open("wb") as file:
            file.write(struct.pack("<I", len(subscribers)))
            for one in subscribers:
                for text in one.texts(port, path):
                    file.write(struct.pack("<I", len(text)) + text)
        self._process: GuardedProcess | None = None

    def __enter__(self) -> Self:
        """Begin to connect."""
        place = self._folder / "shared"
        place.unlink(missing_ok=True)
        with place.open("w+b") as file:
            file.truncate(ctypes.sizeof(Shared))
            self.shared = Shared.from_buffer(mmap.mmap(file.fileno(), 0))
        self.shared.first, self.shared.step, self.shared.returns = self._first, self._step, self._returns
        words = str(self._port), str(place), str(self._folder / "requests"), str(AT_ONCE), str(self._pace)
        self._process = GuardedProcess([self._program, *words], self._folder / "generator.log")
        return self

    def __exit__(self, *_: object) -> None:
        """Cut all sockets."""
        assert self._process is not None
        self._process.kill()

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def tally(self) -> Tally:
        """As of now. Raises AssertionError when it has ended."""
        assert self._process is not None
        assert self._process.poll() is None, f"the load generator ended: {self._process.tail()}"
        return Tally(**{name: getattr(self.shared, name) for name in Tally.__dataclass_fields__})

    @property
    def trouble(self) -> str:
        """The first thing that was not expected, as it came."""
        return bytes(self.shared.trouble).decode(errors="replace")

    @property
    def sample(self) -> bytes:
        """The first frame after the last reset."""
        return bytes(self.shared.sample[: self.shared.sample_bytes])

    def reset(self, first: int) -> None:
        """Count anew; the next event is number `first`, of socket 0."""
        self.shared.first = first
        wanted = self.shared.command = self.shared.command + 1
        deadline = time.monotonic() + 10
        while self.shared.done != wanted:
            assert time.monotonic() < deadline, "the load generator does not answer"
            time.sleep(0.001)

    def cut(self) -> None:
        """Cut all sockets, as a network does it: no close frame."""
        self.shared.cut += 1

    def publish(self, number: int) -> None:
        """Say that event `number` leaves now."""
        self.shared.times[number % TIMES] = time.monotonic_ns()

    def latency(self, share: float) -> float:
        """Milliseconds within which this share of the frames came, to 0.05 ms (above 1 s to 1 ms)."""
        wanted, seen = share * self.shared.received, 0
        for slot, n in enumerate(self.shared.latency):
            seen += n
            if n and seen >= wanted:
                return (slot + 1) * 0.05 if slot < FINE else float(slot - FINE + 1_001)
        return 0.0


def raise_limits() -> None:
    """Let this process and its children hold as many sockets as the machine allows."""
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def sockets_allowed() -> int:
    """How many sockets a process may hold, with some left for files."""
    return os.sysconf("SC_OPEN_MAX") - 500
