"""The doorbell through one Redis server."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from broadcaster import BroadcastBackend, Event
from redis import asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import RedisError

from adapters.broker.ear import PING_SECONDS, SILENT_SECONDS

log = logging.getLogger("wuye.broker")
CHANNEL = "wuye.doorbell"
EVERYTHING = "*"  # rung to ourselves after a reconnect: look at every stream
CONNECT_SECONDS = 2.0  # also for what is said meanwhile
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


class RedisDoorbell(BroadcastBackend):
    """Pub/sub that comes back: one connection that listens until it fails or falls silent, reconnecting for ever."""

    def __init__(self, url: str) -> None:
        once = Retry(NoBackoff(), 1)  # a connection that Redis dropped is made anew, once; the default tries ten times
        self._publisher = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, retry=once)
        # Its time-outs are for connecting; `_hear` has its own. We retry, so it must not.
        self._listener = redis.Redis.from_url(
            url, socket_timeout=CONNECT_SECONDS, socket_connect_timeout=CONNECT_SECONDS, retry=Retry(NoBackoff(), 0)
        )
        self._pubsub = self._listener.pubsub()
        self._channels: set[str] = set()
        self._subscribed = asyncio.Event()
        self._live = False
        self._closed = False
        self._reading = asyncio.Lock()

    async def connect(self) -> None:
        """Nothing yet: the first read connects, and tries again for as long as it takes."""

    async def disconnect(self) -> None:
        """Drop both connections. broadcaster cancels its listener and does not wait for it: it may be connecting."""
        self._closed = True
        async with self._reading:
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]  # redis has not typed it
            await self._listener.aclose()
            await self._publisher.aclose()

    async def subscribe(self, channel: str) -> None:
        """Listen to `channel` from the next connection on."""
        self._channels.add(channel)
        self._subscribed.set()

    async def unsubscribe(self, channel: str) -> None:
        """Stop listening to `channel`."""
        self._channels.discard(channel)
        if not self._channels:
            self._subscribed.clear()

    async def publish(self, channel: str, message: Any) -> None:
        """Raises RedisError when Redis is away."""
        await self._publisher.publish(channel, message)

    async def next_published(self) -> Event:
        """The next ring; a reconnect is itself a ring for everything. Never raises, or the listener would die."""
        attempt = 0
        while not self._closed:
            await self._subscribed.wait()
            try:
                async with self._reading:
                    event = await self._read()
            except (RedisError, OSError) as error:
                if self._live:
                    log.warning("doorbell lost, reconnecting: %s", error)
            except Exception:
                log.exception("the doorbell stumbled, reconnecting")
            else:
                if event is not None:
                    return event
                continue
            self._live = False
            await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
            attempt += 1
        raise asyncio.CancelledError  # ours was lost on the way

    async def _read(self) -> Event | None:
        """One message, None when it says nothing; connects first where there is no connection."""
        if not self._live:
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]  # redis has not typed it
            self._pubsub = self._listener.pubsub()
            await self._pubsub.subscribe(*self._channels)
        message = await self._hear()
        if message["type"] == "subscribe":
            self._live = True
            return Event(CHANNEL, EVERYTHING)
        if message["type"] == "message":
            return Event(message["channel"].decode(), message["data"].decode())
        return None  # the answer to a ping

    async def _hear(self) -> dict[str, Any]:
        """What Redis says next; asked, where it says nothing: a host that vanished does not end its connections."""
        message: dict[str, Any] | None = await self._pubsub.get_message(timeout=PING_SECONDS)
        if message is None:
            await self._pubsub.ping()
            message = await self._pubsub.get_message(timeout=SILENT_SECONDS - PING_SECONDS)
        if message is None:
            raise Unreachable("Redis is silent")
        return message
