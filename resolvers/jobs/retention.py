"""What devices sent goes when it is past its retention: months at once on PostgreSQL, batches on SQLite."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models.rules.key import least_key

if TYPE_CHECKING:
    from resolvers.ports import House

BATCH = 2_000  # a transaction's worth: SQLite has one writer, and devices wait for it


async def prune_ingested(house: House) -> None:
    """Each table by its own days (Limits). A month of PostgreSQL goes when its last day is past."""
    limits, now = house.settings.limits, house.clock.now()
    await prune(house, "telemetry_prune", least_key(now - timedelta(days=limits.telemetry_retention_days)))
    await prune(house, "access_event_prune", least_key(now - timedelta(days=limits.access_event_retention_days)))
    await prune(house, "rejected_prune", least_key(now - timedelta(days=limits.rejected_retention_days)))
    await prune(house, "sequence_prune", now - timedelta(days=limits.sequence_retention_days))


async def prune(house: House, door: str, before: Any) -> None:
    """Run a pruning door until it finds less than a batch."""
    while len(await house.database.call(door, before, BATCH)) >= BATCH:
        pass
