"""A technician's phone: a live subscription over graphql-transport-ws that rings when an order changes."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from adapters.simulator.server import waits
from adapters.simulator.trouble import Failed, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.asyncio.client import ClientConnection

    from adapters.simulator.session import Session

logger = logging.getLogger("wuye.simulator")
PROTOCOL = Subprotocol("graphql-transport-ws")
KEY = "orders"
STAY_AWAY = 4401  # the token does not hold: sign in again
CHANGED = """subscription Phone($property: ID!, $after: Cursor) {
  workOrderChanged(propertyId: $property, after: $after) { cursor }
}"""


class Phone:
    """Comes back by cursor after every interruption, so it misses no change."""

    def __init__(self, session: Session, property_id: str) -> None:
        self.rang = asyncio.Event()
        self._session = session
        self._property_id = property_id
        self._after: str | None = None
        self._waits: Iterator[float] = waits()
        self._url = session.server.url.replace("http", "ws", 1) + "/graphql"

    async def listen(self) -> None:
        """Until cancelled: connect, ring, connect again."""
        while True:
            token = ""
            try:
                token = await self._session.token()
                await self._connection(token)
            except ConnectionClosed as closed:
                logger.debug("phone: closed %s", closed)
                if closed.rcvd is not None and closed.rcvd.code == STAY_AWAY:
                    await self._sign_in(token)
            except (OSError, TimeoutError, WebSocketException) as error:
                logger.debug("phone: %s", error)
            except Trouble as trouble:
                logger.warning("phone: %s", trouble)
            await asyncio.sleep(next(self._waits))

    async def _sign_in(self, stale: str) -> None:
        try:
            await self._session.renew(stale)
        except Trouble as trouble:
            logger.warning("phone: %s", trouble)

    async def _connection(self, token: str) -> None:
        async with connect(self._url, subprotocols=[PROTOCOL], proxy=None, close_timeout=0.5) as socket:
            await _send(socket, {"type": "connection_init", "payload": {"token": token}})
            async for raw in socket:
                await self._hear(socket, orjson.loads(raw))

    async def _hear(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        payload: Any = message.get("payload") or {}
        match message["type"]:
            case "connection_ack":
                self._waits = waits()
                await self._subscribe(socket)
                self.rang.set()  # whatever happened while we were away
            case "ping":
                self._after = payload.get("cursors", {}).get(KEY, self._after)
                await _send(socket, {"type": "pong"})
            case "next":
                event = (payload.get("data") or {}).get("workOrderChanged")
                self._after = event["cursor"] if event else self._after
                self.rang.set()
            case "error":
                await self._mend(socket, payload)
            case "complete":
                await socket.close()

    async def _subscribe(self, socket: ClientConnection) -> None:
        variables = {"property": self._property_id, "after": self._after}
        request = {"query": CHANGED, "variables": variables}
        await _send(socket, {"id": KEY, "type": "subscribe", "payload": request})

    async def _mend(self, socket: ClientConnection, errors: list[dict[str, Any]]) -> None:
        """A cursor that is too old is given up for a new start; anything else is told."""
        codes = {error.get("extensions", {}).get("code") for error in errors}
        if codes != {"RESUME_GONE"}:
            raise Failed(f"the subscription is refused: {errors}")
        self._after = None
        self.rang.set()
        await self._subscribe(socket)


async def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(orjson.dumps(message).decode())
