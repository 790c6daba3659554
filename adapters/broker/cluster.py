"""The doorbell through a Redis cluster: a stream rings in a channel of its own, at the one node that has its slot."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any
from uuid import UUID

from broadcaster import BroadcastBackend, Event
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ClusterDownError, ClusterError, MovedError, RedisError

from adapters.broker.ear import AT_ONCE, Ear, channel_of
from adapters.broker.server import CHANNEL, RETRY_SECONDS
from adapters.cluster import Cluster, slot_of
from adapters.task import end

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.cluster import Address

log = logging.getLogger("wuye.broker")
MOST_REDIRECTIONS = 3


class ClusterDoorbell(BroadcastBackend):
    """Listens to the streams that are followed, each where it is; a stream that gets a new place rings once there."""

    def __init__(self, url: str) -> None:
        once = Retry(NoBackoff(), 1)  # a connection that Redis dropped is made anew, once; the default tries ten times
        self._cluster = Cluster(url, socket_timeout=2, socket_connect_timeout=2, retry=once)
        self._places = Cluster(url, protocol=2, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))
        self._streams: dict[UUID, Ear | None] = {}  # followed, and who listens for each
        self._homeless: dict[UUID, None] = {}
        self._ears: dict[Address, Ear] = {}
        self._tasks: dict[Address, asyncio.Task[None]] = {}
        self._rung: dict[UUID, None] = {}  # as a set, in order
        self._news, self._changed = asyncio.Event(), asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._trouble = False
        self._attempt = 0  # since anybody was heard
        self._told = False  # that it does not work

    async def connect(self) -> None:
        """Begin to listen, and try again for as long as it takes."""
        self._keeper = asyncio.create_task(self._keep())

    async def disconnect(self) -> None:
        """Drop all connections."""
        await end([self._keeper])  # it opens no more ears
        await end(self._tasks.values())
        await self._places.aclose()
        await self._cluster.aclose()

    async def subscribe(self, channel: str) -> None:
        """broadcaster's one channel is of this process; `follow` says what it hears."""

    async def unsubscribe(self, channel: str) -> None:
        """As `subscribe`."""

    def follow(self, stream: UUID) -> None:
        """Listen to `stream`."""
        if stream not in self._streams:
            self._streams[stream] = None
            self._homeless[stream] = None
            self._changed.set()

    def unfollow(self, stream: UUID) -> None:
        """Listen to it no more."""
        ear = self._streams.pop(stream, None)
        self._homeless.pop(stream, None)
        self._rung.pop(stream, None)
        if ear is not None:
            ear.leave(stream)

    async def publish(self, channel: str, message: Any) -> None:
        """Ring each stream that `message` names, at its node; raises RedisError when any could not be rung."""
        left, failed = {UUID(name) for name in message.split()}, list[BaseException]()
        for _ in range(MOST_REDIRECTIONS):
            at: dict[Address, list[UUID]] = {}
            for stream in left:
                try:
                    at.setdefault(await self._cluster.owner(slot_of(channel_of(stream))), []).append(stream)
                except RedisError as error:
                    failed.append(error)
            answers = await asyncio.gather(*(self._ring(*one) for one in at.items()), return_exceptions=True)
            failed += [answer for answer in answers if isinstance(answer, BaseException)]
            left = {stream for answer in answers if not isinstance(answer, BaseException) for stream in answer}
            if not left:
                break
        else:
            failed.append(ClusterError("the nodes send us round in a circle"))
        if failed:
            self._cluster.doubt()
            raise failed[0]

    async def _ring(self, address: Address, streams: Iterable[UUID]) -> list[UUID]:
        """Those that are elsewhere by now."""
        streams = list(streams)
        async with self._cluster.client(address).pipeline(transaction=False) as pipe:
            for stream in streams:
                pipe.execute_command("SPUBLISH", channel_of(stream), "")
            answers = await pipe.execute(raise_on_error=False)
        elsewhere = []
        for stream, answer in zip(streams, answers, strict=True):
            if isinstance(answer, MovedError):
                self._cluster.moved(answer, address)
                elsewhere.append(stream)
            elif isinstance(answer, Exception):
                raise answer
        return elsewhere

    async def next_published(self) -> Event:
        """All that rang since."""
        await self._news.wait()
        self._news.clear()
        rung, self._rung = self._rung, {}
        return Event(CHANNEL, " ".join(map(str, rung)))

    def heard(self, stream: UUID) -> None:
        """An ear says so."""
        self._attempt, self._told = 0, False
        if stream in self._streams:
            self._rung[stream] = None
            self._news.set()

    def homeless(self, ear: Ear, stream: UUID, error: MovedError | None) -> None:
        """An ear says so."""
        if error is None:
            self._places.doubt()
        else:
            self._places.moved(error, self._at(ear))
        if self._streams.get(stream) is ear:
            self._streams[stream] = None
            self._homeless[stream] = None
        self._disturbed()

    def _at(self, ear: Ear) -> Address:
        return next(address for address, one in self._ears.items() if one is ear)

    async def _keep(self) -> None:
        """Find an ear for each stream that has none; after trouble not at once, and each time later."""
        while True:
            await self._changed.wait()
            if self._trouble:
                await asyncio.sleep(RETRY_SECONDS[min(self._attempt, len(RETRY_SECONDS) - 1)])
                self._trouble, self._attempt = False, self._attempt + 1
            self._changed.clear()
            try:
                await self._place()
            except Exception as error:  # noqa: BLE001 - it is told, and tried again
                self._failed(error)

    async def _place(self) -> None:
        for number, stream in enumerate(list(self._homeless), 1):
            if not number % AT_ONCE:
                await asyncio.sleep(0)
            try:
                address = await self._places.owner(slot_of(channel_of(stream)))
            except ClusterDownError as error:  # nobody has this slot
                self._failed(error)
                continue
            if stream not in self._homeless:  # unfollowed meanwhile
                continue
            ear = self._ears.get(address) or self._open(address)
            del self._homeless[stream]
            self._streams[stream] = ear
            ear.enter(stream)

    def _open(self, address: Address) -> Ear:
        pool = self._places.client(address).connection_pool
        connection = pool.make_connection()  # type: ignore[no-untyped-call]  # redis has not typed it
        ear = self._ears[address] = Ear(connection, self)
        self._tasks[address] = asyncio.create_task(self._listen(address, ear))
        return ear

    async def _listen(self, address: Address, ear: Ear) -> None:
        """Until the node fails; then all that it had look for another place."""
        try:
            await ear.listen()
        except Exception as error:  # noqa: BLE001 - it is told, and tried again
            self._failed(error)
        finally:
            del self._ears[address], self._tasks[address]
        for stream in [stream for stream, one in self._streams.items() if one is ear]:
            self._streams[stream] = None
            self._homeless[stream] = None

    def _failed(self, error: Exception) -> None:
        """Say so once; what is no failure of Redis with its traceback."""
        if not self._told:
            self._told = True
            bug = None if isinstance(error, RedisError | OSError) else error
            log.warning("doorbell lost, reconnecting: %s", error, exc_info=bug)
        self._places.doubt()
        self._disturbed()

    def _disturbed(self) -> None:
        self._trouble = True
        self._changed.set()
