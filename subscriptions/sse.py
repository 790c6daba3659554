"""GraphQL over SSE, distinct connections mode: one operation a connection, frames end lines with LF.

The event id is the cursor, so a browser's `Last-Event-ID` resumes without a gap.
"""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from starlette.responses import StreamingResponse

from adapters.database import DatabaseUnavailable
from adapters.task import end
from models.errors import ErrorCode, Refusal
from subscriptions.feed import Cursor
from subscriptions.patience import follow
from subscriptions.ports import RequestRefused, run_marked
from subscriptions.watch import rights_end

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Iterator
    from contextlib import AbstractContextManager

    from starlette.types import Message, Receive, Send

    from adapters.seat import Seats
    from adapters.settings import Limits
    from subscriptions.event import Entry
    from subscriptions.hub import Bundle, Hub, Member
    from subscriptions.ports import Caller, Operation, Ports

logger = logging.getLogger("wuye.sse")
COMPLETE = b"event: complete\ndata:\n\n"
BEAT = b":\n\n"


def next_frame(payload: bytes, cursor: str | None = None) -> bytes:
    """A result; `payload` is JSON and holds no line end."""
    head = b"" if cursor is None else b"id: " + cursor.encode() + b"\n"
    return head + b"event: next\ndata: " + payload + b"\n\n"


class Pipe(Protocol):
    """The connection that an event stream leaves by."""

    cut: bool
    """By itself: the client does not read."""

    def waiting(self) -> int:
        """Bytes that the client has not taken yet."""
        ...


