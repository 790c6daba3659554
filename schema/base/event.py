"""Live payloads: an event with its cursor, and the node it is about, read when it is delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry

from schema.base.field import Spec, declare
from schema.base.scalar import Cursor
from subscriptions import feed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from schema.batch.reader import Reader
    from subscriptions.event import DomainEvent, Entry

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Happening:
    """An entry of the log on its way to one subscriber."""

    entry: Entry
    reader: Reader
    read: Callable[[str, UUID], Any] | None = None  # how its subject is read where many share it; else by the reader


@dataclass(frozen=True)
class HappenedSpec(Spec):
    """A pure function of the entry."""

    get: Callable[[Entry], Any]

    def resolve(self, name: str, row: Any, arguments: Mapping[str, Any]) -> Any:
        """The function's value."""
        return self.get(row.entry)


@dataclass(frozen=True)
class SubjectSpec(Spec):
    """The node the event is about; null when it is gone or out of scope."""

    target: str

    def resolve(self, name: str, row: Any, arguments: Mapping[str, Any]) -> Any:
        """Read at delivery: it may be newer than the event."""
        return (row.read or row.reader.one)(self.target, row.entry.subject_id)


def subject(description: str, target: str) -> Any:
    """The node the event is about."""
    return declare(SubjectSpec(target), description)


def happened(description: str, key: str, convert: Callable[[Any], Any] | None = None) -> Any:
    """A value that the event itself carries, as the log keeps it or through `convert`."""
    if convert is not None:
        return declare(HappenedSpec(lambda entry: convert(entry.data[key])), description)
    return declare(HappenedSpec(lambda entry: entry.data[key]), description)


@strawberry.interface(description="Something that happened. Every live payload is one.")
class Event:
    """Something that happened."""

    cursor: Cursor = declare(
        HappenedSpec(lambda entry: feed.Cursor(entry.stream, entry.epoch, entry.position).encode()),
        "Resume after this event by giving it back as `after`.",
    )
    occurred_at: datetime = declare(HappenedSpec(lambda entry: entry.occurred_at), "When it happened (server time).")


def event(type_: type[DomainEvent], description: str) -> Callable[[type[T]], type[T]]:
    """Declare the payload of an event type."""

    def declared(cls: type[T]) -> type[T]:
        cls.is_type_of = staticmethod(  # type: ignore[attr-defined]
            lambda obj, _info: type(obj) is Happening and obj.entry.type == type_.TYPE
        )
        return strawberry.type(cls, description=description)

    return declared
