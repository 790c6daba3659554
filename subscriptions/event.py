"""What every event type shares, and an event as the log gives it back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from models.base import Model

Audience = dict[str, frozenset["UUID"]]


def audience(*rows: Model | None, columns: tuple[str, ...]) -> Audience:
    """The ids that the subject has in `columns`, over all its `rows` (before and after): who may be concerned."""
    return {
        column: frozenset(value for row in rows if row is not None and (value := getattr(row, column)) is not None)
        for column in ("organization_id", *columns)
    }


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """A closed, frozen, versioned type. Fields of subclasses are enums and numbers, never personal data."""

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1

    stream: UUID
    subject_id: UUID
    occurred_at: datetime
    heard_by: Audience

    def to_log(self) -> dict[str, Any]:
        """JSON-ready, as `Database.append_events` takes it."""
        return {
            "type": self.TYPE,
            "version": self.VERSION,
            "subject_id": str(self.subject_id),
            "occurred_at": self.occurred_at.isoformat(" "),
            "audience": {column: sorted(str(id_) for id_ in ids) for column, ids in self.heard_by.items() if ids},
            "data": self.data(),
        }

    def data(self) -> dict[str, Any]:
        """What happened, JSON-ready: the fields of the type's own."""
        return {name: _plain(getattr(self, name)) for name in _own(self)}


_OWN: dict[str, list[str]] = {}  # by TYPE


def _own(event: DomainEvent) -> list[str]:
    names = _OWN.get(event.TYPE)
    if names is None:
        base = {field.name for field in fields(DomainEvent)}
        names = _OWN[event.TYPE] = [field.name for field in fields(event) if field.name not in base]
    return names


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


@dataclass(frozen=True, slots=True)
class Entry:
    """An event at its position in a stream."""

    stream: UUID
    epoch: int
    position: int
    type: str
    version: int
    subject_id: UUID
    occurred_at: datetime
    audience: Audience
    data: Mapping[str, Any]


def parse_audience(text: str) -> Audience:
    """The audience as the log keeps it (JSON)."""
    from uuid import UUID

    return {column: frozenset(UUID(id_) for id_ in ids) for column, ids in orjson.loads(text).items()}
