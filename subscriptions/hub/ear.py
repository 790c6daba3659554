"""Who hears an event, decided in memory: members with equal feeds are asked once, and found by the ids they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.predicate import footholds
from subscriptions.hub.member import Cell

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from models.predicate import Foothold
    from subscriptions.event import Entry
    from subscriptions.feed import Feed
    from subscriptions.hub.member import Member


class Ear:
    """Live members with equal feeds, in cells. A member is sorted into its cell when it hears for the first time."""

    __slots__ = ("_cells", "_fresh", "_where", "feed", "footholds")

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.footholds = footholds(feed.where)
        self._fresh: dict[Member, None] = {}
        self._cells: dict[Hashable, Cell] = {}
        self._where: dict[Member, Hashable] = {}

    def __len__(self) -> int:
        return len(self._fresh) + len(self._where)

    def __iter__(self) -> Iterator[Member]:
        yield from self._fresh
        yield from self._where

    def add(self, member: Member) -> None:
        """One more."""
        self._fresh[member] = None

    def remove(self, member: Member) -> None:
        """One less."""
        if member in self._fresh:
            del self._fresh[member]
            return
        key = self._where.pop(member)
        cell = self._cells[key]
        del cell.members[member]
        if not cell.members:
            del self._cells[key]

    def shares(self) -> list[Hashable]:
        """Of its cells: what those share who cost one execution together."""
        return [cell.sharing.key if cell.sharing else cell for cell in self._cells.values()]

    def cells(self) -> list[Cell]:
        """All its members."""
        for member in self._fresh:
            sharing = member.operation.sharing
            key: Hashable = member if sharing is None else sharing
            cell = self._cells.get(key)
            if cell is None:
                cell = self._cells[key] = Cell(sharing, coalesces=self.feed.coalesces)
            cell.members[member] = None
            self._where[member] = key
        self._fresh.clear()
        return list(self._cells.values())


class Ears:
    """The live members of one stream."""

    def __init__(self) -> None:
        self._ears: dict[Hashable, Ear] = {}
        self._found_by: dict[tuple[str, Foothold], dict[Ear, None]] = {}
        self._anyway: dict[str, dict[Ear, None]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._ears.values()))

    def members(self) -> list[Member]:
        """All of them."""
        return [member for ear in self._ears.values() for member in ear]

    def add(self, member: Member) -> None:
        """From now on it is found."""
        key = _key(member.feed)
        ear = self._ears.get(key)
        if ear is None:
            ear = self._ears[key] = Ear(member.feed)
            for place in self._places(ear):
                place[ear] = None
        ear.add(member)

    def remove(self, member: Member) -> None:
        """From now on it is not."""
        key = _key(member.feed)
        ear = self._ears[key]
        ear.remove(member)
        if len(ear):
            return
        del self._ears[key]
        for place in self._places(ear):
            del place[ear]
        for foothold in ear.footholds or ():
            if not self._found_by[ear.feed.type, foothold]:
                del self._found_by[ear.feed.type, foothold]

    def hearing(self, entry: Entry) -> list[Cell]:
        """Whoever hears `entry`."""
        asked = dict(self._anyway.get(entry.type, {}))
        for column, ids in entry.audience.items():
            for id_ in ids:
                asked |= self._found_by.get((entry.type, (column, id_)), {})
        return [cell for ear in asked if ear.feed.wants(entry) for cell in ear.cells()]

    def groups(self) -> int:
        """How many executions an event would cost that all hear; those who never heard one are not counted."""
        return len({key for ear in self._ears.values() for key in ear.shares()})

    def _places(self, ear: Ear) -> list[dict[Ear, None]]:
        type_ = ear.feed.type
        if ear.footholds is None:
            return [self._anyway.setdefault(type_, {})]
        return [self._found_by.setdefault((type_, foothold), {}) for foothold in ear.footholds]


def _key(feed: Feed) -> Hashable:
    return feed.type, feed.where, feed.told, feed.coalesces
