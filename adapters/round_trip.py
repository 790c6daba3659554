"""Many questions to one script in Redis: what is asked while one round trip is under way goes together in the next.

Ten thousand clients that come at once are some dozen round trips, not ten thousand that queue for a few connections:
such a queue in our own process passed for a Redis that does not answer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from redis.exceptions import RedisError

from adapters.script import make_scripts
from adapters.task import end

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")
AWAY = (RedisError, OSError, TimeoutError)  # what asking raises when Redis does not answer, or not well
LOOKS = 25


class Script:
    """One script of one Redis or cluster, over one connection (to a node) that is made anew when it broke."""

    def __init__(self, url: str, text: str, seconds: float, retries: int = 0) -> None:
        """`retries`: how often it may be sent again after an error of the connection; only where twice is as once."""
        self._scripts = make_scripts(url, retries)
        self._text = text
        self._seconds = seconds
        self._late: set[asyncio.Task[Any]] = set()

    async def __call__(self, keys: Sequence[str], args: Sequence[str | int | float]) -> Any:
        """Its answer. Raises one of AWAY, TimeoutError after `seconds` in which an answer could have been heard.

        A loop that is busy hears nothing: time that passes while it does not turn is its own, not Redis'. So the time
        is cut into looks, and however long a turn of the loop takes, it counts as one.
        """
        trip = asyncio.ensure_future(self._scripts.run(self._text, keys, args))
        try:
            for _ in range(LOOKS):
                if (await asyncio.wait({trip}, timeout=self._seconds / LOOKS))[0]:
                    return trip.result()
            raise TimeoutError(f"nothing for {self._seconds:g} s")
        finally:
            if not trip.done():
                trip.cancel()
                self._late.add(trip)
                trip.add_done_callback(self._forget)

    def _forget(self, trip: asyncio.Task[Any]) -> None:
        self._late.discard(trip)
        if not trip.cancelled():
            trip.exception()  # else the loop complains that nobody asked

    async def close(self) -> None:
        """Give the connection back."""
        await end(self._late)
        await self._scripts.close()


class RoundTrips(Generic[Ask, Answer]):
    """One round trip after the other, for as long as somebody asks; each takes all that wait, `most` at a time."""

    def __init__(
        self, go: Callable[[Sequence[tuple[Ask, asyncio.Future[Answer]]]], Awaitable[None]], most: int
    ) -> None:
        """`go` answers those of its futures that are not done (who asked may be gone), or raises one of AWAY."""
        self._go = go
        self._most = most
        self._waiting: list[tuple[Ask, asyncio.Future[Answer]]] = []
        self._poked = self._closed = False
        self._going: asyncio.Task[None] | None = None

    def ask(self, wish: Ask) -> asyncio.Future[Answer]:
        """The answer to come; one of AWAY when there is none. A trip that fails fails all who wait by then."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, answer))
        self.poke()
        return answer

    def poke(self) -> None:
        """There is something to say, though nobody may ask."""
        self._poked = True
        if self._closed:
            self._fail(OSError("stopping"))
        elif self._going is None or self._going.done():
            self._going = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        while self._poked or self._waiting:
            self._poked = False
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                await self._go(batch)
            except BaseException as error:
                self._waiting = [*batch, *self._waiting]
                self._fail(error if isinstance(error, Exception) else OSError("stopping"))
                if not isinstance(error, AWAY):
                    raise

    def _fail(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, []
        for _, answer in waiting:
            if not answer.done():
                answer.set_exception(error)
                answer.exception()  # whoever asked may be gone

    async def close(self) -> None:
        """Stop; nothing is asked any more."""
        self._closed = True
        await end([self._going])
