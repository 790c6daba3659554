"""Throws away what signing in leaves behind: attempts, tokens that ran out, sessions that ended long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from resolvers.ports import House

BATCH = 2_000
KEPT = timedelta(days=1)  # tokens of what has ended: long enough to look into a complaint


async def prune_sessions(house: House) -> None:
    """Tokens a day after they ended, sessions after their retention, attempts after their window."""
    limits, now = house.settings.limits, house.clock.now()
    await _prune(house, "attempt_prune", now - timedelta(minutes=limits.attempt_minutes))
    await _prune(house, "access_token_prune", now - KEPT)
    await _prune(house, "refresh_token_prune", now - KEPT)
    await _prune(house, "session_prune", now - timedelta(days=limits.session_retention_days))


async def _prune(house: House, door: str, before: datetime) -> None:
    while len(await house.database.call(door, before, BATCH)) >= BATCH:
        pass
