"""The doorbell: rings "this stream has something new" in every process. The database is the mailbox.

`broadcaster.Broadcast` with `memory://` in one process, and with our own backend on `redis.asyncio` in several:
the stock Redis backend loses messages and dies silently when Redis restarts (traps.md).
With a Redis cluster each stream rings in a channel of its own, at the one node that has it (sharded pub/sub).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from broadcaster import Broadcast
from redis.exceptions import RedisError

from adapters.broker.cluster import ClusterDoorbell
from adapters.broker.server import CHANNEL, EVERYTHING, RedisDoorbell
from adapters.cluster import names_cluster
from adapters.task import end
from adapters.trace import NoTracer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from adapters.trace import Tracer

__all__ = ["CHANNEL", "Broker", "ClusterDoorbell", "DoorbellBroker", "RedisDoorbell"]
log = logging.getLogger("wuye.broker")
NOBODY = NoTracer()
LAST_SECONDS = 2.0  # for the rings that wait when we stop


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

    def follow(self, stream: UUID) -> None:
        """From now on `listen` tells of `stream`. It may tell of others too, and of this one when it did not ring."""
        ...

    def unfollow(self, stream: UUID) -> None:
        """Nobody here wants to hear of `stream` any more."""
        ...


class DoorbellBroker:
    """`Broker` over broadcaster. One task publishes: rings that wait for it become one."""

    def __init__(self, url: str, tracer: Tracer = NOBODY) -> None:
        self._tracer = tracer
        self._ringing: list[object] = []  # what waits for the ringer, for the tracer
        self._cluster = ClusterDoorbell(url) if names_cluster(url) else None
        self._backend = None if url.startswith("memory:") else self._cluster or RedisDoorbell(url)
        self._broadcast = Broadcast(url, backend=self._backend)
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
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await self._broadcast.disconnect()
        finally:  # broadcaster leaves it open when its listener has ended before
            if self._backend is not None:
                await self._backend.disconnect()

    async def ring(self, streams: Iterable[UUID]) -> None:
        """Leave `streams` to the ringer: a Redis that is away must not keep a verb waiting."""
        self._waiting.update(streams)
        if self._tracer.enabled:
            self._ringing.append(self._tracer.here())
        self._rung.set()

    async def listen(self) -> AsyncIterator[UUID | None]:
        """Streams as they ring."""
        async with self._broadcast.subscribe(CHANNEL) as subscriber:
            while True:
                event = await subscriber.get()
                for name in event.message.split():
                    yield None if name == EVERYTHING else UUID(name)

    def follow(self, stream: UUID) -> None:
        """Without a cluster every ring is heard."""
        if self._cluster is not None:
            self._cluster.follow(stream)

    def unfollow(self, stream: UUID) -> None:
        """As `follow`."""
        if self._cluster is not None:
            self._cluster.unfollow(stream)

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
        ringing, self._ringing = self._ringing, []
        try:
            with self._tracer.shared("ring", ringing):
                await self._broadcast.publish(CHANNEL, message)
        except (RedisError, OSError) as error:
            log.warning("doorbell not rung, listeners will look by themselves: %s", error)
        except Exception:
            log.exception("the ringer stumbled, going on")
