"""A net that fails: a TCP proxy on loopback that drops, delays, half-closes, strands, stops and flaps."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING, Self

from tests.servers.process import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

CHUNK = 64 * 1024
FLAP_SECONDS = 0.3


class Link:
    """One connection through the proxy. Bytes wait for `delay` seconds of the proxy, and while it is stopped."""

    def __init__(self, proxy: Proxy, client: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self.client = client
        self.server: asyncio.StreamWriter | None = None
        self.stranded = False

    async def carry(self, from_client: asyncio.StreamReader, port: int) -> None:
        """Both ways, until one side ends."""
        try:
            await self._proxy.flowing.wait()  # a host that is cut off accepts nothing
            from_server, self.server = await asyncio.open_connection(HOST, port)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(from_client, self.server))
                group.create_task(self._pump(from_server, self.client))
        except (OSError, BaseExceptionGroup):
            pass
        finally:
            self.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """What comes in leaves in its order, `delay` later; the end too."""
        loop, waiting = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

        async def leave() -> None:
            while True:
                due, data = await waiting.get()
                await asyncio.sleep(max(0.0, due - loop.time()))
                await self._proxy.flowing.wait()
                while self.stranded:  # nothing is heard of it again; the socket stays open
                    await loop.create_future()
                if not data:
                    raise EOFError
                writer.write(data)
                await writer.drain()

        async with asyncio.TaskGroup() as group:
            group.create_task(leave())
            data = b"-"
            while data:
                await self._proxy.flowing.wait()
                data = await reader.read(CHUNK)
                self._proxy.carried += len(data)
                waiting.put_nowait((loop.time() + self._proxy.delay, data))

    def half_close(self) -> None:
        """Tell the client that nothing more comes, and go on reading from it."""
        with contextlib.suppress(OSError):
            self.client.write_eof()

    def abort(self) -> None:
        """Reset both sides."""
        for writer in (self.client, self.server):
            if writer is not None:
                writer.transport.abort()


class Proxy:
    """Stands before a server on loopback, in a thread of its own: its faults may be called from anywhere."""

    def __init__(self, target: Callable[[], int]) -> None:
        """`target` gives the server's port."""
        self._target = target
        self.port = free_port()
        self.delay = 0.0
        self.carried = 0  # bytes
        self._links: set[Link] = set()
        self._listener: asyncio.Server | None = None
        self._flapping: asyncio.Task[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        """Cut everything and end."""
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def links(self) -> int:
        """How many connections there are, stranded ones too."""
        return len(self._links)

    def drop(self) -> None:
        """Reset every connection; new ones are taken at once."""
        self._do(self._each(Link.abort))

    def half_close(self) -> None:
        """End the direction to the client of every connection, not the other."""
        self._do(self._each(Link.half_close))

    def strand(self) -> None:
        """Forget every connection without a word, as a firewall that starts anew; new ones are taken."""

        def strand(link: Link) -> None:
            link.stranded = True

        self._do(self._each(strand))

    def refuse(self) -> None:
        """Reset every connection and refuse new ones, as a host without the server."""
        self._do(self._shut())

    def accept(self) -> None:
        """Take connections again."""
        self._do(self._listen())

    def stop(self) -> None:
        """Carry nothing and end nothing, as a cable that was pulled: new connections hang."""
        self._call(self.flowing.clear)

    def go(self) -> None:
        """Carry again what waits, and what comes."""
        self._call(self.flowing.set)

    def flap(self) -> None:
        """Every 300 ms gone, or back, until `steady`."""
        self._call(self._begin_flapping)

    def steady(self) -> None:
        """Flap no more; be there."""
        self._do(self._end_flapping())

    async def _open(self) -> None:
        self.flowing = asyncio.Event()
        self.flowing.set()
        await self._listen()

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(self._serve, HOST, self.port)

    async def _shut(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        await self._each(Link.abort)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self, writer)
        self._links.add(link)
        with contextlib.suppress(asyncio.CancelledError):  # at the end, from `_close`: asyncio would complain
            await link.carry(reader, self._target())
        self._links.discard(link)

    async def _each(self, fault: Callable[[Link], None]) -> None:
        for link in list(self._links):
            fault(link)

    def _begin_flapping(self) -> None:
        self._flapping = self._loop.create_task(self._flap())

    async def _flap(self) -> None:
        while True:
            await self._shut()
            await asyncio.sleep(FLAP_SECONDS)
            await self._listen()
            await asyncio.sleep(FLAP_SECONDS)

    async def _end_flapping(self) -> None:
        if self._flapping is not None:
            self._flapping.cancel()
            await asyncio.gather(self._flapping, return_exceptions=True)
            self._flapping = None
        await self._listen()

    async def _close(self) -> None:
        await self._end_flapping()
        await self._shut()
        await _turns()  # who has just been taken gets a link
        rest = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await _turns()  # the transports close their sockets

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def _call(self, step: Callable[[], None]) -> None:
        done: Future[None] = Future()

        def run() -> None:
            step()
            done.set_result(None)

        self._loop.call_soon_threadsafe(run)
        done.result(10)


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
