"""uvicorn's WebSocket protocol, with an end for clients that do not read.

Stock, a close frame waits until the client has read what is buffered, and the connection stays for as long as it
does not. Here the frame goes behind the buffer at once, and the connection is cut when nobody answers it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from subscriptions.websocket.wire import EXTENSION

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent

FAREWELL_SECONDS = 2.0


class Transport(WebSocketsSansIOProtocol):
    """For uvicorn's setting `ws`. Implements subscriptions.websocket.wire.Raw."""

    async def run_asgi(self) -> None:
        """As uvicorn's; the application finds the raw way in its scope."""
        self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]  # not of ASGI
        await super().run_asgi()

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
        """As uvicorn's, but a close does not wait for the reader."""
        if message["type"] != "websocket.close":
            await super().send(message)
            return
        self.writable.set()
        await super().send(message)
        if self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)

    def shutdown(self) -> None:
        """As uvicorn's (1012), but it does not wait for the reader either."""
        super().shutdown()
        self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)
