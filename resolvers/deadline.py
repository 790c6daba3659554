"""The request's time: reads are cancelled when it is up; a verb at its last statement is not."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from models.errors import ErrorCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

T = TypeVar("T")


class Deadline:
    """Of one operation. `sealed` while a verb writes its last statement: that verb finishes, none begins after it."""

    def __init__(self) -> None:
        self.sealed = False
        self.expired = False

    async def run(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """The result of `work`. Raises TimeoutError; when we are cancelled, a sealed verb still finishes."""
        task = asyncio.create_task(self._inside(work))
        _running.add(task)
        task.add_done_callback(_running.discard)
        try:
            await asyncio.wait({task}, timeout=seconds)
            if not task.done():
                self.expired = True
                if not self.sealed:
                    task.cancel()
                    await asyncio.wait({task})
                    raise TimeoutError
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self.expired = True
            if not self.sealed:
                task.cancel()
            raise

    async def _inside(self, work: Coroutine[Any, Any, T]) -> T:
        _deadline.set(self)
        return await work


_running: set[asyncio.Task[Any]] = set()  # strong references
_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def may_begin() -> None:
    """A verb begins here: raise Refusal TIMEOUT when the request's time is up already."""
    deadline = _deadline.get()
    if deadline is not None and deadline.expired:
        raise Refusal(ErrorCode.TIMEOUT)


@contextmanager
def sealed() -> Iterator[None]:
    """The verb that runs here writes its last statement and commits."""
    deadline = _deadline.get() or Deadline()
    deadline.sealed = True
    try:
        yield
    finally:
        deadline.sealed = False
