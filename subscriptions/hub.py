"""The hub: one ring per stream, one position per follower. Followers pull, so a slow one costs nothing but itself."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.database import DatabaseUnavailable
from adapters.task import end
from models.errors import ErrorCode, Refusal
from subscriptions import log
from subscriptions.feed import Cursor, Feed
from subscriptions.status import Counters, Status

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from adapters.broker import Broker
    from adapters.database import Database
    from subscriptions.event import Entry
    from subscriptions.ports import Operation

logger = logging.getLogger("wuye.hub")
RING = 1_024
LOOK_SECONDS = 1.0


class Stream:
    """The newest entries of one stream in this process, and who waits for more."""

    def __init__(self, head: log.Head) -> None:
        self.epoch = head.epoch
        self.position = head.position  # of the newest entry in the ring, or where the ring starts
        self.ring: deque[Entry] = deque(maxlen=RING)
        self.followers = 0
        self.ended = False  # the log started a new epoch
        self.behind = asyncio.Event()  # something new is in the log
        self._news = asyncio.Event()

    def add(self, entries: list[Entry]) -> None:
        """Append what was read and wake the followers."""
        if entries[0].position != self.position + 1:
            self.ring.clear()  # pruned before we read it: whoever is older than the hole finds it in the log
        self.ring.extend(entries)
        self.position = entries[-1].position
        self.wake()

    def wake(self) -> None:
        """Let every follower look."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    def end(self) -> None:
        """Its epoch is over: the followers find out."""
        self.ended = True
        self.wake()

    def since(self, position: int) -> list[Entry] | None:
        """Entries after `position`; None when the ring no longer reaches back that far."""
        if position >= self.position:
            return []
        missing = self.position - position
        if missing > len(self.ring):
            return None
        return [self.ring[index] for index in range(len(self.ring) - missing, len(self.ring))]

    async def news(self) -> None:
        """Wait until there is something to look at."""
        await self._news.wait()


class Follower:
    """One subscription's way along a stream.

    `position` is behind an entry only when the consumer has dealt with it and asks for the next: whoever is told the
    cursor meanwhile loses nothing. What the feed does not want is passed at once.
    """

    def __init__(self, hub: Hub, stream: Stream, feed: Feed, position: int) -> None:
        self._hub = hub
        self._stream = stream
        self.feed = feed
        self.position = position

    @property
    def cursor(self) -> str:
        """Where to come back to."""
        return Cursor(self.feed.stream, self._stream.epoch, self.position).encode()

    async def entries(self) -> AsyncIterator[Entry]:
        """What the feed wants, in order, without end. Raises Refusal RESUME_GONE when the log was pruned past us."""
        while True:
            found = await self._found()
            if not found:
                await self._stream.news()
            for entry in found:
                if entry.position != self.position + 1:
                    raise Refusal(ErrorCode.RESUME_GONE)
                if self.feed.wants(entry):
                    yield entry
                self.position = entry.position

    async def _found(self) -> list[Entry]:
        """What comes next: from the ring, or from the log for whoever is older than the ring."""
        while True:
            if self._stream.ended:
                raise Refusal(ErrorCode.RESUME_GONE)
            found = self._stream.since(self.position)
            if found is not None:
                return found
            try:
                found = await self._hub.read(self._stream, self.feed.stream, self.position)
            except DatabaseUnavailable:
                await asyncio.sleep(LOOK_SECONDS / 2)  # as the hub does: it comes back, and so do we
                continue
            if not found:
                raise Refusal(ErrorCode.RESUME_GONE)
            return found


