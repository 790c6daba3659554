"""A request and its answer past ASGI's messages, for whoever takes the one and gives the other whole.

Head and body are two messages of ASGI, each a call through all middleware, and uvicorn reads every header of an answer
anew. What is not whole, or has to wait, goes the ordinary way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

if TYPE_CHECKING:
    import asyncio

    from starlette.types import Scope
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
    from uvicorn.server import ServerState

EXCHANGE = "wuye.exchange"  # its name among the extensions of a scope


class Exchange:
    """Of one of uvicorn's cycles. The transport (schema/http/transport.py) puts it into the scope.

    Implements subscriptions.sse.Pipe.
    """

    __slots__ = ("_cycle", "_state", "_transport", "cut")

    def __init__(self, cycle: RequestResponseCycle, transport: asyncio.Transport, state: ServerState) -> None:
        self._cycle = cycle
        self._transport = transport
        self._state = state
        self.cut = False  # by the transport: the client does not read

    def waiting(self) -> int:
        """Bytes that the client has not taken yet."""
        return 0 if self._cycle.disconnected else self._transport.get_write_buffer_size()

    def body(self) -> bytes | None:
        """The body, once; None when a part of it is still to come."""
        cycle = self._cycle
        if cycle.more_body or cycle.disconnected or cycle.waiting_for_100_continue:
            return None
        body, cycle.body = bytes(cycle.body), bytearray()
        cycle.message_event.clear()
        cycle.flow.resume_reading()
        return body

    def answer(self, status: int, headers: bytes, content: bytes) -> bool:
        """Send it: `headers` as lines, without the date. False, and nothing is sent, when it has to wait."""
        cycle = self._cycle
        if cycle.disconnected:
            return True
        if cycle.flow.write_paused or not cycle.keep_alive:
            return False
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        dated = _lines(self._state.default_headers)
        self._transport.write(b"".join((STATUS_LINE[status], headers, dated, content)))
        cycle.on_response()
        return True


def exchange_of(scope: Scope) -> Exchange | None:
    """That of a request; None through another transport than ours."""
    return scope["extensions"].get(EXCHANGE) if "extensions" in scope else None


def _lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The headers of every answer (its date) and the empty line; made when uvicorn makes them, once a second."""
    global _known  # noqa: PLW0603 - of the process, as uvicorn's
    if headers is not _known[0]:
        _known = headers, b"".join(b"%s: %s\r\n" % header for header in headers) + b"\r\n"
    return _known[1]


_known: tuple[list[tuple[bytes, bytes]], bytes] = ([], b"\r\n")
