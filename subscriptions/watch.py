"""Watches the rights of an open stream: needs no ring, so a lost one cannot keep a stream open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.database import DatabaseUnavailable

if TYPE_CHECKING:
    from models.viewer import Viewer
    from subscriptions.ports import Caller, Rights

RETRY_SECONDS = 0.5


async def viewer_now(token: str, rights: Rights) -> Viewer | None:
    """Whom the token stands for, as soon as the database says: no event comes before it does, either."""
    while True:
        try:
            return await rights(token)
        except DatabaseUnavailable:
            await asyncio.sleep(RETRY_SECONDS)


async def rights_end(caller: Caller, rights: Rights) -> bool:
    """Return when the caller's rights changed: True when the token still holds, False when it does not.

    Nothing is asked until something stirs; a change that leaves the viewer equal ends nothing.
    """
    token, before = caller.token, caller.viewer
    while token is None or before is None:
        await asyncio.get_running_loop().create_future()  # nobody has no rights to lose
    alarm = _Alarm()
    try:
        while True:
            rights.watch(alarm, before)
            await alarm.rang.wait()
            alarm.rang.clear()
            viewer = await viewer_now(token, rights)
            if viewer != before:
                return viewer is not None
    finally:
        rights.unwatch(alarm)


class _Alarm:
    """Implements subscriptions.ports.Watcher for whoever waits."""

    def __init__(self) -> None:
        self.rang = asyncio.Event()

    def stirred(self) -> None:
        """Something may have changed."""
        self.rang.set()
