"""The hub's way into a WebSocket: frames made once for all who use the same operation id, written without a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import orjson

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine

    from subscriptions.hub import Bundle
    from subscriptions.websocket.socket import Socket

TEXT = 0x81  # the last (and only) frame of a text message
SHORT, MEDIUM = 126, 65_536  # payloads below these have a length of 1 and 3 bytes, others of 9
EXTENSION = "wuye.raw"  # of the ASGI scope: what is written raw


class Raw(Protocol):
    """A transport that takes ready frames."""

    def push(self, frames: bytes) -> bool:
        """Write them now; False (and nothing is written) when the client reads too slowly, or is gone."""
        ...

    def waiting(self) -> int:
        """Bytes that the client has not taken yet."""
        ...


def next_message(id_: str, payload: bytes) -> bytes:
    """A result, as graphql-transport-ws has it."""
    return b'{"id":' + orjson.dumps(id_) + b',"type":"next","payload":' + payload + b"}"


def text_frame(message: bytes) -> bytes:
    """A WebSocket frame as a server sends it: unmasked."""
    size = len(message)
    if size < SHORT:
        return bytes((TEXT, size)) + message
    if size < MEDIUM:
        return bytes((TEXT, SHORT)) + size.to_bytes(2) + message
    return bytes((TEXT, SHORT + 1)) + size.to_bytes(8) + message


class Wire:
    """One operation of one socket. Implements subscriptions.hub.Sink."""

    __slots__ = ("_id", "_socket")

    def __init__(self, socket: Socket, id_: str) -> None:
        self._socket = socket
        self._id = id_

    def push(self, bundle: Bundle) -> bool:
        """Write at once; only where nobody else is sending, so that a cursor never goes back."""
        raw = self._socket.raw
        if raw is None or self._socket.sending.locked():
            return False
        return raw.push(bundle.made(self._id, self._frames))

    async def send(self, bundle: Bundle) -> None:
        """Wait for the client. Raises Closed when it is stuck, WebSocketDisconnect when it is gone."""
        await self._socket.send_all([next_message(self._id, payload) for payload in bundle.payloads])

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None] | None:
        """A task of the socket."""
        return self._socket.spawn(work)

    def ended(self, error: Exception) -> None:
        """Tell the client that this operation is over."""
        self._socket.ended(self._id, error)

    def _frames(self, bundle: Bundle) -> bytes:
        return b"".join([text_frame(next_message(self._id, payload)) for payload in bundle.payloads])
