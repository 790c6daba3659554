"""The doorbell: rings "this stream has something new" in every process. The database is the mailbox.

`broadcaster.Broadcast` with `memory://` in one process, and with our own backend on `redis.asyncio` in several:
the stock Redis backend loses messages and dies silently when Redis restarts (traps.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from broadcaster import Broadcast, BroadcastBackend, Event
from redis import asyncio as redis
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

log = logging.getLogger("wuye.broker")
CHANNEL = "wuye.doorbell"
EVERYTHING = "*"  # rung to ourselves after a reconnect: look at every stream
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


class Broker(Protocol):
    """Rings and listens. A ring may be lost: whoever listens also looks by itself, slowly."""

    async def connect(self) -> None:
        """Start; never fails because the far side is down."""
        ...

    async def close(self) -> None:
        """Stop."""
        ...

    async def ring(self, streams: Iterable[UUID]) -> None:
        """Say that `streams` have new events. Never raises: the write is already committed."""
        ...

    def listen(self) -> AsyncIterator[UUID | None]:
        """Streams as they ring; None after a reconnect, when any may have rung unheard. One listener a process."""
        ...


class DoorbellBroker:
    """`Broker` over broadcaster."""

    def __init__(self, url: str) -> None:
        memory = url.startswith("memory:")
        self._broadcast = Broadcast(url) if memory else Broadcast(backend=RedisDoorbell(url))

    async def connect(self) -> None:
        """Start the one listener of this process."""
        await self._broadcast.connect()

    async def close(self) -> None:
        """Stop it."""
        with contextlib.suppress(asyncio.CancelledError):
            await self._broadcast.disconnect()

    async def ring(self, streams: Iterable[UUID]) -> None:
        """Ring once for all `streams` of one commit."""
        message = " ".join(str(stream) for stream in streams)
        try:
            await self._broadcast.publish(CHANNEL, message)
        except (RedisError, OSError) as error:
            log.warning("doorbell not rung, listeners will look by themselves: %s", error)

    async def listen(self) -> AsyncIterator[UUID | None]:
        """Streams as they ring."""
        async with self._broadcast.subscribe(CHANNEL) as subscriber:
            async for event in subscriber:
                for name in event.message.split():
                    yield None if name == EVERYTHING else UUID(name)


class RedisDoorbell(BroadcastBackend):
    """Pub/sub that comes back: one connection for listening without a read time-out, reconnecting for ever."""

    def __init__(self, url: str) -> None:
        self._publisher = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        # Blocking reads: the default socket_timeout of 5 s would end them (traps.md).
        self._listener = redis.Redis.from_url(
            url, socket_timeout=None, socket_connect_timeout=2, health_check_interval=10
        )
        self._pubsub = self._listener.pubsub()
        self._channels: set[str] = set()
        self._subscribed = asyncio.Event()
        self._live = False

    async def connect(self) -> None:
        """Nothing yet: the first read connects, and tries again for as long as it takes."""

    async def disconnect(self) -> None:
        """Drop both connections."""
        await self._pubsub.aclose()
        await self._listener.aclose()
        await self._publisher.aclose()

    async def subscribe(self, channel: str) -> None:
        """Listen to `channel` from the next connection on."""
        self._channels.add(channel)
        self._subscribed.set()

    async def unsubscribe(self, channel: str) -> None:
        """Stop listening to `channel`."""
        self._channels.discard(channel)

    async def publish(self, channel: str, message: Any) -> None:
        """Raises RedisError when Redis is away."""
        await self._publisher.publish(channel, message)

    async def next_published(self) -> Event:
        """The next ring; a reconnect is itself a ring for everything. Never raises, or the listener would die."""
        await self._subscribed.wait()
        attempt = 0
        while True:
            try:
                if not self._live:
                    await self._pubsub.aclose()
                    self._pubsub = self._listener.pubsub()
                    await self._pubsub.subscribe(*self._channels)
                message = await self._pubsub.get_message(timeout=30.0)
            except (RedisError, OSError) as error:
                if self._live:
                    log.warning("doorbell lost, reconnecting: %s", error)
                self._live = False
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1
                continue
            if message and message["type"] == "subscribe":
                self._live = True
                return Event(CHANNEL, EVERYTHING)
            if message and message["type"] == "message" and self._live:
                return Event(message["channel"].decode(), message["data"].decode())