class Hub:
    """Follows the log for every subscriber of this process."""

    def __init__(self, database: Database, broker: Broker) -> None:
        self._database = database
        self._broker = broker
        self.counters = Counters()
        self._streams: dict[UUID, Stream] = {}
        self._tasks: dict[str | UUID, asyncio.Task[None]] = {}

    def status(self) -> Status:
        """How the live core of this process stands."""
        counters, streams = self.counters, self._streams.values()
        counters.streams = len(streams)
        counters.members = sum(stream.followers for stream in streams)
        counters.ring_entries = sum(len(stream.ring) for stream in streams)
        return counters.snapshot()

    async def start(self) -> None:
        """Listen to the doorbell and look by ourselves, slowly."""
        self._tasks["listen"] = asyncio.create_task(self._forever(self._listen))
        self._tasks["look"] = asyncio.create_task(self._forever(self._look))

    async def stop(self) -> None:
        """End every task."""
        await end(self._tasks.values())
        self._tasks.clear()

    @asynccontextmanager
    async def follow(self, feed: Feed) -> AsyncIterator[Follower]:
        """Join `feed.stream`. Raises Refusal RESUME_GONE, or BAD_USER_INPUT for a cursor of another stream."""
        head = (await log.heads(self._database, [feed.stream]))[feed.stream]
        position = _start(feed, head)
        stream = self._streams.get(feed.stream)
        if stream is not None and stream.epoch != head.epoch:
            self._drop(feed.stream, stream)
            stream = None
        if stream is None:
            stream = self._streams[feed.stream] = Stream(head)
            self._tasks[feed.stream] = asyncio.create_task(self._forever(self._fill, feed.stream, stream))
        stream.behind.set()  # a ring may have gone by while the head was read
        stream.followers += 1
        try:
            yield Follower(self, stream, feed, position)
        finally:
            stream.followers -= 1
            if stream.followers == 0 and self._streams.get(feed.stream) is stream:
                self._drop(feed.stream, stream)

    async def read(self, stream: Stream, stream_id: UUID, after: int) -> list[Entry]:
        """A batch from the log, for whoever is older than the ring."""
        return await log.read(self._database, stream_id, stream.epoch, after)

    def _drop(self, stream_id: UUID, stream: Stream) -> None:
        """Forget a stream that nobody follows, or whose epoch is over."""
        del self._streams[stream_id]
        if (task := self._tasks.pop(stream_id, None)) is not None:  # none left when we are stopping
            task.cancel()
        stream.end()

    async def _fill(self, stream_id: UUID, stream: Stream) -> None:
        """Move what is new in the log into the ring, until none is left; then wait."""
        await stream.behind.wait()
        stream.behind.clear()
        while True:
            entries = await self.read(stream, stream_id, stream.position)
            if not entries:
                return
            stream.add(entries)

    async def _listen(self) -> None:
        async for stream_id in self._broker.listen():
            if stream_id is None:
                for stream in self._streams.values():
                    stream.behind.set()
            elif (rung := self._streams.get(stream_id)) is not None:
                rung.behind.set()

    async def _look(self) -> None:
        """One query a second over the heads of the streams held: a ring may be lost."""
        await asyncio.sleep(LOOK_SECONDS)
        if not self._streams:
            return
        for stream_id, head in (await log.heads(self._database, self._streams)).items():
            stream = self._streams.get(stream_id)
            if stream is not None and head.epoch != stream.epoch:
                self._drop(stream_id, stream)
            elif stream is not None and head.position > stream.position:
                stream.behind.set()

    async def _forever(self, step: object, *args: object) -> None:
        """Run `step` again and again; a database that is away is waited for, a bug is logged and survived."""
        while True:
            try:
                await step(*args)  # type: ignore[operator]  # a coroutine function
            except DatabaseUnavailable as error:
                logger.warning("event log not readable, trying again: %s", error)
                await self._pause(args)
            except Exception:
                logger.exception("the hub stumbled, going on")
                await self._pause(args)

    @staticmethod
    async def _pause(args: tuple[object, ...]) -> None:
        await asyncio.sleep(LOOK_SECONDS / 2)
        for arg in args:
            if isinstance(arg, Stream):
                arg.behind.set()


async def render_patiently(operation: Operation, entry: Entry) -> bytes:
    """The event for one subscriber; a database that is away is waited for, so that no event is delivered half."""
    while True:
        try:
            return await operation.render(entry)
        except DatabaseUnavailable as error:
            logger.warning("an event waits for the database: %s", error)
            await asyncio.sleep(LOOK_SECONDS / 2)


def _start(feed: Feed, head: log.Head) -> int:
    """The position to start after."""
    if feed.after is None:
        return head.position
    if feed.after.stream != feed.stream or (feed.after.epoch == head.epoch and feed.after.position > head.position):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="after", message="BAD_CURSOR")
    if feed.after.epoch != head.epoch or feed.after.position < head.pruned:
        raise Refusal(ErrorCode.RESUME_GONE)
    return feed.after.position
