"""A client of graphql-transport-ws that does what it is told: it even breaks the rules."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PROTOCOL = "graphql-transport-ws"
SECONDS = 15.0
"""How long to wait for what must come."""


class Socket:
    """One connection. `cursors` are those of the newest ping or event, by operation."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.cursors: dict[str, str] = {}
        self.answers_pings = True

    async def send(self, type_: str, **rest: Any) -> None:
        """One message."""
        await self.connection.send(json.dumps({"type": type_, **rest}))

    async def receive(self) -> dict[str, Any]:
        """The next message, whatever it is."""
        async with asyncio.timeout(SECONDS):
            message: dict[str, Any] = json.loads(await self.connection.recv())
        return message

    async def hear(self) -> dict[str, Any]:
        """The next message that is no ping; pings are answered, and their cursors taken."""
        while (message := await self.receive())["type"] == "ping":
            self.cursors |= (message.get("payload") or {}).get("cursors", {})
            if self.answers_pings:
                await self.send("pong")
        return message

    async def init(self, token: str | None = None, **payload: Any) -> None:
        """Introduce oneself; it must be accepted."""
        wish = {**payload, **({"token": token} if token else {})}
        await self.send("connection_init", payload=wish or None)
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, id_: str, query: str, **variables: Any) -> None:
        """Start an operation."""
        await self.send("subscribe", id=id_, payload={"query": query, "variables": variables})

    async def results(self, id_: str, count: int) -> list[dict[str, Any]]:
        """The next `count` results of an operation; nothing else may come in between."""
        found = []
        for _ in range(count):
            message = await self.hear()
            assert (message["type"], message["id"]) == ("next", id_), message
            found.append(message["payload"])
        return found

    async def errors(self, id_: str) -> list[dict[str, Any]]:
        """The errors that end an operation; they must come next."""
        message = await self.hear()
        assert (message["type"], message["id"]) == ("error", id_), message
        errors: list[dict[str, Any]] = message["payload"]
        return errors

    async def answer(self, id_: str, query: str, **variables: Any) -> dict[str, Any]:
        """The one result of a query or mutation, and its end."""
        await self.subscribe(id_, query, **variables)
        (result,) = await self.results(id_, 1)
        assert await self.hear() == {"type": "complete", "id": id_}
        return result

    async def closed(self) -> int:
        """The code with which the server closes; results on the way there are read and dropped."""
        frame = None
        try:
            while True:
                await self.hear()
        except ConnectionClosed as closed:
            frame = closed.rcvd
        assert frame is not None, "the connection was cut without a close frame"
        return frame.code


@asynccontextmanager
async def dial(url: str, **options: Any) -> AsyncIterator[Socket]:
    """A connection that nobody has introduced yet."""
    wanted = {"subprotocols": [PROTOCOL], "ping_interval": None, "compression": None, "proxy": None, **options}
    async with connect(url, **wanted) as connection:
        yield Socket(connection)


@asynccontextmanager
async def talk(url: str, token: str | None, **payload: Any) -> AsyncIterator[Socket]:
    """A connection of an account; anonymous without a token."""
    async with dial(url) as socket:
        await socket.init(token, **payload)
        yield socket
