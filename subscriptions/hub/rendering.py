"""Executes documents for events: once for all who share, and never half."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from adapters.database import DatabaseUnavailable
from adapters.task import end
from models.predicate import holds
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Hashable

    from subscriptions.event import Entry
    from subscriptions.ports import Batch, Operation, Rendering, Sharing
    from subscriptions.status import Counters

logger = logging.getLogger("wuye.hub")
FRESH_SECONDS = 1.0  # for so long an answer serves those who come later: rights are told to sockets no sooner
MOST_KEPT = 8_192
AGAIN_SECONDS = 0.5
LATE = 504  # the status of a request whose time was up …
MOST_LATE = 5  # … which may be the document's own fault


class Renderer:
    """Answers of one process: those in the making, and those just made."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._making: dict[Hashable, asyncio.Task[Any]] = {}
        self._kept: OrderedDict[Hashable, tuple[float, asyncio.Task[Any]]] = OrderedDict()  # by when they were done
        self._running: set[asyncio.Task[Any]] = set()

    async def payload(self, operation: Operation, entry: Entry, batch: Batch) -> bytes:
        """The event as the operation's viewer may have it. Raises what its execution raises."""
        task = self.begin(operation, entry, batch)
        await asyncio.wait([task])
        found = self.chosen(operation, entry, task)
        if isinstance(found, bytes):
            return found
        await asyncio.wait([found])
        payload: bytes = found.result()
        return payload

    def begin(self, operation: Operation, entry: Entry, batch: Batch) -> asyncio.Task[Any]:
        """What all with an equal key share; the execution of one alone where nothing is shared."""
        sharing = operation.sharing
        if sharing is None:
            return self._start(lambda _: operation.render(entry), {})
        return self._once(_key(entry, sharing.key), lambda batch: operation.share(entry, batch), batch)

    def chosen(self, operation: Operation, entry: Entry, begun: asyncio.Task[Any]) -> bytes | asyncio.Task[bytes]:
        """Which of what was begun, and has ended, is for this operation's viewer; a task that failed says so itself.

        The rows that the execution itself read decide: who does not see the subject gets the event without. Who does
        not see what it points at, or has a scope that asks more than rows say, is left to an execution of its own,
        shared by those with equal scopes.
        """
        sharing = operation.sharing
        if sharing is None or _failed(begun):
            return begun
        rendering: Rendering = begun.result()
        sees = rendering.row is None or holds(sharing.scope, rendering.row)
        if sees is False:
            return self._once(_key(entry, ("unseen", sharing.key)), lambda _: operation.unseen(entry), {})
        if sees and _sees(sharing, rendering):
            return rendering.content
        return self._once(_key(entry, sharing), lambda _: operation.render(entry), {})

    def forget(self) -> None:
        """Drop what is no longer fresh."""
        oldest = asyncio.get_running_loop().time() - FRESH_SECONDS
        while self._kept and (len(self._kept) > MOST_KEPT or next(iter(self._kept.values()))[0] < oldest):
            self._kept.popitem(last=False)

    async def stop(self) -> None:
        """End what runs."""
        await end(list(self._running))

    def _once(
        self, key: Hashable, execute: Callable[[Batch], Coroutine[Any, Any, Any]], batch: Batch
    ) -> asyncio.Task[Any]:
        self.forget()
        kept = self._kept.get(key)
        if kept is not None:
            return kept[1]
        making = self._making.get(key)
        if making is None or _failed(making):
            making = self._making[key] = self._start(execute, batch)
            making.add_done_callback(lambda task: self._made(key, task))
        return making

    def _made(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        """It serves those who come later, if there is anything to serve."""
        if self._making.get(key) is task:
            del self._making[key]
            if not _failed(task):
                self._kept[key] = (task.get_loop().time(), task)
                self.forget()

    def _start(self, execute: Callable[[Batch], Coroutine[Any, Any, Any]], batch: Batch) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(self._patiently(execute, batch))
        self._running.add(task)
        task.add_done_callback(self._ran)
        return task

    def _ran(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        _failed(task)  # else the loop complains when all who waited have left

    async def _patiently(self, execute: Callable[[Batch], Coroutine[Any, Any, Any]], batch: Batch) -> Any:
        """A database that is away is waited for, so that no event is delivered half; a busy one too, for a while."""
        late = 0
        while True:
            self._counters.executions += 1
            try:
                return await execute(batch)
            except (DatabaseUnavailable, RequestRefused) as error:
                late += isinstance(error, RequestRefused)
                if isinstance(error, RequestRefused) and (error.status != LATE or late > MOST_LATE):
                    raise
                logger.warning("an event waits for the database: %s", error)
                await asyncio.sleep(AGAIN_SECONDS)
                batch = {}


def _sees(sharing: Sharing, rendering: Rendering) -> bool:
    """Whether everything is surely shown that the subject points at."""
    if not rendering.others:
        return True
    scopes = dict(sharing.others)
    return all(name in scopes and holds(scopes[name], row) for name, row in rendering.others)


def _key(entry: Entry, key: Hashable) -> Hashable:
    return entry.stream, entry.epoch, entry.position, key


def _failed(task: asyncio.Task[Any]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
