"""The limits: no GraphQL, no rights. One frame for all, made once, written to each socket of a topic.

`app` is a bare ASGI application for uvicorn; run as a program it serves the same with picows, whose frames are made in
C. Both answer connection_init and subscribe just enough for the load generator.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import defaultdict
from importlib import import_module
from typing import Any

from redis.asyncio import Redis

HEAD, TAIL = b'{"id":"1","type":"next","payload":{"data":{"workOrderChanged":', b"}}}"
ACK = b'{"type":"connection_ack"}'


class Topics:
    """Who listens to what: each member is a function that writes one frame, or an ASGI `send`."""

    def __init__(self) -> None:
        self.members: dict[str, set[Any]] = defaultdict(set)

    def topic(self, text: str | bytes) -> str | None:
        """What a message subscribes to; None for connection_init."""
        message = json.loads(text)
        found: str | None = message["payload"]["variables"]["property"] if message["type"] == "subscribe" else None
        return found

    async def messages(self) -> Any:
        """What is published: the members of its topic, and the frame."""
        redis = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)
        async with redis.pubsub() as pubsub:
            await pubsub.psubscribe("workOrderChanged:*")
            async for message in pubsub.listen():
                if message["type"] == "pmessage":
                    topic = message["channel"].decode().partition(":")[2]
                    yield self.members[topic], HEAD + message["data"] + TAIL


topics = Topics()


async def deliver() -> None:
    """By ASGI, one after the other."""
    async for members, text in topics.messages():
        frame = {"type": "websocket.send", "text": text.decode()}
        for send in tuple(members):
            await send(frame)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """One socket, or the lifespan."""
    if scope["type"] == "lifespan":
        await receive()
        task = asyncio.create_task(deliver())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        task.cancel()
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ready"})
    else:
        await receive()
        await send({"type": "websocket.accept", "subprotocol": "graphql-transport-ws"})
        members: set[Any] = set()
        while (message := await receive())["type"] == "websocket.receive":
            topic = topics.topic(message["text"])
            if topic is None:
                await send({"type": "websocket.send", "text": ACK.decode()})
            else:
                members = topics.members[topic]
                members.add(send)
        members.discard(send)


async def picows_main() -> None:
    """The same with picows."""
    picows = import_module("picows")
    text = picows.WSMsgType.TEXT

    class Listener(picows.WSListener):  # type: ignore[name-defined,misc]  # it is of a folder of its own
        def on_ws_connected(self, transport: Any) -> None:
            self.members: set[Any] = set()

        def on_ws_frame(self, transport: Any, frame: Any) -> None:
            if frame.msg_type != text:
                return
            topic = topics.topic(frame.get_payload_as_bytes())
            if topic is None:
                transport.send(text, ACK)
            else:
                self.members = topics.members[topic]
                self.members.add(transport)

        def on_ws_disconnected(self, transport: Any) -> None:
            self.members.discard(transport)

    port = int(os.environ["PORT"])
    await picows.ws_create_server(lambda _: Listener(), "127.0.0.1", port, backlog=2048)
    async for members, frame in topics.messages():
        for transport in tuple(members):
            transport.send(text, frame)


if __name__ == "__main__":
    import uvloop

    uvloop.run(picows_main())
