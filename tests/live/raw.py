"""Clients that may stop reading: the kernel's buffers fill, and the server notices."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from subscriptions.websocket.transport import Transport
from tests.live.websocket import PROTOCOL, SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import pytest

SMALL = 4096
"""Of the kernel's receive buffer: a client that does not read is noticed after few events."""


def shrink_buffers(monkeypatch: pytest.MonkeyPatch, protocol: Any = Transport) -> None:
    """Those of the kernel, towards the client: stock they would take megabytes."""
    made = protocol.connection_made

    def shrink(self: Any, transport: asyncio.BaseTransport) -> None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        made(self, transport)

    monkeypatch.setattr(protocol, "connection_made", shrink)


@contextmanager
def small() -> Iterator[socket.socket]:
    """A socket that takes little."""
    with socket.socket() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        plain.setblocking(False)
        yield plain


@asynccontextmanager
async def unread(port: int, token: str, query: str, **variables: Any) -> AsyncIterator[socket.socket]:
    """An event stream of which nothing is read."""
    loop, body = asyncio.get_running_loop(), json.dumps({"query": query, "variables": variables}).encode()
    head = ["POST /graphql HTTP/1.1", "host: x", "accept: text/event-stream", "content-type: application/json"]
    head += [f"authorization: Bearer {token}", f"content-length: {len(body)}", "", ""]
    with small() as plain:
        await loop.sock_connect(plain, ("127.0.0.1", port))
        await loop.sock_sendall(plain, "\r\n".join(head).encode() + body)
        yield plain


class RawSocket:
    """One connection over a plain socket; reads nothing after the handshake until told to."""

    def __init__(self, plain: socket.socket, protocol: ClientProtocol) -> None:
        self._plain = plain
        self._protocol = protocol

    @classmethod
    @asynccontextmanager
    async def dial(cls, port: int) -> AsyncIterator[RawSocket]:
        """A connection after its handshake."""
        loop = asyncio.get_running_loop()
        with small() as plain:
            await loop.sock_connect(plain, ("127.0.0.1", port))
            protocol = ClientProtocol(
                parse_uri(f"ws://127.0.0.1:{port}/graphql"), subprotocols=[Subprotocol(PROTOCOL)], max_size=None
            )
            protocol.send_request(protocol.connect())
            found = cls(plain, protocol)
            await found._flush()
            while not protocol.events_received():
                protocol.receive_data(await loop.sock_recv(plain, SMALL))
            yield found

    async def send(self, message: dict[str, Any]) -> None:
        """One message."""
        self._protocol.send_text(json.dumps(message).encode())
        await self._flush()

    async def close(self) -> tuple[int, str]:
        """Read everything up to the close frame: its code and reason."""
        async with asyncio.timeout(SECONDS):
            while True:
                data = await asyncio.get_running_loop().sock_recv(self._plain, 65_536)
                assert data, "cut without a close frame"
                self._protocol.receive_data(data)
                for event in self._protocol.events_received():
                    if isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
                        assert self._protocol.close_rcvd is not None
                        return self._protocol.close_rcvd.code, self._protocol.close_rcvd.reason

    async def leave(self) -> None:
        """A close frame, whatever is still to be read."""
        self._protocol.send_close(1000)
        await self._flush()

    async def fall_silent(self) -> None:
        """End our way of the connection, without a close frame."""
        self._plain.shutdown(socket.SHUT_WR)

    async def babble(self) -> None:
        """What is no frame."""
        await asyncio.get_running_loop().sock_sendall(self._plain, b"\xff" * 16)

    async def cut(self) -> None:
        """Wait, without reading, until the server has let go of the connection: its kernel refuses what we say."""
        async with asyncio.timeout(SECONDS):
            try:
                while True:
                    await self.send({"type": "pong"})
                    await asyncio.sleep(0.05)
            except ConnectionError:
                return

    async def _flush(self) -> None:
        for chunk in self._protocol.data_to_send():
            await asyncio.get_running_loop().sock_sendall(self._plain, chunk)
