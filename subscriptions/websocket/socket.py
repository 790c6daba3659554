"""One connection and its operations. Whatever ends it ends all of them first, then says why."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson
from starlette.websockets import WebSocketDisconnect, WebSocketState

from adapters.database import DatabaseUnavailable
from models.errors import ErrorCode, Refusal
from subscriptions.patience import follow, patiently
from subscriptions.ports import RequestRefused, run_marked
from subscriptions.watch import viewer_now
from subscriptions.websocket.message import Closed, Message, read_message
from subscriptions.websocket.wire import EXTENSION, Wire, next_message, text_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from starlette.websockets import WebSocket

    from subscriptions.hub import Member
    from subscriptions.ports import Caller, Operation
    from subscriptions.websocket import Sockets
    from subscriptions.websocket.wire import Raw

logger = logging.getLogger("wuye.websocket")
LOCALES = ("zh", "en")
SLOW = "Too slow: come back by cursor"


class Socket:
    """Speaks with one client. Implements Pulsed of `pulse` and Watcher of `ports`."""

    __slots__ = ("_caller", "_group", "_operations", "_sockets", "_websocket", "admitted", "raw", "sending")

    def __init__(self, sockets: Sockets, websocket: WebSocket, caller: Caller) -> None:
        """`caller` is nobody yet."""
        self._sockets = sockets
        self._websocket = websocket
        self._caller = caller
        self.admitted = False
        self.raw: Raw | None = websocket.scope.get("extensions", {}).get(EXTENSION)
        self.sending = asyncio.Lock()
        self._operations: dict[str, asyncio.Task[None] | Member] = {}
        self._group = asyncio.TaskGroup()

    @property
    def user(self) -> str:
        """Whose socket it is."""
        return self._caller.user

    async def run(self) -> None:
        """Read messages until somebody closes."""
        try:
            await self._initialise()
            async with self._group:
                try:
                    self._watch()
                    self._sockets.pulse.add(self)
                    while True:
                        await self._handle(await self._receive())
                finally:
                    self._leave()
        except* WebSocketDisconnect:
            pass
        except* Closed as group_:
            closed = group_.exceptions[0]
            while isinstance(closed, BaseExceptionGroup):
                closed = closed.exceptions[0]
            self._sockets.hub.counters.slow_cuts += closed.reason == SLOW  # once, however many operations waited
            await self.close(closed.code, closed.reason)
        except* DatabaseUnavailable as group_:
            logger.warning("socket closed, the database does not answer: %s", group_.exceptions[0])
            await self.close(1013, "The database does not answer: come back by cursor")
        except* Exception:
            logger.exception("socket failed")
            await self.close(4500, "Internal server error")

    def _leave(self) -> None:
        """Nothing is to be heard any more."""
        self._sockets.pulse.remove(self)
        self._sockets.ports.rights.unwatch(self)
        for operation in self._operations.values():
            if not isinstance(operation, asyncio.Task):
                operation.leave()
        self._operations.clear()

    async def close(self, code: int, reason: str) -> None:
        """Close once; the client may be gone already, or too stuck to hear it."""
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with suppress(WebSocketDisconnect, OSError, TimeoutError):
                async with asyncio.timeout(self._sockets.limits.ws_stall_seconds):
                    await self._websocket.close(code, reason)

    async def _receive(self) -> Message:
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1005)
        text = message.get("text")
        if text is None:
            raise Closed(4400, "Messages are JSON text")
        if len(text) > self._sockets.limits.ws_message_bytes:
            raise Closed(1009, "Message too big")
        return read_message(text)

    async def _initialise(self) -> None:
        try:
            async with asyncio.timeout(self._sockets.limits.ws_init_seconds):
                message = await self._receive()
                while message.type in ("ping", "pong"):
                    if message.type == "ping":
                        await self._send({"type": "pong"})
                    message = await self._receive()
        except TimeoutError:
            raise Closed(4408, "Connection initialisation timeout") from None
        if message.type != "connection_init":
            raise Closed(4401, "Unauthorized: send connection_init first")
        await self._authorise(message.payload)
        await self._send({"type": "connection_ack"})

    async def _authorise(self, wish: dict[str, Any]) -> None:
        locale = next((known for known in LOCALES if wish.get("locale") == known), self._caller.locale)
        token = wish.get("token")
        self._caller = self._caller._replace(locale=locale)
        if token is not None:
            viewer = await patiently(
                lambda: self._sockets.ports.rights(str(token)), self._sockets.limits.subscribe_seconds
            )
            if viewer is None:
                await self._count_wrong()
                raise Closed(4401, "Unauthorized: the token does not hold, sign in again")
            self._caller = self._caller._replace(viewer=viewer, token=str(token))
        self.admitted = await self._sockets.seats.take(self.user)
        if not self.admitted:
            raise Closed(4429, "Too many sockets of this account or address")

    async def _count_wrong(self) -> None:
        """As over HTTP: after the token was asked for, so that a neighbour's wrong ones keep no right one out."""
        try:
            await self._sockets.ports.stranger(self._caller.origin, self._caller.locale)
        except RequestRefused:
            raise Closed(4429, "Too many tokens of this address do not hold") from None

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        """Work that ends with the socket; what it raises closes the socket."""
        try:
            return self._group.create_task(work)
        except RuntimeError:  # it is ending
            work.close()
            return None

    def ended(self, key: str, error: Exception) -> None:
        """The hub follows an operation no more."""
        self._operations.pop(key, None)
        self.spawn(self._told(key, error))

    async def send_all(self, messages: Sequence[bytes]) -> None:
        """Several messages, in one write where the transport takes raw frames."""
        raw = self.raw
        if raw is not None and not self.sending.locked() and raw.push(b"".join(map(text_frame, messages))):
            return
        for message in messages:
            await self._write(message)

    async def _handle(self, message: Message) -> None:
        match message.type:
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                self._sockets.pulse.answered(self)
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                operation = self._operations.pop(message.id, None)
                if isinstance(operation, asyncio.Task):
                    operation.cancel()
                elif operation is not None:
                    operation.leave()
            case _:
                raise Closed(4429, "Too many initialisation requests")

    async def _subscribe(self, message: Message) -> None:
        key = message.id
        if key in self._operations:
            raise Closed(4409, f"Subscriber for {key} already exists")
        if len(self._operations) >= self._sockets.limits.ws_subscriptions:
            refusal = Refusal(ErrorCode.SUBSCRIPTION_LIMIT, max=self._sockets.limits.ws_subscriptions)
            await self._error(key, [self._sockets.ports.explain(refusal, self._caller.locale)])
            return
        task = self.spawn(self._operate(key, message.payload))
        if task is not None:
            self._operations[key] = task

    async def _operate(self, key: str, payload: dict[str, Any]) -> None:
        try:
            operation = await self._sockets.ports.admit(payload, self._caller)
            if operation.kind == "subscription":
                await self._join(key, operation)
                return
            await self._write(next_message(key, await run_marked(operation)))
        except (RequestRefused, Refusal, DatabaseUnavailable) as error:
            self._operations.pop(key, None)
            await self._told(key, error)
        else:
            self._operations.pop(key, None)
            await self._send({"id": key, "type": "complete"})

    async def _join(self, key: str, operation: Operation) -> None:
        """Follow: the hub holds the operation from here on, no task does."""
        member = await follow(self._sockets.hub, operation, Wire(self, key), self._sockets.limits.subscribe_seconds)
        if self._operations.get(key) is asyncio.current_task():
            self._operations[key] = member
        else:
            member.leave()

    async def _told(self, key: str, error: Exception) -> None:
        """Why an operation is over; a bug is raised, and closes the socket."""
        if isinstance(error, RequestRefused):
            await self._error(key, error.errors)
        elif isinstance(error, Refusal | DatabaseUnavailable):
            await self._error(key, [self._sockets.ports.explain(error, self._caller.locale)])
        else:
            raise error

    def _watch(self) -> None:
        """Hear of it when the rights may have changed; nobody has none to lose."""
        if self._caller.viewer is not None:
            self._sockets.ports.rights.watch(self, self._caller.viewer)

    def stirred(self) -> None:
        """The rights may have changed."""
        self.spawn(self._look())

    async def _look(self) -> None:
        viewer = await viewer_now(self._caller.token or "", self._sockets.ports.rights)
        if viewer is None:
            raise Closed(4403, "Token ended: come back with a new one")
        if viewer != self._caller.viewer:
            raise Closed(4403, "Rights changed: come back")
        self._watch()

    def beat(self) -> None:
        """Ping with the cursor of each subscription, so that a quiet subscriber's cursor advances."""
        raw = self.raw
        if raw is not None and not self.sending.locked() and raw.push(text_frame(self._ping_frame())):
            self._sockets.pulse.asked(self)
        else:
            self.spawn(self._ping())

    async def _ping(self) -> None:
        """When the client has taken what was before."""
        await self._write(self._ping_frame)
        self._sockets.pulse.asked(self)

    def fade(self) -> None:
        """No pong came."""
        self.spawn(self._give_up())

    async def _give_up(self) -> None:
        raise Closed(1013, "No pong: come back by cursor")

    def _ping_frame(self) -> bytes:
        members = ((key, one) for key, one in self._operations.items() if not isinstance(one, asyncio.Task))
        cursors = {key: member.cursor for key, member in members}
        return orjson.dumps({"type": "ping", "payload": {"cursors": cursors}})

    async def _error(self, key: str, errors: list[dict[str, Any]]) -> None:
        await self._send({"id": key, "type": "error", "payload": errors})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._write(orjson.dumps(message))

    async def _write(self, frame: bytes | Callable[[], bytes]) -> None:
        """Send one frame (made when it is its turn); a reader that is stuck is cut and comes back by cursor."""
        if self._websocket.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnect(1006)
        try:
            async with asyncio.timeout(self._sockets.limits.ws_stall_seconds), self.sending:
                made = frame if isinstance(frame, bytes) else frame()
                await self._websocket.send_text(made.decode())
        except TimeoutError:
            raise Closed(1013, SLOW) from None
