"""uvicorn's WebSocket protocol, with an end for clients that do not read, and small while nothing happens.

Stock, a close frame waits until the client has read what is buffered, and the connection stays for as long as it
does not, whoever closes. Here the frame goes behind the buffer at once, and the connection is cut when nobody answers
it, or when who has left does not take what was written.
Stock, queues and events of a connection that waits take 4 KiB, and what its handshake said is kept for life.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from subscriptions.websocket.wire import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
    from websockets.frames import Frame

FAREWELL_SECONDS = 2.0
OPEN = asyncio.Event()
"""Set for ever: whose client keeps up has no event of its own."""
OPEN.set()


class Inbox:
    """Messages for one reader: what uvicorn uses of asyncio.Queue, without its three deques and its event."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[ASGIReceiveEvent] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: ASGIReceiveEvent) -> None:
        """Add it."""
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def empty(self) -> bool:
        """Whether none waits."""
        return not self._messages

    async def get(self) -> ASGIReceiveEvent:
        """The next one."""
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self._messages.pop(0)


class Transport(WebSocketsSansIOProtocol):
    """For uvicorn's setting `ws`. Implements subscriptions.websocket.wire.Raw."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.queue = Inbox()  # type: ignore[assignment]  # it has what is used of one
        self.writable = OPEN

    def run_asgi(self) -> Coroutine[Any, Any, None]:
        """As uvicorn's; the application finds the raw way in its scope."""
        self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]  # not of ASGI
        return super().run_asgi()

    def pause_writing(self) -> None:
        """Called by the loop: the client lags behind, and has an event of its own until it does not."""
        self.writable = asyncio.Event()

    def resume_writing(self) -> None:
        """Called by the loop."""
        super().resume_writing()
        self.writable = OPEN

    def handle_close(self, event: Frame) -> None:
        """The client leaves, or answers our close frame, which it may do without having read it."""
        super().handle_close(event)
        self._part()

    def eof_received(self) -> None:
        """The client says no more: the loop closes behind what is buffered."""
        super().eof_received()
        self._part()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """Nobody speaks with the client any more."""
        super().on_task_complete(task)
        self._part()

    def _part(self) -> None:
        """The client has so long to take what was written; `connection_lost` stops the clock."""
        if self.close_timer is None and not self.disconnected:
            self.close_timer = self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)

    def push(self, frames: bytes) -> bool:
        """Write whole frames past the protocol's own bookkeeping, which has none for what a server sends unmasked."""
        if not self.writable.is_set() or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        self.transport.write(frames)
        return True

    def waiting(self) -> int:
        """Bytes that the client has not taken yet."""
        return 0 if self.disconnected else self.transport.get_write_buffer_size()

    async def send(self, message: ASGISendEvent) -> None:
        """As uvicorn's, but a close does not wait for the reader, and an accepted handshake is over."""
        if message["type"] == "websocket.close":
            self.writable.set()
        await super().send(message)
        if message["type"] == "websocket.close" and self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)
        if message["type"] == "websocket.accept":
            for headers in (self.request.headers, self.response.headers, cast("list[Any]", self.scope["headers"])):
                headers.clear()

    def shutdown(self) -> None:
        """As uvicorn's (1012), but it does not wait for the reader either."""
        super().shutdown()
        self._part()
