"""Asks one question over each of the three transports, and tells what came back in one shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

if TYPE_CHECKING:
    from tests.conftest import Live

TRANSPORTS = ("http", "websocket", "sse")
MOST_BYTES = 2**23  # of a frame that we take: introspection answers with more than a million


async def ask(live: Live, transport: str, query: str, who: str | None = "manager", **variables: Any) -> dict[str, Any]:
    """The execution result; a refused request is one without `data`."""
    return await ask_as(live, transport, {"query": query, "variables": variables}, who)


async def ask_as(live: Live, transport: str, body: dict[str, Any], who: str | None = "manager") -> dict[str, Any]:
    """As `ask`, with a body of one's own."""
    token = live.client.world.acme.token(who) if who else None
    if transport == "websocket":
        return await _over_websocket(live, token, body)
    headers = live.client.headers(who) | {"accept": "text/event-stream" if transport == "sse" else "application/json"}
    response = await live.client.http.post("/graphql", json=body, headers=headers, timeout=30)
    if response.headers["content-type"].startswith("text/event-stream"):
        return _first_event(response.text)
    answer: dict[str, Any] = response.json()
    return answer


async def _over_websocket(live: Live, token: str | None, body: dict[str, Any]) -> dict[str, Any]:
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect(live.websocket_url, subprotocols=protocols, max_size=MOST_BYTES) as socket:
        await _send(socket, {"type": "connection_init", "payload": {"token": token, "locale": "en"}})
        assert orjson.loads(await socket.recv())["type"] == "connection_ack"
        await _send(socket, {"id": "1", "type": "subscribe", "payload": body})
        message = orjson.loads(await socket.recv())
        assert message["id"] == "1"
        if message["type"] == "error":
            return {"errors": message["payload"]}
        assert message["type"] == "next", message
        answer: dict[str, Any] = message["payload"]
        return answer


async def _send(socket: Any, message: dict[str, Any]) -> None:
    await socket.send(orjson.dumps(message).decode())


def _first_event(text: str) -> dict[str, Any]:
    block = next(block for block in text.split("\n\n") if block.startswith("event: next\n"))
    answer: dict[str, Any] = orjson.loads(block.partition("\ndata: ")[2])
    return answer
