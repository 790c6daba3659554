"""GraphQL over SSE, distinct connections mode: one operation a connection, frames end lines with LF.

The event id is the cursor, so a browser's `Last-Event-ID` resumes without a gap.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson
from starlette.responses import StreamingResponse

from models.errors import Refusal
from subscriptions.feed import Cursor
from subscriptions.ports import RequestRefused
from subscriptions.watch import rights_end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.settings import Limits
    from subscriptions.feed import Feed
    from subscriptions.hub import Follower, Hub
    from subscriptions.ports import Caller, Operation, Ports

COMPLETE = b"event: complete\ndata:\n\n"
BEAT = b":\n\n"


def next_frame(payload: bytes, cursor: str | None = None) -> bytes:
    """A result; `payload` is JSON and holds no line end."""
    head = b"" if cursor is None else b"id: " + cursor.encode() + b"\n"
    return head + b"event: next\ndata: " + payload + b"\n\n"


class EventStreams:
    """Answers operations as event streams."""

    def __init__(self, hub: Hub, ports: Ports, limits: Limits) -> None:
        self._hub = hub
        self._ports = ports
        self._limits = limits
        self._stopping = asyncio.Event()

    def close(self) -> None:
        """End every stream: the clients come back elsewhere, by Last-Event-ID."""
        self._stopping.set()

    async def respond(self, operation: Operation, caller: Caller, last_event_id: str | None) -> StreamingResponse:
        """The open response. Raises RequestRefused when the subscription is refused before its first event."""
        if operation.kind == "subscription":
            feed = await operation.feed()
            if last_event_id:
                feed = replace(feed, after=Cursor.decode(last_event_id))
            frames = self._follow(operation, caller, feed)
        else:
            frames = self._once(operation)
        return StreamingResponse(
            frames,
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    @staticmethod
    async def _once(operation: Operation) -> AsyncIterator[bytes]:
        yield next_frame(await operation.run())
        yield COMPLETE

    async def _follow(self, operation: Operation, caller: Caller, feed: Feed) -> AsyncIterator[bytes]:
        yield BEAT  # the headers leave at once: the client knows that it is connected
        frames: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
        work = asyncio.create_task(self._produce(operation, caller, feed, frames))
        try:
            while (frame := await frames.get()) is not None:
                yield frame
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work

    async def _produce(
        self, operation: Operation, caller: Caller, feed: Feed, frames: asyncio.Queue[bytes | None]
    ) -> None:
        """Fill `frames` until the rights end or the feed is refused; None closes the stream."""
        parts: list[asyncio.Task[object]] = []
        try:
            async with self._hub.follow(feed) as follower:
                parts = [
                    asyncio.create_task(self._events(operation, follower, frames)),
                    asyncio.create_task(self._beats(follower, frames)),
                    asyncio.create_task(self._stopping.wait()),
                    asyncio.create_task(rights_end(caller, self._ports.authorise, self._limits.revocation_seconds)),
                ]
                done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
                done.pop().result()
        except (Refusal, RequestRefused) as error:
            errors = error.errors if isinstance(error, RequestRefused) else [self._ports.explain(error, caller.locale)]
            await frames.put(next_frame(orjson.dumps({"errors": errors})))
            await frames.put(COMPLETE)
        finally:
            for part in parts:
                part.cancel()
        await frames.put(None)

    @staticmethod
    async def _events(operation: Operation, follower: Follower, frames: asyncio.Queue[bytes | None]) -> None:
        async for entry in follower.entries():
            await frames.put(next_frame(await operation.render(entry), follower.cursor))

    async def _beats(self, follower: Follower, frames: asyncio.Queue[bytes | None]) -> None:
        """An id alone: a quiet subscriber's cursor advances, and proxies see life."""
        told = follower.cursor
        while True:
            await asyncio.sleep(min(self._limits.ws_ping_seconds, self._limits.cursor_seconds))
            if follower.cursor == told:
                await frames.put(BEAT)
            else:
                told = follower.cursor
                await frames.put(b"id: " + told.encode() + b"\n\n")
