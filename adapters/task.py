"""Work in the background, and its end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

AGAIN_SECONDS = 5.0


def succeeded(task: asyncio.Task[Any]) -> bool:
    """Whether it has a result."""
    return task.done() and not task.cancelled() and task.exception() is None


async def end(tasks: Iterable[asyncio.Task[Any] | None]) -> None:
    """Cancel `tasks` and wait until each has ended; what they raise is passed over.

    They are cancelled again from time to time: a library may lose one cancellation (redis-py does, when an answer
    comes in the same turn of the loop), and a server that waits for such a task never stops.
    """
    left = {task for task in tasks if task is not None}
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=AGAIN_SECONDS)
        for task in ended:
            if not task.cancelled():
                task.exception()  # else the loop complains that nobody asked
