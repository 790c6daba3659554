"""The request's time: reads are cancelled when it is up; a verb at its last statement is not."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

T = TypeVar("T")


class Deadline:
    """Of one operation. `sealed` once a verb writes its last statement: from there it finishes."""

    def __init__(self) -> None:
        self.sealed = 0

    async def run(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """The result of `work`. Raises TimeoutError; a cancellation of ours waits for a sealed verb too."""
        task = asyncio.create_task(self._inside(work))
        try:
            await asyncio.wait({task}, timeout=seconds)
        except asyncio.CancelledError:
            if not self.sealed:
                task.cancel()
            raise
        if task.done() or self.sealed:
            return await task
        task.cancel()
        await asyncio.wait({task})
        raise TimeoutError

    async def _inside(self, work: Coroutine[Any, Any, T]) -> T:
        _deadline.set(self)
        return await work


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def seal() -> None:
    """The verb that runs here has reached its last statement."""
    deadline = _deadline.get()
    if deadline is not None:
        deadline.sealed += 1


def unseal() -> None:
    """Its transaction has ended; another verb of the same request may still be cancelled."""
    deadline = _deadline.get()
    if deadline is not None:
        deadline.sealed -= 1
