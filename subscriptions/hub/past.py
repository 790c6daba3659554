"""Reads the log for all members of this process: what many ask for at once is read once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from adapters.gather import Gather
from adapters.task import end
from subscriptions import log

if TYPE_CHECKING:
    from uuid import UUID

    from adapters.database import Database
    from subscriptions.event import Entry

    Block = tuple[UUID, int, int]

BLOCK = 500  # positions
KEPT_SECONDS = 5.0  # what is written stays as it is
MOST_HEADS = 1_000  # asked for by one statement
MOST_KEPT = 16  # blocks: a storm of clients that come back asks for the same few


class Past:
    """The log, read in blocks that are kept for a moment, and heads asked for together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._blocks: OrderedDict[Block, asyncio.Task[list[Entry]]] = OrderedDict()
        self._read_at: dict[Block, float] = {}  # of the loop's time
        self._head = Gather(self.heads, MOST_HEADS)

    async def read(self, stream: UUID, epoch: int, after: int) -> list[Entry]:
        """What is new after a position, from the log itself."""
        return await log.read(self._database, stream, epoch, after)

    async def block(self, stream: UUID, epoch: int, after: int, until: int) -> list[Entry]:
        """Some entries after position `after`, at most up to `until`, which the log has; none when they are pruned."""
        key = (stream, epoch, after // BLOCK)
        kept = self._blocks.get(key)
        found = _between(await _whole(kept), after, until) if kept is not None and not _failed(kept) else []
        if not found:  # never read, in vain, or when it was shorter
            if self._blocks.get(key) in (kept, None):  # it may have had to go meanwhile
                read = log.read(self._database, stream, epoch, after // BLOCK * BLOCK, BLOCK)
                self._blocks[key] = asyncio.get_running_loop().create_task(read)
                self._read_at[key] = asyncio.get_running_loop().time()
            self._blocks.move_to_end(key)
            if len(self._blocks) > MOST_KEPT:
                del self._read_at[self._blocks.popitem(last=False)[0]]
            found = _between(await _whole(self._blocks[key]), after, until)
        return found

    async def head(self, stream: UUID) -> log.Head:
        """Where a stream stands now: those who ask at the same time share a query that begins after they asked."""
        return await self._head(stream) or log.Head()

    async def heads(self, streams: list[UUID]) -> dict[UUID, log.Head]:
        """Where all of these stand now."""
        return await log.heads(self._database, streams)

    def forget(self) -> None:
        """Drop the blocks that were read a while ago."""
        oldest = asyncio.get_running_loop().time() - KEPT_SECONDS
        for key in [key for key, task in self._blocks.items() if task.done() and self._read_at[key] < oldest]:
            del self._blocks[key], self._read_at[key]

    async def stop(self) -> None:
        """End what runs."""
        await self._head.stop()
        await end(list(self._blocks.values()))


async def _whole(task: asyncio.Task[list[Entry]]) -> list[Entry]:
    return await asyncio.shield(task)


def _failed(task: asyncio.Task[list[Entry]]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _between(entries: list[Entry], after: int, until: int) -> list[Entry]:
    return [entry for entry in entries if after < entry.position <= until]
