"""What a crowd asks for, each for itself, is asked of the database together."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from adapters.database import DatabaseUnavailable
from adapters.task import end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Mapping

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")

CROWD = 16  # who asked while others did, within …
CROWD_SECONDS = 1.25
MOMENT = 0.03  # seconds in which nobody came: the crowd is complete, or each of it waits for its answer
EACH = 0.0001  # seconds more for each of the crowd: whoever was answered keeps the loop busy first


class Gather(Generic[K, V]):
    """Answers by key; each is of a statement that began after its key was asked for.

    Whoever comes alone is served at once. Behind a crowd the next statement waits for more of it, as long as more come:
    everybody a little, so that ten thousand cost a statement or so a second and not one each.
    """

    def __init__(
        self, ask: Callable[[list[K]], Awaitable[Mapping[K, V]]], most: int, crowd_seconds: float = CROWD_SECONDS
    ) -> None:
        """`ask` takes up to `most` keys; what it raises is raised to each who asked for them."""
        self._crowd_seconds = crowd_seconds
        self._ask = ask
        self._most = most
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._work: asyncio.Task[None] | None = None
        self._full = asyncio.Event()
        self._due = 0.0  # of the loop's time: before it, none but a full statement goes
        self._asking = 0  # callers who have no answer yet
        self._since, self._lately = 0.0, 0  # how many asked since when, while others did

    async def __call__(self, key: K) -> V | None:
        """Its answer; None when there is none. Raises what `ask` raises."""
        now = asyncio.get_running_loop().time()
        if now > self._since + 2 * self._crowd_seconds:
            self._since, self._lately = now, 0
        self._lately += self._asking > 0  # who asks one thing after the other is no crowd
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = asyncio.get_running_loop().create_future()
            if len(self._waiting) >= self._most:
                self._full.set()
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._serve())
        self._asking += 1
        try:
            return await asyncio.shield(waiting)
        finally:
            self._asking -= 1

    async def stop(self) -> None:
        """Ask no more; whoever waits is told."""
        await end([self._work])
        waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            answer.set_exception(DatabaseUnavailable("stopping"))
            answer.exception()  # whoever asked may be gone

    async def _serve(self) -> None:
        while self._waiting:
            await self._turn()
            keys = list(self._waiting)[: self._most]
            asked = {key: self._waiting.pop(key) for key in keys}
            self._full.clear()
            if len(self._waiting) >= self._most:
                self._full.set()
            if self._lately >= CROWD:
                self._due = asyncio.get_running_loop().time() + self._crowd_seconds
            await self._answer(keys, asked)

    async def _turn(self) -> None:
        """Wait for a crowd to gather, where there is one, as long as more of it come."""
        seen, now = -1, asyncio.get_running_loop().time
        while seen < self._asking and now() < self._due:
            seen, moment = self._asking, max(MOMENT, self._lately * EACH)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min(self._due, now() + moment)):
                    await self._full.wait()
                    return

    async def _answer(self, keys: list[K], asked: dict[K, asyncio.Future[V | None]]) -> None:
        try:
            found = await self._ask(keys)
        except BaseException as error:
            for waiting in asked.values():
                waiting.set_exception(error if isinstance(error, Exception) else DatabaseUnavailable("stopping"))
                waiting.exception()  # whoever asked may be gone
            if not isinstance(error, Exception):
                raise
        else:
            for key, waiting in asked.items():
                waiting.set_result(found.get(key))
