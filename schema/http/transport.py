"""uvicorn's HTTP protocol, with an end for clients that do not write, do not read, or write too much before they ask.

Stock, a connection may stay silent for ever before its first request, send headers byte by byte and without end, and
leave its answer unread. Here the request line and headers come within a time and a size, what comes after an answer
that did not wait for it comes within the same time, and an answer is read at some pace. The head and the body of an
answer leave together: stock, each is a system call and a packet of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from schema.http.exchange import EXCHANGE, Exchange, exchange_of
from schema.http.secure import SECURE

if TYPE_CHECKING:
    import asyncio

    from adapters.limit import Limits
    from schema.http.health import Health

SLOWEST = 1024  # bytes a second that a reader takes
STOPPING_SECONDS = 1.0  # a server that stops waits no longer for a request
HEAD, CONTINUE = b"HTTP/1.1 ", b"HTTP/1.1 100 "


class Transport(HttpToolsProtocol):
    """For uvicorn's setting `http`; the application brings the limits."""

    _limits: Limits
    _health: Health
    _answers: OneWrite  # what cycles write to
    _due: float | None = None  # when the headers must be here, then the body
    _clock: asyncio.TimerHandle | None = None  # rings for it; left running when it is put off, for timers cost
    _watch: asyncio.TimerHandle | None = None  # while something waits to be read
    _asking = False  # between the first byte of a request and the end of its headers
    _arriving = False  # until the end of its body
    _refused = False  # nothing more is read
    _size = 0  # of what has come of them
    _piece = 0  # bytes of what came last
    _unread = 0  # bytes that waited when we last looked

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """The first request has its time from here."""
        super().connection_made(transport)
        self._limits, self._health = self.app.state.limits, self.app.state.health
        self._answers = OneWrite(transport, self.loop)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing runs on."""
        self._cancel_clock()
        self._stop_watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """As uvicorn's, but a request line and headers have an end."""
        if self._refused:
            return
        self._piece = len(data)
        if self._asking:
            self._size += self._piece
        super().data_received(data)
        if self._asking and self._size > self._limits.header_bytes:
            self._overlong()

    def on_message_begin(self) -> None:
        """Another request begins."""
        super().on_message_begin()
        self._asking, self._arriving, self._size = True, True, 0
        self._start_clock()

    def on_headers_complete(self) -> None:
        """The headers are here; the application waits for the body by itself, as long as it wants it."""
        if self._size + self._piece > self._limits.header_bytes:  # maybe, for a part of it may be body
            self._size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
            if self._size > self._limits.header_bytes:  # all at once
                self._overlong()
                return
        self._asking = False
        self._start_clock()
        super().on_headers_complete()
        if self.cycle is not None:
            if self._health.stopping:  # uvicorn tells those who are there then; who came in that moment would stay
                self.cycle.keep_alive = False
            self.cycle.transport = self._answers  # type: ignore[assignment]  # it has what a cycle needs
            exchange: Any = Exchange(self.cycle, self.transport, self.server_state)
            self.cycle.scope["extensions"] = {EXCHANGE: exchange}

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it is here."""
        self._arriving = False
        self._stop_clock()
        if not self._refused:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """What is not read yet is watched, however little it is; a body that nobody waited for has its time."""
        super().on_response_complete()
        if self._arriving:
            self._start_clock()
        self._start_watch()

    def pause_writing(self) -> None:
        """Called by the loop: the reader lags behind."""
        super().pause_writing()
        self._start_watch()

    def handle_websocket_upgrade(self) -> None:
        """The other protocol has times of its own; this one goes, and nothing of it stays.

        Answers that are under way or not read come first: the other is not told that the reader lags behind, and who
        writes them would not be told that he does no more. No client asks for a socket before it has them.
        """
        self._cancel_clock()
        if self.transport.get_write_buffer_size() or not getattr(self.cycle, "response_complete", True):
            self._refused = True
            self._start_watch()
            self.transport.close()
            return
        self._stop_watch()
        if self._health.stopping and not self._refused:
            self._refuse(503, "SERVICE_UNAVAILABLE", "The server stops.")
        elif not self._refused:
            super().handle_websocket_upgrade()
            del self.parser  # it and we hold each other

    def _start_clock(self) -> None:
        self._due = self.loop.time() + (STOPPING_SECONDS if self._health.stopping else self._limits.request_seconds)
        if self._clock is None:
            self._clock = self.loop.call_at(self._due, self._ring)

    def _stop_clock(self) -> None:
        self._due = None

    def _cancel_clock(self) -> None:
        self._stop_clock()
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _ring(self) -> None:
        self._clock = None
        if self._due is None:
            return
        if self._due > self.loop.time():
            self._clock = self.loop.call_at(self._due, self._ring)
        else:
            self._late()

    def _late(self) -> None:
        if self._asking and self._size:
            self._refuse(408, "BAD_REQUEST", "The headers did not arrive in time.")
        elif getattr(self.cycle, "response_complete", True):  # there is no cycle before the first request
            self.transport.close()

    def _start_watch(self) -> None:
        if self._watch is None:
            self._unread = self.transport.get_write_buffer_size()
            if self._unread:
                self._watch = self.loop.call_later(self._limits.ws_stall_seconds, self._look)

    def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look(self) -> None:
        """Whether the reader took enough since we last looked; more may have been written meanwhile."""
        self._watch, before = None, self._unread
        left = self.transport.get_write_buffer_size()
        if left and left > before - SLOWEST * self._limits.ws_stall_seconds:
            self.logger.warning("HTTP client cut: it does not read")
            exchange = exchange_of(self.cycle.scope)  # type: ignore[arg-type]  # uvicorn has a type of its own
            if exchange is not None:  # its answer is not complete
                exchange.cut = True
            self.transport.abort()
            return
        self._start_watch()

    def _overlong(self) -> None:
        self._refuse(431, "PAYLOAD_TOO_LARGE", f"At most {self._limits.header_bytes} bytes of headers are taken.")

    def _refuse(self, status: int, code: str, text: str) -> None:
        """An answer to what never became a request."""
        self._stop_clock()
        self._asking, self._refused = False, True
        body = orjson.dumps({"errors": [{"message": text, "extensions": {"code": code}}]})
        headers = {
            **SECURE,
            "content-type": "application/json",
            "content-length": str(len(body)),
            "connection": "close",
        }
        self._answers.flush()
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if getattr(self.cycle, "response_complete", True):  # not into the answer to the request before
            self.transport.write(STATUS_LINE[status] + lines.encode() + b"\r\n" + body)
        self.transport.close()


class OneWrite:
    """A transport for cycles: holds the head of an answer until its first bytes, or the end of the loop's turn."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def write(self, data: bytes) -> None:
        """Whatever starts like a head may be one; of bytes that are none nothing is lost."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        elif data.startswith(HEAD) and not data.startswith(CONTINUE):
            self._head = data
            self._loop.call_soon(self.flush)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """The head of an answer whose body is still to come, or that has none."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)

    def close(self) -> None:
        """After what was written."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether nothing can be written any more."""
        return self._transport.is_closing()
