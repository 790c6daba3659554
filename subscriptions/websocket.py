"""graphql-transport-ws at /graphql: queries, mutations and subscriptions over one socket.

Close codes are those of limits.md: 4403 and 101x mean "come back", 4400, 4401, 4409 and 4429 mean "do not".
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson
from starlette.websockets import WebSocketDisconnect, WebSocketState

from adapters.database import DatabaseUnavailable
from models.errors import ErrorCode, Refusal
from subscriptions.ports import Caller, RequestRefused
from subscriptions.watch import rights_end

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.websockets import WebSocket

    from adapters.settings import Limits
    from subscriptions.hub import Follower, Hub
    from subscriptions.ports import Operation, Ports

logger = logging.getLogger("wuye.websocket")
PROTOCOL = "graphql-transport-ws"


class Closed(Exception):
    """The socket is to be closed with a code of the protocol."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Sockets:
    """Every socket of this process: counts them and closes them at shutdown."""

    def __init__(self, hub: Hub, ports: Ports, limits: Limits) -> None:
        self.hub = hub
        self.ports = ports
        self.limits = limits
        self._open: set[Socket] = set()

    async def serve(self, websocket: WebSocket, locale: str) -> None:
        """Speak with one client until it leaves. The handshake's Origin was checked before."""
        if len(self._open) >= self.limits.ws_sockets:
            await websocket.send_denial_response(_busy())
            return
        if PROTOCOL not in websocket.scope.get("subprotocols", []):
            await websocket.accept()
            await websocket.close(4406, "Subprotocol not acceptable: use graphql-transport-ws")
            return
        await websocket.accept(PROTOCOL)
        socket = Socket(self, websocket, locale)
        self._open.add(socket)
        try:
            await socket.run()
        finally:
            self._open.discard(socket)

    def of_account(self, account_id: UUID | None) -> int:
        """How many sockets an account has open here."""
        return sum(1 for socket in self._open if socket.account_id is not None and socket.account_id == account_id)

    async def close(self) -> None:
        """Tell every client to come back elsewhere: 1012, service restart."""
        await asyncio.gather(*(socket.close(1012, "Service restart") for socket in list(self._open)))


def _busy() -> Any:
    from starlette.responses import Response

    return Response(status_code=503, headers={"retry-after": "5"})


