"""One connection that listens at one node of a cluster (sharded pub/sub)."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import MovedError

from adapters.cluster import slot_of
from adapters.task import end

if TYPE_CHECKING:
    from redis.asyncio.connection import AbstractConnection

PREFIX = "wuye.doorbell."  # and the stream
AT_ONCE = 500  # commands: the loop has other work too
PING_SECONDS = 10.0
SILENT_SECONDS = 25.0  # a node that says nothing for so long, though it is pinged, is gone


def channel_of(stream: UUID) -> str:
    """Where it rings."""
    return PREFIX + str(stream)


class Listener(Protocol):
    """Whom an ear tells."""

    def heard(self, stream: UUID) -> None:
        """It rang, or may have: it is listened to from here on."""
        ...

    def homeless(self, ear: Ear, stream: UUID, error: MovedError | None) -> None:
        """Another node has it now; `error` says which one, where that is known."""
        ...


class Ear:
    """Listens to the streams that it is given, until the connection fails."""

    def __init__(self, connection: AbstractConnection, listener: Listener) -> None:
        self._connection = connection
        self._listener = listener
        self._streams: defaultdict[int, set[UUID]] = defaultdict(set)  # by slot
        self._left: defaultdict[int, Counter[UUID]] = defaultdict(Counter)  # told to be left, and not confirmed yet
        self._unsaid: list[tuple[str, str]] = []
        self._saying = asyncio.Event()

    def enter(self, stream: UUID) -> None:
        """Listen to it."""
        channel = channel_of(stream)
        self._streams[slot_of(channel)].add(stream)
        self._say("SSUBSCRIBE", channel)

    def leave(self, stream: UUID) -> None:
        """Listen to it no more."""
        channel = channel_of(stream)
        slot = slot_of(channel)
        self._streams[slot].discard(stream)
        self._left[slot][stream] += 1
        self._say("SUNSUBSCRIBE", channel)

    async def listen(self) -> None:
        """Until it fails. Raises RedisError or OSError."""
        await self._connection.connect()  # type: ignore[no-untyped-call]  # redis has not typed it
        reader, writer = asyncio.create_task(self._read()), asyncio.create_task(self._write())
        try:
            done, _ = await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            try:
                await end([reader, writer])
            finally:  # also when we are cancelled once more meanwhile: no pool knows this connection
                await self._connection.disconnect(nowait=True)

    def _say(self, command: str, channel: str) -> None:
        self._unsaid.append((command, channel))
        self._saying.set()

    async def _write(self) -> None:
        """What there is to say in one write; one command a channel, for the channels of one must share a slot."""
        while True:
            try:
                await asyncio.wait_for(self._saying.wait(), PING_SECONDS)
            except TimeoutError:
                self._unsaid.append(("PING", ""))
            said, self._unsaid = self._unsaid[:AT_ONCE], self._unsaid[AT_ONCE:]
            if not self._unsaid:
                self._saying.clear()
            await self._connection.send_packed_command(self._connection.pack_commands(said), check_health=False)

    async def _read(self) -> None:
        while True:
            try:
                answer = await self._connection.read_response(timeout=SILENT_SECONDS, disconnect_on_error=False)
            except MovedError as error:
                self._redirected(error)
                continue
            if answer is None:
                raise Unreachable("the node is silent")
            self._take(answer)

    def _take(self, answer: Any) -> None:
        if not isinstance(answer, list) or answer[0] == b"pong":  # the answer to a ping
            return
        kind, channel = answer[0], answer[1].decode()
        stream = UUID(channel.removeprefix(PREFIX))
        if kind in (b"smessage", b"ssubscribe"):
            self._listener.heard(stream)
        elif kind == b"sunsubscribe":
            self._unsubscribed(stream, slot_of(channel))

    def _unsubscribed(self, stream: UUID, slot: int) -> None:
        """It was we who left, or the node gave the slot away."""
        left, streams = self._left[slot], self._streams[slot]
        if left[stream] > 0:
            left[stream] -= 1
        elif stream in streams:
            streams.discard(stream)
            self._listener.homeless(self, stream, None)
        left += Counter()  # without zeros

    def _redirected(self, error: MovedError) -> None:
        """The answer to one command; the others of the slot get the same one by one."""
        self._left.pop(error.slot_id, None)
        for stream in self._streams.pop(error.slot_id, ()):
            self._listener.homeless(self, stream, error)
