"""Beginning to follow is waited for: who comes with a crowd that keeps the database busy is not sent away for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from adapters.database import DatabaseBusy
from models.errors import ErrorCode, Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from subscriptions.feed import Cursor
    from subscriptions.hub import Hub, Member, Sink
    from subscriptions.ports import Operation

T = TypeVar("T")

AGAIN_SECONDS = 0.5


async def patiently(ask: Callable[[], Awaitable[T]], seconds: float) -> T:
    """What only reads, asked again while a statement of it is cut off by its time; raises that after `seconds`."""
    due = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await ask()
        except (Refusal, DatabaseBusy) as error:
            if isinstance(error, Refusal) and error.code is not ErrorCode.TIMEOUT:
                raise
            if asyncio.get_running_loop().time() >= due:
                raise
        await asyncio.sleep(AGAIN_SECONDS)


async def follow(hub: Hub, operation: Operation, sink: Sink, seconds: float, after: Cursor | None = None) -> Member:
    """Join what a subscription describes (`after` rather than what it says itself), however busy the database is.

    Raises Refusal (TIMEOUT after so many seconds), RequestRefused, DatabaseUnavailable (DatabaseBusy after as many).
    """

    async def join() -> Member:
        feed = await operation.feed()
        return await hub.join(operation, replace(feed, after=after) if after else feed, sink)

    return await patiently(join, seconds)
