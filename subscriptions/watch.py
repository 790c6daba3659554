"""Watches the rights of an open stream: needs no ring, so a lost one cannot keep a stream open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.database import DatabaseUnavailable

if TYPE_CHECKING:
    from subscriptions.ports import Caller, Rights

RETRY_SECONDS = 0.5


async def rights_end(caller: Caller, rights: Rights) -> bool:
    """Return when the caller's rights changed: True when the token still holds, False when it does not.

    Nothing is asked until something stirs; a change that leaves the viewer equal ends nothing.
    """
    token, before = caller.token, caller.viewer
    while token is None or before is None:
        await asyncio.get_running_loop().create_future()  # nobody has no rights to lose
    while True:
        await rights.stirs(before)
        try:
            viewer = await rights(token)
        except DatabaseUnavailable:
            await asyncio.sleep(RETRY_SECONDS)  # no event comes either; ask again
            continue
        if viewer != before:
            return viewer is not None
