"""Prunes the event log after its retention; whoever asks for older events is told RESUME_GONE."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from resolvers.ports import House

BATCH = 5_000


async def prune_events(house: House) -> None:
    """Delete old events in batches, each in its own transaction with the new `pruned` marks."""
    before = house.clock.now() - timedelta(hours=house.settings.limits.event_retention_hours)
    while True:
        async with house.database.transaction(None) as tx:
            rows = await tx.call("event_prune", before, BATCH)
            marks: dict[UUID, int] = {}
            for row in rows:
                stream = UUID(str(row["stream_id"]))
                marks[stream] = max(marks.get(stream, 0), row["position"])
            for stream in sorted(marks):
                await tx.call("event_pruned", stream, marks[stream])
        if len(rows) < BATCH:
            return