class EventStreams:
    """Answers operations as event streams."""

    def __init__(self, hub: Hub, ports: Ports, limits: Limits, seats: Seats) -> None:
        self._hub = hub
        self._ports = ports
        self._limits = limits
        self._seats = seats
        self._stopping = asyncio.Event()
        self._pipes: set[Pipe] = set()
        hub.queued.append(lambda: sum(pipe.waiting() for pipe in self._pipes))

    def close(self) -> None:
        """End every stream: the clients come back elsewhere, by Last-Event-ID."""
        self._stopping.set()

    async def respond(
        self,
        operation: Operation,
        caller: Caller,
        last_event_id: str | None,
        receive: Receive,
        pipe: Pipe | None,
    ) -> StreamingResponse:
        """The open response; a subscription has joined its stream before the headers leave.

        `receive` is the request's: uvicorn tells nobody else that a client gave up while its stream began.
        `pipe` is where the frames leave, if it can be asked what waits there.
        Raises RequestRefused: 429 when the user has enough sockets and streams open, 503 when the process has.
        """
        if operation.kind != "subscription":
            return self._stream(pipe, self._once(operation, caller))
        frames = self._follow(operation, caller, last_event_id)
        first: list[bytes] = []

        async def begin() -> None:
            first.append(await anext(frames))

        await self._until_first(begin(), _left(receive))
        if not first:
            left = Refusal(ErrorCode.BAD_REQUEST, detail="the client left")
            raise RequestRefused([self._ports.explain(left, caller.locale)])
        return self._stream(pipe, frames, first[0])

    def _stream(self, pipe: Pipe | None, frames: AsyncIterator[bytes], first: bytes = b"") -> StreamingResponse:
        return _EventStream(
            _chain(first, frames),
            self._leaving(pipe),
            self._limits.ws_stall_seconds,
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    @contextmanager
    def _leaving(self, pipe: Pipe | None) -> Iterator[None]:
        """While frames leave by `pipe`: what waits there is counted, and if the client is cut, that too."""
        if pipe is not None:
            self._pipes.add(pipe)
        slow = False
        try:
            yield
        except TimeoutError:
            slow = True
            logger.warning("event stream cut: the client does not read")
        finally:
            if pipe is not None:
                self._pipes.discard(pipe)
            self._hub.counters.slow_cuts += slow or (pipe is not None and pipe.cut)  # whichever was the first

    async def _once(self, operation: Operation, caller: Caller) -> AsyncIterator[bytes]:
        try:
            yield next_frame(await run_marked(operation))
        except (RequestRefused, Refusal, DatabaseUnavailable) as error:
            yield self._refused(error, caller)
        yield COMPLETE

    def _refused(self, error: Exception, caller: Caller) -> bytes:
        errors = error.errors if isinstance(error, RequestRefused) else [self._ports.explain(error, caller.locale)]
        return next_frame(orjson.dumps({"errors": errors}))

    async def _follow(self, operation: Operation, caller: Caller, last_event_id: str | None) -> AsyncGenerator[bytes]:
        """What one task produces, another one sends: the rights are watched while the client reads slowly."""
        frames: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
        with self._room(caller):
            await self._take_seat(caller)
            work = asyncio.create_task(self._produce(operation, caller, last_event_id, frames))
            try:
                while (frame := await frames.get()) is not None:
                    yield frame
            finally:
                self._seats.leave(caller.user)
                await end([work])

    @contextmanager
    def _room(self, caller: Caller) -> Iterator[None]:
        """One more stream of this process, counted before anything is waited for. Raises RequestRefused 503."""
        counters = self._hub.counters
        if counters.open >= self._limits.ws_sockets:
            full = Refusal(ErrorCode.SERVICE_UNAVAILABLE, message="PROCESS_FULL")
            raise RequestRefused([self._ports.explain(full, caller.locale)], 503)
        counters.sse_streams += 1
        try:
            yield
        finally:
            counters.sse_streams -= 1

    async def _take_seat(self, caller: Caller) -> None:
        """It counts as one more socket of its user. Raises RequestRefused 429."""
        if not await self._seats.take(caller.user):
            wait, most = math.ceil(self._limits.ws_process_seconds), self._limits.ws_sockets_per_user
            enough = Refusal(ErrorCode.SUBSCRIPTION_LIMIT, message="STREAM_LIMIT", max=most, retry_after=wait)
            raise RequestRefused([self._ports.explain(enough, caller.locale)], 429)

    async def _produce(
        self, operation: Operation, caller: Caller, last_event_id: str | None, frames: asyncio.Queue[bytes | None]
    ) -> None:
        """Fill `frames` until the rights end, we stop, or the feed is refused; None closes the stream."""
        spout = Spout(frames)
        try:
            after = Cursor.decode(last_event_id) if last_event_id else None
            member = await follow(self._hub, operation, spout, self._limits.subscribe_seconds, after)
            await frames.put(BEAT)  # the client learns that it is connected, and from here on it misses nothing
            try:
                await self._until_first(
                    spout.over(),
                    self._beats(member, spout),
                    self._stopping.wait(),
                    rights_end(caller, self._ports.rights),
                )
            finally:
                member.leave()
        except (Refusal, RequestRefused, DatabaseUnavailable) as error:
            await frames.put(self._refused(error, caller))
            await frames.put(COMPLETE)
        except Exception:
            logger.exception("event stream failed")
        finally:
            await end(spout.tasks)
        await frames.put(None)

    @staticmethod
    async def _until_first(*works: Coroutine[Any, Any, Any]) -> None:
        """Run all until one ends; raises what it raised."""
        parts = [asyncio.create_task(work) for work in works]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(parts)
        for part in done:
            part.result()

    async def _beats(self, member: Member, spout: Spout) -> None:
        """An id alone: a quiet subscriber's cursor advances, and proxies see life."""
        told = ""
        while True:
            await asyncio.sleep(min(self._limits.ws_ping_seconds, self._limits.cursor_seconds))
            async with spout.turn:  # the id must not be older than that of an event sent before it
                cursor = member.cursor
                await spout.frames.put(BEAT if cursor == told else b"id: " + cursor.encode() + b"\n\n")
            told = cursor


class Spout:
    """The hub's way into an event stream. Implements subscriptions.hub.Sink."""

    def __init__(self, frames: asyncio.Queue[bytes | None]) -> None:
        self.frames = frames
        self.turn = asyncio.Lock()
        self.tasks: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._over.add_done_callback(lambda over: over.cancelled() or over.exception())  # the client may leave first

    def push(self, bundle: Bundle) -> bool:
        """Where the reader keeps up, at once."""
        if self.turn.locked() or self.frames.full():
            return False
        self.frames.put_nowait(bundle.made("sse", _chunks))
        return True

    async def send(self, bundle: Bundle) -> None:
        """When the reader has taken what was before."""
        async with self.turn:
            await self.frames.put(bundle.made("sse", _chunks))

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        """A task of the stream."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def ended(self, error: Exception) -> None:
        """The stream is over."""
        if not self._over.done():
            self._over.set_exception(error)

    async def over(self) -> None:
        """Raises why the hub follows no more, once it does not."""
        await self._over


def _chunks(bundle: Bundle) -> bytes:
    told = zip(bundle.entries, bundle.payloads, strict=True)
    return b"".join([next_frame(payload, _cursor(entry)) for entry, payload in told])


def _cursor(entry: Entry) -> str:
    return Cursor(entry.stream, entry.epoch, entry.position).encode()


class _EventStream(StreamingResponse):
    """A response that gives up on a client that does not read."""

    def __init__(
        self, frames: AsyncIterator[bytes], leaving: AbstractContextManager[None], stall_seconds: float, **options: Any
    ) -> None:
        super().__init__(frames, **options)
        self._leaving = leaving
        self._stall_seconds = stall_seconds

    async def stream_response(self, send: Send) -> None:
        async def timely(message: Message) -> None:
            async with asyncio.timeout(self._stall_seconds):
                await send(message)

        with self._leaving:
            await super().stream_response(timely)


async def _left(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _chain(first: bytes, frames: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if first:
        yield first
    async for frame in frames:
        yield frame
