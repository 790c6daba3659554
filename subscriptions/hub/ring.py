"""The newest entries of one stream in this process."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subscriptions.event import Entry

RING = 1_024


class Ring:
    """Entries in order and without a hole; `position` is that of the newest, or where the ring starts."""

    def __init__(self, position: int) -> None:
        self.position = position
        self._entries: deque[Entry] = deque(maxlen=RING)

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, entries: list[Entry]) -> None:
        """Append what was read."""
        if entries[0].position != self.position + 1:
            self._entries.clear()  # pruned before we read it: whoever is older than the hole finds it in the log
        self._entries.extend(entries)
        self.position = entries[-1].position

    def since(self, position: int, until: int) -> list[Entry] | None:
        """Entries after `position` up to `until`; None when the ring no longer reaches back that far."""
        if position >= until:
            return []
        first = len(self._entries) - (self.position - position)
        if first < 0:
            return None
        return list(islice(self._entries, first, first + until - position))

    def shorten(self, most: int) -> None:
        """Keep the newest `most`."""
        while len(self._entries) > most:
            self._entries.popleft()
