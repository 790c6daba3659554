"""Reading the event log. The mailbox is the database: what is committed can be read again until it is pruned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from subscriptions.event import Entry, parse_audience

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.database import Database

BATCH = 500


@dataclass(frozen=True, slots=True)
class Head:
    """The state of a stream: last position given out, last position pruned, epoch."""

    position: int = 0
    pruned: int = 0
    epoch: int = 1


async def heads(database: Database, streams: Iterable[UUID]) -> dict[UUID, Head]:
    """The heads of `streams` in one query; a stream without events has the first head."""
    wanted = list(streams)
    rows = await database.call("event_heads", wanted)
    found = {_uuid(row["id"]): Head(row["position"], row["pruned"], row["epoch"]) for row in rows}
    return {stream: found.get(stream, Head()) for stream in wanted}


async def read(database: Database, stream: UUID, epoch: int, after: int, most: int = BATCH) -> list[Entry]:
    """Up to `most` entries after position `after`, in order."""
    rows = await database.call("event_read", stream, after, most)
    return [
        Entry(
            stream=stream,
            epoch=epoch,
            position=row["position"],
            type=row["type"],
            version=row["version"],
            subject_id=_uuid(row["subject_id"]),
            occurred_at=database.value("DatetimeField", row["occurred_at"]),
            audience=parse_audience(row["audience"]),
            data=orjson.loads(row["data"]),
        )
        for row in rows
    ]


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