class Socket:
    """One connection and its operations."""

    def __init__(self, sockets: Sockets, websocket: WebSocket, locale: str) -> None:
        self._sockets = sockets
        self._websocket = websocket
        self._limits = sockets.limits
        self._caller = Caller(None, locale)
        self._locale = locale
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._followers: dict[str, Follower] = {}
        self._sending = asyncio.Lock()
        self._ponged = asyncio.Event()

    @property
    def account_id(self) -> UUID | None:
        """Whose socket it is."""
        return self._caller.viewer.account_id if self._caller.viewer else None

    async def run(self) -> None:
        """Read messages until somebody closes."""
        side: list[asyncio.Task[None]] = []
        try:
            await self._initialise()
            side = [asyncio.create_task(self._guard(self._watch())), asyncio.create_task(self._guard(self._ping()))]
            while True:
                await self._handle(await self._receive())
        except Closed as closed:
            await self.close(closed.code, closed.reason)
        except WebSocketDisconnect:
            pass
        except Exception:
            logger.exception("socket failed")
            await self.close(4500, "Internal server error")
        finally:
            for task in (*side, *self._operations.values()):
                task.cancel()

    async def close(self, code: int, reason: str) -> None:
        """Close once; the client may be gone already."""
        if self._websocket.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError, WebSocketDisconnect, OSError, TimeoutError):
                async with asyncio.timeout(self._limits.ws_stall_seconds):
                    await self._websocket.close(code, reason)

    async def _receive(self) -> dict[str, Any]:
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or 1005)
        text = message.get("text")
        if text is None:
            raise Closed(4400, "Messages are JSON text")
        if len(text) > self._limits.ws_message_bytes:
            raise Closed(1009, "Message too big")
        try:
            decoded = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Closed(4400, "Message is not JSON") from None
        if not isinstance(decoded, dict) or not isinstance(decoded.get("type"), str):
            raise Closed(4400, "Message is not an object with a type")
        return decoded

    async def _initialise(self) -> None:
        try:
            async with asyncio.timeout(self._limits.ws_init_seconds):
                message = await self._receive()
                while message["type"] in ("ping", "pong"):
                    if message["type"] == "ping":
                        await self._send({"type": "pong"})
                    message = await self._receive()
        except TimeoutError:
            raise Closed(4408, "Connection initialisation timeout") from None
        if message["type"] != "connection_init":
            raise Closed(4401, "Unauthorized: send connection_init first")
        self._caller = await self._admit(message.get("payload"))
        await self._send({"type": "connection_ack"})

    async def _admit(self, payload: object) -> Caller:
        if payload is not None and not isinstance(payload, dict):
            raise Closed(4400, "The payload of connection_init is an object or null")
        wish = payload or {}
        locale = wish.get("locale") if wish.get("locale") in ("zh", "en") else self._locale
        token = wish.get("token")
        if token is None:
            return Caller(None, locale)
        viewer = await self._sockets.ports.authorise(str(token))
        if viewer is None:
            raise Closed(4401, "Unauthorized: the token does not hold, sign in again")
        if self._sockets.of_account(viewer.account_id) >= self._limits.ws_sockets_per_user:
            raise Closed(4429, "Too many sockets of this account")
        return Caller(viewer, locale, str(token))

    async def _handle(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                self._ponged.set()
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self._operations.pop(str(message.get("id")), None)
                if task is not None:
                    task.cancel()
            case "connection_init":
                raise Closed(4429, "Too many initialisation requests")
            case _:
                raise Closed(4400, "Unknown message type")

    async def _subscribe(self, message: dict[str, Any]) -> None:
        key = message.get("id")
        if not isinstance(key, str) or not key or len(key) > 128:
            raise Closed(4400, "subscribe needs an id of 1 to 128 characters")
        if key in self._operations:
            raise Closed(4409, f"Subscriber for {key} already exists")
        if not isinstance(message.get("payload"), dict):
            raise Closed(4400, "subscribe needs a payload")
        if len(self._operations) >= self._limits.ws_subscriptions:
            refusal = Refusal(ErrorCode.SUBSCRIPTION_LIMIT, max=self._limits.ws_subscriptions)
            await self._error(key, [self._sockets.ports.explain(refusal, self._locale)])
            return
        self._operations[key] = asyncio.create_task(self._guard(self._operate(key, message["payload"])))

    async def _guard(self, work: Any) -> None:
        """Run a task of this socket; whatever closes the socket closes it from here."""
        try:
            await work
        except Closed as closed:
            await self.close(closed.code, closed.reason)
        except (WebSocketDisconnect, RuntimeError):
            pass  # the client left while we were sending
        except Exception:
            logger.exception("socket failed")
            await self.close(4500, "Internal server error")

    async def _operate(self, key: str, payload: dict[str, Any]) -> None:
        caller = self._caller
        try:
            request = self._sockets.ports.parse_request(payload, caller.locale)
            operation = self._sockets.ports.compile(request, caller)
            if operation.kind == "subscription":
                await self._follow(key, operation)
            else:
                await self._next(key, await operation.run())
            self._operations.pop(key, None)
            await self._send({"id": key, "type": "complete"})
        except (Refusal, RequestRefused, DatabaseUnavailable) as error:
            refused = isinstance(error, RequestRefused)
            errors = error.errors if refused else [self._sockets.ports.explain(error, caller.locale)]  # type: ignore[union-attr]
            self._operations.pop(key, None)
            await self._error(key, errors)

    async def _follow(self, key: str, operation: Operation) -> None:
        feed = await operation.feed()
        async with self._sockets.hub.follow(feed) as follower:
            self._followers[key] = follower
            try:
                async for entry in follower.entries():
                    await self._next(key, await operation.render(entry))
            finally:
                self._followers.pop(key, None)

    async def _watch(self) -> None:
        caller = self._caller
        holds = await rights_end(caller, self._sockets.ports.authorise, self._limits.revocation_seconds)
        raise Closed(4403, "Rights changed: come back" if holds else "Session ended: sign in again")

    async def _ping(self) -> None:
        """Ping with the cursor of each subscription, so that a quiet subscriber's cursor advances."""
        while True:
            await asyncio.sleep(self._limits.ws_ping_seconds)
            self._ponged.clear()
            cursors = {key: follower.cursor for key, follower in self._followers.items()}
            await self._send({"type": "ping", "payload": {"cursors": cursors}})
            try:
                async with asyncio.timeout(self._limits.ws_pong_seconds):
                    await self._ponged.wait()
            except TimeoutError:
                raise Closed(1013, "No pong: come back by cursor") from None

    async def _next(self, key: str, payload: bytes) -> None:
        await self._write(b'{"id":' + orjson.dumps(key) + b',"type":"next","payload":' + payload + b"}")

    async def _error(self, key: str, errors: list[dict[str, Any]]) -> None:
        await self._send({"id": key, "type": "error", "payload": errors})

    async def _send(self, message: dict[str, Any]) -> None:
        await self._write(orjson.dumps(message))

    async def _write(self, frame: bytes) -> None:
        """Send one frame; a reader that is stuck is cut and comes back by cursor."""
        try:
            async with asyncio.timeout(self._limits.ws_stall_seconds), self._sending:
                await self._websocket.send_text(frame.decode())
        except TimeoutError:
            raise Closed(1013, "Too slow: come back by cursor") from None
