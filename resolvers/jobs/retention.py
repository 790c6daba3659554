"""What is past its retention goes: what devices sent, what inboxes hold. Partitions a month at once, else batches."""

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


async def prune_notifications(house: House) -> None:
    """What is old is no news, read or not; the ways out that it took go first."""
    old = least_key(house.clock.now() - timedelta(days=house.settings.limits.notification_retention_days))
    await prune(house, "delivery_prune", old)
    await prune(house, "notification_prune", old)


async def prune(house: House, door: str, before: Any) -> None:
    """Run a pruning door until it finds less than a batch."""
    while len(await house.database.call(door, before, BATCH)) >= BATCH:
        pass
