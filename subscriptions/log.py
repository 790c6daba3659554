"""Reading the event log. The mailbox is the database: what is committed can be read again until it is pruned."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import orjson

from adapters.database import ask_door
from adapters.log import about_event, note_error
from subscriptions.event import Entry, parse_audience

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.database import Database, Row

logger = logging.getLogger("wuye.log")
BATCH = 500
UNREADABLE = ""  # a type that no feed has
MOST_TOLD = 1_000
_EVER = datetime.fromtimestamp(0, UTC)
_told: set[tuple[UUID, int]] = set()


@dataclass(frozen=True, slots=True)
class Head:
    """The state of a stream: last position given out, last position pruned, epoch."""

    position: int = 0
    pruned: int = 0
    epoch: int = 1


async def heads(database: Database, streams: Iterable[UUID]) -> dict[UUID, Head]:
    """The heads of `streams` in one query; a stream without events has the first head."""
    wanted = list(streams)
    rows = await ask_door(database, "event_heads", wanted)
    found = {_uuid(row["id"]): Head(row["position"], row["pruned"], row["epoch"]) for row in rows}
    return {stream: found.get(stream, Head()) for stream in wanted}


async def read(database: Database, stream: UUID, epoch: int, after: int, most: int = BATCH) -> list[Entry]:
    """Up to `most` entries after position `after`, in order."""
    rows = await ask_door(database, "event_read", stream, after, most)
    return [_entry(database, stream, epoch, row) for row in rows]


def _entry(database: Database, stream: UUID, epoch: int, row: Row) -> Entry:
    """What cannot be read keeps its position and concerns nobody: those behind it are not held up."""
    position = row["position"]
    try:
        data = orjson.loads(row["data"])
        if not isinstance(data, dict):
            raise TypeError("the data of an event is an object")
        return Entry(
            stream=stream,
            epoch=epoch,
            position=position,
            type=row["type"],
            version=row["version"],
            subject_id=_uuid(row["subject_id"]),
            occurred_at=database.value("DatetimeField", row["occurred_at"]),
            audience=parse_audience(row["audience"]),
            data=data,
        )
    except (ValueError, TypeError, AttributeError) as error:
        _tell_once(stream, position, error)
        return Entry(stream, epoch, position, UNREADABLE, 0, stream, _EVER, {}, {})


def _tell_once(stream: UUID, position: int, error: Exception) -> None:
    """Resumes read it again and again."""
    if (stream, position) in _told:
        return
    if len(_told) >= MOST_TOLD:
        _told.clear()
    _told.add((stream, position))
    error_id = uuid4().hex[:12]
    about = {"told": note_error(error_id)["told"] | about_event(stream, position)["told"]}
    logger.error("event %s/%d cannot be read: %s", stream, position, error_id, exc_info=error, extra=about)


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
