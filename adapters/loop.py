"""The event loop of a server: uvloop's, which takes in a crowd.

uvloop (libuv since 1.46) takes one connection a turn of the loop. When thousands come at once, one who only asks for a
page waits behind them all in the kernel's queue, as long as it takes to serve them. Here a turn takes many.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("wuye.loop")
AT_ONCE = 256


def new_loop() -> asyncio.AbstractEventLoop:
    """For uvicorn's `loop`. Where there is no uvloop (Windows), asyncio's own, which takes many anyway."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()

    class Loop(uvloop.Loop):
        """Its servers take many connections a turn."""

        async def create_server(self, protocol_factory: Any, *args: Any, **options: Any) -> Any:
            """As uvloop's."""
            server = await super().create_server(protocol_factory, *args, **options)
            return server if options.get("ssl") else Crowded(self, cast("asyncio.Server", server), protocol_factory)

    return Loop()


class Crowded(asyncio.AbstractServer):
    """A server beside which we take what it leaves in the kernel's queue."""

    def __init__(self, loop: Any, server: asyncio.Server, make: Callable[[], Any]) -> None:
        self._loop, self._server, self._make = loop, server, make
        self._welcoming: set[asyncio.Task[Any]] = set()
        self._doors = [socket.socket(fileno=socket.dup(one.fileno())) for one in server.sockets]
        for door in self._doors:
            door.setblocking(False)
            loop.add_reader(door.fileno(), self._take, door)

    @property
    def sockets(self) -> Any:
        """Where it listens."""
        return self._server.sockets

    def close(self) -> None:
        """Take nobody in any more."""
        for door in self._doors:
            self._loop.remove_reader(door.fileno())
            door.close()
        self._doors.clear()
        self._server.close()

    async def wait_closed(self) -> None:
        """As the server's."""
        await self._server.wait_closed()

    def get_loop(self) -> Any:
        """The loop."""
        return self._loop

    def is_serving(self) -> bool:
        """Whether somebody is taken in."""
        return self._server.is_serving()

    async def start_serving(self) -> None:
        """As the server's."""
        await self._server.start_serving()

    async def serve_forever(self) -> None:
        """As the server's."""
        await self._server.serve_forever()

    def _take(self, door: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _ = door.accept()
            except OSError:  # nobody is left, or no file is: then uvloop's own turn says so
                return
            connection.setblocking(False)
            if connection.family in (socket.AF_INET, socket.AF_INET6):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = self._loop.create_task(self._welcome(connection))
            self._welcoming.add(task)
            task.add_done_callback(self._welcoming.discard)

    async def _welcome(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._make, connection)
        except OSError as error:  # it has left already
            logger.debug("a connection ended before it began: %s", error)
            connection.close()
