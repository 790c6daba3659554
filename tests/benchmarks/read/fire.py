"""The load: so many clients on keep-alive connections, each sending its next request when its answer is there.

Plain asyncio protocols and httptools. Every answer is looked at: a status other than 200 or an `errors` stops the run.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httptools

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CLIENTS = 32


@dataclass
class Shots:
    """What happened within the window (seconds). It closes when its time is up and as many answers as clients came."""

    began: float
    until: float
    on_edge: Callable[[], None]
    clients: int
    ended: float = 0.0
    waits: list[float] = field(default_factory=list)
    bytes: int = 0
    failure: str = ""

    def closes(self, now: float) -> bool:
        """Whether the window is closed."""
        if not self.ended and now >= self.until and len(self.waits) >= self.clients:
            self.ended = now
            self.on_edge()
        return self.ended > 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.waits) / (self.ended - self.began)

    def wait(self, share: float) -> float:
        """The wait that this share of the answers kept, in milliseconds."""
        return sorted(self.waits)[int(len(self.waits) * share)] * 1000


def request(host: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """An HTTP/1.1 request as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: list[bytes], first: int, shots: Shots) -> None:
        self._requests = requests
        self._next = first
        self._shots = shots
        self._parser: Any = httptools.HttpResponseParser(self)
        self._sent = 0.0
        self._body: list[bytes] = []
        self._transport: Any = None
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """A part of an answer."""
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server must not hang up."""
        if not self.done.done():
            self._shots.failure = self._shots.failure or f"a connection was cut: {exc}"
            self.done.set_result(None)

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """An answer is whole."""
        now, shots = time.perf_counter(), self._shots
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._body.clear()
        if self._parser.get_status_code() != 200 or b'"errors":[{' in body:
            shots.failure = f"status {self._parser.get_status_code()}: {body[:300]!r}"
        if shots.failure or shots.closes(now):
            if not self.done.done():
                self.done.set_result(None)
            self._transport.close()
            return
        if now >= shots.began:
            shots.waits.append(now - self._sent)
            shots.bytes += len(body)
        self._parser = httptools.HttpResponseParser(self)
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._requests[self._next % len(self._requests)])
        self._next += 1


async def fire(
    port: int,
    requests: list[bytes],
    seconds: float,
    warm: float,
    on_edge: Callable[[], None],
    clients: int = CLIENTS,
) -> Shots:
    """Send for `warm` seconds unseen, then for `seconds` at least, at whose begin and end `on_edge` is called.

    Raises AssertionError.
    """
    loop = asyncio.get_running_loop()
    now = time.perf_counter()
    shots = Shots(now + warm, now + warm + seconds, on_edge, clients)
    loop.call_later(warm, on_edge)
    step = max(1, len(requests) // clients)
    open_ones = []
    for n in range(clients):
        _, client = await loop.create_connection(lambda n=n: Client(requests, n * step, shots), "127.0.0.1", port)  # type: ignore[misc]
        open_ones.append(client)
    await asyncio.wait([client.done for client in open_ones], timeout=warm + seconds + 120)
    assert not shots.failure, shots.failure
    assert shots.ended, "no answers came in time"
    return shots
