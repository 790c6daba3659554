"""A phone: live subscriptions over graphql-transport-ws that ring when something changes."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from adapters.simulator.server import waits
from adapters.simulator.trouble import Failed, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from websockets.asyncio.client import ClientConnection

    from adapters.simulator.session import Session

logger = logging.getLogger("wuye.simulator")
PROTOCOL = Subprotocol("graphql-transport-ws")
STAY_AWAY = 4401  # the token does not hold: sign in again
ORDERS = """subscription Orders($property: ID!, $after: Cursor) {
  workOrderChanged(propertyId: $property, after: $after) { cursor }
}"""
ALARMS = """subscription Alarms($property: ID!, $after: Cursor) {
  alarmChanged(propertyId: $property, after: $after) { cursor change type severity alarm { summary } }
}"""
BILLS = """subscription Bills($after: Cursor) {
  billChanged(after: $after) { cursor change bill { number periodFrom } }
}"""


@dataclass
class Call:
    """One subscription: where it resumes, and what it has heard (kept short, the newest last)."""

    document: str
    variables: dict[str, str] = field(default_factory=dict)
    after: str | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)


MOST_HEARD = 20


class Phone:
    """Comes back by cursor after every interruption, so it misses no change."""

    def __init__(self, session: Session, calls: Sequence[Call]) -> None:
        self.rang = asyncio.Event()
        self._session = session
        self._calls = {str(n): call for n, call in enumerate(calls)}
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
                for key in self._calls:
                    await self._subscribe(socket, key)
                self.rang.set()  # whatever happened while we were away
            case "ping":
                for key, cursor in payload.get("cursors", {}).items():
                    self._calls[key].after = cursor
                await _send(socket, {"type": "pong"})
            case "next":
                self._note(self._calls[message["id"]], (payload.get("data") or {}).values())
                self.rang.set()
            case "error":
                await self._mend(socket, message["id"], payload)
            case "complete":
                await socket.close()

    def _note(self, call: Call, events: Any) -> None:
        for event in events:
            if event:
                call.after = event["cursor"]
                call.heard = [*call.heard[1 - MOST_HEARD :], event]

    async def _subscribe(self, socket: ClientConnection, key: str) -> None:
        call = self._calls[key]
        request = {"query": call.document, "variables": {**call.variables, "after": call.after}}
        await _send(socket, {"id": key, "type": "subscribe", "payload": request})

    async def _mend(self, socket: ClientConnection, key: str, errors: list[dict[str, Any]]) -> None:
        """A cursor that is too old is given up for a new start; anything else is told."""
        codes = {error.get("extensions", {}).get("code") for error in errors}
        if codes != {"RESUME_GONE"}:
            raise Failed(f"the subscription is refused: {errors}")
        self._calls[key].after = None
        self.rang.set()
        await self._subscribe(socket, key)


async def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(orjson.dumps(message).decode())
