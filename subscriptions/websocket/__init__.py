"""graphql-transport-ws at /graphql: queries, mutations and subscriptions over one socket.

Close codes are those of limits.md: 4403 and 101x mean "come back", 4400, 4401, 4409 and 4429 mean "do not".
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import Response

from subscriptions.websocket.pulse import Pulse
from subscriptions.websocket.socket import Socket

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from adapters.seat import Seats
    from adapters.settings import Limits
    from subscriptions.hub import Hub
    from subscriptions.ports import Caller, Ports

PROTOCOL = "graphql-transport-ws"
LEGACY = "graphql-ws"  # what subscriptions-transport-ws speaks; the library graphql-ws speaks PROTOCOL
REFUSAL = f"Subprotocol not acceptable: use {PROTOCOL}"


class Sockets:
    """Every socket of this process: counts them and closes them at shutdown."""

    def __init__(self, hub: Hub, ports: Ports, limits: Limits, seats: Seats) -> None:
        self.hub = hub
        self.ports = ports
        self.limits = limits
        self.pulse = Pulse(min(limits.ws_ping_seconds, limits.cursor_seconds), limits.ws_pong_seconds)
        self._open: set[Socket] = set()
        hub.queued.append(lambda: sum(socket.raw.waiting() for socket in self._open if socket.raw is not None))
        self.seats = seats

    async def serve(self, websocket: WebSocket, caller: Caller) -> None:
        """Speak with one client until it leaves; `caller` is nobody yet. The handshake's Origin was checked before."""
        if self.hub.counters.open >= self.limits.ws_sockets:
            await websocket.send_denial_response(Response(status_code=503, headers={"retry-after": "5"}))
            return
        if PROTOCOL not in (offered := websocket.scope.get("subprotocols", [])):
            await _refuse(websocket, LEGACY if LEGACY in offered else None)
            return
        socket = Socket(self, websocket, caller)
        self._open.add(socket)
        self.hub.counters.sockets += 1
        try:
            await websocket.accept(PROTOCOL)
            await socket.run()
        finally:
            self._open.discard(socket)
            self.hub.counters.sockets -= 1
            if socket.admitted:
                self.seats.leave(socket.user)

    async def close(self) -> None:
        """Tell every client to come back elsewhere: 1012, service restart."""
        await asyncio.gather(*(socket.close(1012, "Service restart") for socket in list(self._open)))


async def _refuse(websocket: WebSocket, subprotocol: str | None) -> None:
    """Close 4406. A browser shows code and reason only of a socket whose subprotocol was taken, so the old one is."""
    await websocket.accept(subprotocol)
    if subprotocol is not None:
        await websocket.send_json({"type": "connection_error", "payload": {"message": REFUSAL}})
    await websocket.close(4406, REFUSAL)
