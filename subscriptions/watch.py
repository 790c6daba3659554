"""Watches the rights of an open stream: needs no ring, so a lost one cannot keep a stream open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.database import DatabaseUnavailable

if TYPE_CHECKING:
    from subscriptions.ports import Authorise, Caller


async def rights_end(caller: Caller, authorise: Authorise, every_seconds: float) -> bool:
    """Return when the caller's rights changed: True when the session still holds, False when it is gone."""
    while True:
        await asyncio.sleep(every_seconds)
        if caller.token is None:
            continue
        try:
            viewer = await authorise(caller.token)
        except DatabaseUnavailable:
            continue  # nobody can change rights either; ask again
        if viewer != caller.viewer:
            return viewer is not None
