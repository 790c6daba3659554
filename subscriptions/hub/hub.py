"""The hub: the streams that this process follows, and how subscriptions join them."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from adapters.database import DatabaseUnavailable
from adapters.task import end
from models.errors import ErrorCode, Refusal
from subscriptions.hub.delivery import Delivery
from subscriptions.hub.member import Member
from subscriptions.hub.past import Past
from subscriptions.hub.rendering import Renderer
from subscriptions.hub.stream import Stream
from subscriptions.hub.traced import TracedDelivery
from subscriptions.status import Counters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from adapters.broker import Broker
    from adapters.database import Database
    from adapters.trace import Tracer
    from subscriptions.feed import Feed
    from subscriptions.hub.member import Sink
    from subscriptions.log import Head
    from subscriptions.ports import Operation
    from subscriptions.status import Status

logger = logging.getLogger("wuye.hub")
LOOK_SECONDS = 1.0
LINGER_SECONDS = 30.0  # a stream that nobody follows is kept: most who leave come back soon
MOST_LINGERING = 1_000
MOST_ENTRIES = 200_000  # in all rings; then each keeps its share


class Hub:
    """Follows the log for every subscriber of this process."""

    def __init__(self, database: Database, broker: Broker, tracer: Tracer | None = None) -> None:
        self._broker = broker
        self._delivery = partial(TracedDelivery, tracer) if tracer is not None and tracer.enabled else Delivery
        self.counters = Counters()
        self.queued: list[Callable[[], int]] = []  # each says how many bytes a transport holds for its clients
        self._past = Past(database)
        self._renderer = Renderer(self.counters)
        self._streams: dict[UUID, Stream] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def status(self) -> Status:
        """How the live core of this process stands."""
        counters, streams = self.counters, self._streams.values()
        counters.streams = len(streams)
        counters.members = sum(map(len, streams))
        counters.groups = sum(stream.ears.groups() for stream in streams)
        counters.catching_up = sum(len(stream.chasing) for stream in streams)
        counters.ring_entries = sum(len(stream.ring) for stream in streams)
        counters.bytes_queued = sum(count() for count in self.queued)
        return counters.snapshot()

    async def start(self) -> None:
        """Listen to the doorbell and look by ourselves, slowly."""
        self._tasks = [asyncio.create_task(self._forever(step)) for step in (self._listen, self._look)]

    async def stop(self) -> None:
        """End every task."""
        await end([*self._tasks, *(stream.stop() for stream in self._streams.values())])
        await self._past.stop()
        await self._renderer.stop()
        self._tasks.clear()
        self._streams.clear()

    async def join(self, operation: Operation, feed: Feed, sink: Sink) -> Member:
        """Follow `feed`: from here on its events go to `sink`, after its cursor without gap or double, else from now.

        Raises Refusal RESUME_GONE, or BAD_USER_INPUT for a cursor of another stream.
        """
        stream = self._streams.get(feed.stream)
        if stream is None or not _in_ring(feed, stream):
            head = await self._past.head(feed.stream)
            try:
                position = _start(feed, head)
            except Refusal as refusal:
                self.counters.resume_gone += refusal.code is ErrorCode.RESUME_GONE
                raise
            stream = self._held(feed.stream, head)
            stream.wake()  # a ring may have gone by while the head was read
        else:
            position = feed.after.position if feed.after else stream.ring.position
        if feed.after is not None:
            if _in_ring(feed, stream):
                self.counters.resumes_ring += 1
            else:
                self.counters.resumes_log += 1
        member = Member(stream, feed, operation, sink, position)
        stream.join(member)
        return member

    def _held(self, id_: UUID, head: Head) -> Stream:
        """The stream as of the epoch of `head`."""
        stream = self._streams.get(id_)
        if stream is not None and stream.epoch != head.epoch:
            self._drop(stream)
            stream = None
        if stream is None:
            stream = self._streams[id_] = Stream(id_, head, self._past, self._renderer, self.counters, self._delivery)
            stream.idle_since = asyncio.get_running_loop().time()
            self._broker.follow(id_)
        return stream

    def _drop(self, stream: Stream) -> None:
        """Forget a stream that nobody follows, or whose epoch is over."""
        del self._streams[stream.id]
        self._broker.unfollow(stream.id)
        stream.end()

    async def _listen(self) -> None:
        async for stream_id in self._broker.listen():
            if stream_id is None:
                for stream in self._streams.values():
                    stream.wake()
            elif (rung := self._streams.get(stream_id)) is not None:
                rung.wake()

    async def _look(self) -> None:
        """One query a second over the heads of the streams held: a ring may be lost."""
        await asyncio.sleep(LOOK_SECONDS)
        self._tidy()
        lag = 0
        heads = await self._past.heads(list(self._streams)) if self._streams else {}
        for stream_id, head in heads.items():
            stream = self._streams.get(stream_id)
            if stream is None:
                continue
            if head.epoch != stream.epoch:
                self._drop(stream)
            elif head.position > stream.ring.position:
                lag += head.position - stream.ring.position
                self.counters.gaps += not stream.busy
                stream.wake()
        self.counters.lag_entries = lag

    def _tidy(self) -> None:
        """Let go of what nobody needs any more."""
        self._renderer.forget()
        self._past.forget()
        idle = [stream for stream in self._streams.values() if stream.idle_since is not None]
        idle.sort(key=lambda stream: stream.idle_since or 0.0)
        oldest = asyncio.get_running_loop().time() - LINGER_SECONDS
        for number, stream in enumerate(idle, 1):
            if (stream.idle_since or 0.0) <= oldest or number <= len(idle) - MOST_LINGERING:
                self._drop(stream)
        if sum(len(stream.ring) for stream in self._streams.values()) > MOST_ENTRIES:
            for stream in self._streams.values():
                stream.ring.shorten(MOST_ENTRIES // len(self._streams))

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        """Run `step` again and again; a database that is away is waited for, a bug is logged and survived."""
        while True:
            try:
                await step()
            except DatabaseUnavailable as error:
                logger.warning("event log not readable, trying again: %s", error)
                await asyncio.sleep(LOOK_SECONDS / 2)
            except Exception:
                logger.exception("the hub stumbled, going on")
                await asyncio.sleep(LOOK_SECONDS / 2)


def _in_ring(feed: Feed, stream: Stream) -> bool:
    """Whether the ring has all that follows the feed's cursor."""
    after = feed.after
    if after is None or after.stream != feed.stream or after.epoch != stream.epoch:
        return False
    ring = stream.ring
    return after.position <= ring.position and ring.since(after.position, ring.position) is not None


def _start(feed: Feed, head: Head) -> int:
    """The position to start after."""
    if feed.after is None:
        return head.position
    if feed.after.stream != feed.stream or (feed.after.epoch == head.epoch and feed.after.position > head.position):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="after", message="BAD_CURSOR")
    if feed.after.epoch != head.epoch or feed.after.position < head.pruned:
        raise Refusal(ErrorCode.RESUME_GONE)
    return feed.after.position
