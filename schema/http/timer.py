"""The time of many requests with one timer: `asyncio.timeout` makes one and cancels it for each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Span:
    """`with` it, what runs longer is cancelled and raises TimeoutError, as with `asyncio.timeout`."""

    __slots__ = ("_before", "_spans", "_task", "due", "over")

    def __init__(self, spans: Spans) -> None:
        self._spans = spans
        self.due = 0.0  # of the loop's time
        self.over = False

    def __enter__(self) -> None:
        """Begin."""
        task = asyncio.current_task(self._spans.loop)
        assert task is not None  # noqa: S101 - a request runs in one
        self._task, self._before = task, task.cancelling()
        self._spans.add(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End. Raises TimeoutError when it was us who cancelled."""
        self._spans.remove(self)
        if self.over and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def cancel(self) -> None:
        """Its time is up."""
        self.over = True
        self._task.cancel()


class Spans:
    """All that last `seconds` at most. The timer rings for the oldest; all that began later end later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open: dict[Span, None] = {}  # in the order of their ends
        self._timer: asyncio.TimerHandle | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that runs, asked for once: asyncio asks the system for the process each time."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._loop

    def span(self) -> Span:
        """One of them."""
        return Span(self)

    def add(self, span: Span) -> None:
        """It begins now."""
        span.due = self.loop.time() + self._seconds
        self._open[span] = None
        if self._timer is None:
            self._timer = self.loop.call_at(span.due, self._ring)

    def remove(self, span: Span) -> None:
        """It has ended."""
        self._open.pop(span, None)

    def _ring(self) -> None:
        self._timer, now = None, self.loop.time()
        for span in list(self._open):
            if span.due > now:
                self._timer = self.loop.call_at(span.due, self._ring)
                return
            del self._open[span]
            span.cancel()
