"""A feed: the description of a live stream that a subscription resolver returns. The hub follows it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncIterable, AsyncIterator, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, hears

if TYPE_CHECKING:
    from subscriptions.event import Entry

_CURSOR = re.compile(r"([0-9a-f]{32})\.(\d{1,18})\.(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a stream: clients see it as opaque text."""

    stream: UUID
    epoch: int
    position: int

    def encode(self) -> str:
        """As clients get it."""
        text = f"{self.stream.hex}.{self.epoch}.{self.position}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Raises Refusal BAD_USER_INPUT."""
        try:
            raw = base64.urlsafe_b64decode(text[:200] + "=" * (-len(text[:200]) % 4)).decode()
        except (binascii.Error, ValueError):
            raw = ""
        match = _CURSOR.fullmatch(raw)
        if match is None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="after", message="BAD_CURSOR")
        return cls(UUID(match[1]), int(match[2]), int(match[3]))


@dataclass(frozen=True)
class Feed(AsyncIterable["Entry"]):
    """Entries of one type on one stream for which `where` (scope and arguments) holds, after `after`, else from now.

    `told` is a further condition over the event's own data (eq, is_in), for arguments such as a least severity.
    Who `coalesces` wants of the events that wait for it at the same time only the newest of each subject.

    It is an AsyncIterable so that a GraphQL executor accepts it as a source; only the hub iterates it.
    """

    stream: UUID
    type: str
    where: Predicate
    after: Cursor | None = None
    told: Predicate = EVERYTHING
    coalesces: bool = False

    def chosen(self, waiting: Iterable[Entry]) -> list[Entry]:
        """What the subscriber is to be told of `waiting`, in its order.

        The newest of a subject is the last to go, so whatever cursor it stops at, the subject's state is still to come.
        """
        wanted = [entry for entry in waiting if self.wants(entry)]
        return newest(wanted) if self.coalesces else wanted

    def wants(self, entry: Entry) -> bool:
        """Whether the subscriber may hear `entry` and asked for it."""
        return entry.type == self.type and hears(self.where, entry.audience) and self._tells(entry)

    def _tells(self, entry: Entry) -> bool:
        """Whether the event's data is what was asked for."""
        if self.told == EVERYTHING:
            return True
        plain = {name: frozenset((value,)) for name, value in entry.data.items() if isinstance(value, Hashable)}
        return hears(self.told, plain)

    def __aiter__(self) -> AsyncIterator[Entry]:
        raise TypeError("a Feed is a description: Hub.follow iterates it")


def newest(entries: Sequence[Entry]) -> list[Entry]:
    """Of each subject the last one, in their order."""
    last = {entry.subject_id: entry.position for entry in entries}
    return [entry for entry in entries if last[entry.subject_id] == entry.position]
