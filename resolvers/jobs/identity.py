"""What lives for minutes (states, tickets, codes) goes an hour after its time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from resolvers.jobs.retention import prune

if TYPE_CHECKING:
    from resolvers.ports import House

KEPT = timedelta(hours=1)


async def prune_identity(house: House) -> None:
    """Each table of short lives."""
    before = house.clock.now() - KEPT
    for table in ("oidc_state", "bind_ticket", "sms_code"):
        await prune(house, f"{table}_prune", before)
