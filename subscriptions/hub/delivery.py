"""Some entries on their way to the live members who hear them: executed together, chosen by scope, written at once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from adapters.task import succeeded
from subscriptions.hub.member import Bundle, Cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from subscriptions.event import Entry
    from subscriptions.hub.member import Member
    from subscriptions.hub.rendering import Renderer
    from subscriptions.hub.stream import Stream
    from subscriptions.ports import Batch, Operation
    from subscriptions.status import Counters

    Found = list[bytes | asyncio.Task[Any] | None]  # None: not executed in time

logger = logging.getLogger("wuye.hub")
# A document that takes longer than others holds up nobody but those who follow with it.
STUCK_SECONDS = 0.1  # without an answer to any
MOST_SECONDS = 1.0


class Delivery:
    """One batch of one stream."""

    def __init__(self, stream: Stream, renderer: Renderer, counters: Counters, heard: dict[Cell, list[Entry]]) -> None:
        self._stream = stream
        self._renderer = renderer
        self._counters = counters
        self._heard = heard
        self._operations: dict[Cell, Operation] = {cell: next(iter(cell.members)).operation for cell in heard}
        self._batch: Batch = {}
        self._bundles: dict[tuple[int, ...], Bundle] = {}

    async def run(self) -> None:
        """Execute, choose, hand over; who cannot be served in time falls behind."""
        found = {cell: self._begin(cell, entries) for cell, entries in self._heard.items()}
        await self._wait(task for tasks in found.values() for task in tasks)
        chosen = {cell: self._choose(cell, tasks) for cell, tasks in found.items()}
        await self._wait(one for some in chosen.values() for one in some if isinstance(one, asyncio.Task))
        for cell, some in chosen.items():
            self._finish(cell, some)

    @staticmethod
    async def _wait(tasks: Iterable[asyncio.Task[Any]]) -> None:
        """Until all have ended, or there is no going on; one turn without an answer may be our own work."""
        waiting, still = {task for task in tasks if not task.done()}, 0
        due = asyncio.get_running_loop().time() + MOST_SECONDS
        while waiting and still < 2 and asyncio.get_running_loop().time() < due:
            before = len(waiting)
            _, waiting = await asyncio.wait(waiting, timeout=STUCK_SECONDS)
            still = still + 1 if len(waiting) == before else 0

    def _begin(self, cell: Cell, entries: list[Entry]) -> list[asyncio.Task[Any]]:
        return [self._renderer.begin(self._operations[cell], entry, self._batch) for entry in entries]

    def _choose(self, cell: Cell, tasks: list[asyncio.Task[Any]]) -> Found:
        operation = self._operations[cell]
        pairs = zip(self._heard[cell], tasks, strict=True)
        return [self._renderer.chosen(operation, entry, task) if task.done() else None for entry, task in pairs]

    def _finish(self, cell: Cell, found: Found) -> None:
        """Hand over what is ready before the first that is not; whoever waits for that goes at its own pace."""
        entries, payloads = self._heard[cell], list[bytes]()
        for one in found:
            if isinstance(one, bytes):
                payloads.append(one)
            elif one is not None and succeeded(one):
                payloads.append(one.result())
            else:
                break
        if payloads:
            self._hand(cell, self._bundle(entries[: len(payloads)], payloads))
        if len(payloads) == len(found):
            return
        stuck, since = found[len(payloads)], entries[len(payloads)].position - 1
        for member in list(cell.members):
            if isinstance(stuck, asyncio.Task) and stuck.done():
                self._stream.finish(member, asyncio.CancelledError() if stuck.cancelled() else stuck.exception())
            elif member.position < entries[-1].position:
                member.position = max(member.position, since)
                self._stream.chase(member)

    def _bundle(self, entries: list[Entry], payloads: list[bytes]) -> Bundle:
        """The same bytes are the same bundle, whichever cells get them: each frame is made once."""
        key = tuple(map(id, payloads))
        bundle = self._bundles.get(key)
        if bundle is None:
            bundle = self._bundles[key] = Bundle(entries, payloads)
        return bundle

    def _hand(self, cell: Cell, bundle: Bundle) -> None:
        first, last, left = bundle.entries[0].position, bundle.entries[-1].position, 0
        behind: list[Member] = []
        for member in cell.members:
            if member.position < first:
                if self._pushed(member, bundle):
                    member.position = last  # whatever fails from here on, it does not hear these again
                    left += 1
                else:
                    behind.append(member)
            elif member.position < last:
                behind.append(member)  # it has some of these
        self._counters.deliveries += left * len(bundle.entries)
        for member in behind:
            self._stream.chase(member)

    @staticmethod
    def _pushed(member: Member, bundle: Bundle) -> bool:
        try:
            return member.sink.push(bundle)
        except Exception:
            logger.exception("a socket failed: it goes on by itself")
            return False
