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
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from adapters.task import end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

log = logging.getLogger("wuye.broker")
CHANNEL = "wuye.doorbell"
EVERYTHING = "*"  # rung to ourselves after a reconnect: look at every stream
LAST_SECONDS = 2.0  # for the rings that wait when we stop
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
        """Say that `streams` have new events. Never raises and never waits: the write is already committed."""
        ...

    def listen(self) -> AsyncIterator[UUID | None]:
        """Streams as they ring; None after a reconnect, when any may have rung unheard. One listener a process."""
        ...


class DoorbellBroker:
    """`Broker` over broadcaster. One task publishes: rings that wait for it become one."""

    def __init__(self, url: str) -> None:
        memory = url.startswith("memory:")
        self._broadcast = Broadcast(url) if memory else Broadcast(backend=RedisDoorbell(url))
        self._waiting: set[UUID] = set()
        self._rung = asyncio.Event()
        self._ringer: asyncio.Task[None] | None = None
        self._closing = False  # told, not cancelled: redis-py may lose a cancellation (adapters/task.py)

    async def connect(self) -> None:
        """Start the one listener and the one ringer of this process."""
        await self._broadcast.connect()
        self._ringer = asyncio.create_task(self._ring_forever())

    async def close(self) -> None:
        """Ring what still waits, then stop; a Redis that hangs is not waited for."""
        self._closing = True
        self._rung.set()
        if self._ringer is not None:
            _, hanging = await asyncio.wait({self._ringer}, timeout=LAST_SECONDS)
            await end(hanging)
        with contextlib.suppress(asyncio.CancelledError):
            await self._broadcast.disconnect()

    async def ring(self, streams: Iterable[UUID]) -> None:
        """Leave `streams` to the ringer: a Redis that is away must not keep a verb waiting."""
        self._waiting.update(streams)
        self._rung.set()

    async def listen(self) -> AsyncIterator[UUID | None]:
        """Streams as they ring."""
        async with self._broadcast.subscribe(CHANNEL) as subscriber:
            while True:
                event = await subscriber.get()
                for name in event.message.split():
                    yield None if name == EVERYTHING else UUID(name)

    async def _ring_forever(self) -> None:
        while not self._closing or self._waiting:
            await self._rung.wait()
            await self._publish()

    async def _publish(self) -> None:
        """One message for all that wait. What cannot be rung is dropped: listeners also look by themselves."""
        self._rung.clear()
        if not self._waiting:
            return
        message = " ".join(str(stream) for stream in self._waiting)
        self._waiting.clear()
        try:
            await self._broadcast.publish(CHANNEL, message)
        except (RedisError, OSError) as error:
            log.warning("doorbell not rung, listeners will look by themselves: %s", error)
        except Exception:
            log.exception("the ringer stumbled, going on")


class RedisDoorbell(BroadcastBackend):
    """Pub/sub that comes back: one connection for listening without a read time-out, reconnecting for ever."""

    def __init__(self, url: str) -> None:
        once = Retry(NoBackoff(), 1)  # a connection that Redis dropped is made anew, once; the default tries ten times
        self._publisher = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, retry=once)
        # Blocking reads: the default socket_timeout of 5 s would end them (traps.md). We retry, so it must not.
        self._listener = redis.Redis.from_url(
            url, socket_timeout=None, socket_connect_timeout=2, health_check_interval=10, retry=Retry(NoBackoff(), 0)
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
        message = await self._pubsub.get_message(timeout=30.0)
        if message and message["type"] == "subscribe":
            self._live = True
            return Event(CHANNEL, EVERYTHING)
        if message and message["type"] == "message":
            return Event(message["channel"].decode(), message["data"].decode())
        return None
