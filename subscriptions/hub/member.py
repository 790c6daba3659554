"""One subscription that follows a stream, and what the hub asks of its transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from subscriptions.feed import Cursor

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine, Hashable, Sequence

    from subscriptions.event import Entry
    from subscriptions.feed import Feed
    from subscriptions.hub.stream import Stream
    from subscriptions.ports import Operation, Sharing


class Bundle:
    """Events in their order, with the payload that a cell gets of each: what is made of them is made once."""

    __slots__ = ("_made", "entries", "payloads")

    def __init__(self, entries: Sequence[Entry], payloads: Sequence[bytes]) -> None:
        self.entries = entries
        self.payloads = payloads
        self._made: dict[Hashable, bytes] = {}

    def made(self, key: Hashable, make: Callable[[Bundle], bytes]) -> bytes:
        """The bytes for a transport (and an operation's id) that `key` names: `make` is asked once."""
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = make(self)
        return found


class Sink(Protocol):
    """Where a member's events go. All but `send` return at once."""

    def push(self, bundle: Bundle) -> bool:
        """Hand all of it over now, in one write; False (and nothing happened) when the client has to be waited for."""
        ...

    async def send(self, bundle: Bundle) -> None:
        """Hand all of it over, however long the client takes; whoever is too slow is cut by what this raises."""
        ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        """Run work that ends with the connection; None when that is ending."""
        ...

    def ended(self, error: Exception) -> None:
        """The subscription is over, and why."""
        ...


class Member:
    """One subscription.

    A live member needs no work for what it does not hear: it is where its stream is. One that is behind has a
    position of its own, and a task that brings it up for as long as that takes.
    """

    __slots__ = ("behind", "feed", "live", "operation", "position", "sink", "stream", "task")

    def __init__(self, stream: Stream, feed: Feed, operation: Operation, sink: Sink, position: int) -> None:
        self.stream = stream
        self.feed = feed
        self.operation = operation
        self.sink = sink
        self.position = position  # nothing up to here is delivered (again)
        self.live = False
        self.behind = False
        self.task: asyncio.Task[None] | None = None  # while it is behind

    @property
    def cursor(self) -> str:
        """Where to come back to: behind an event only when it was handed over."""
        return Cursor(self.feed.stream, self.stream.epoch, self.reached).encode()

    @property
    def reached(self) -> int:
        """The position behind which all that it hears is still to come."""
        return max(self.position, self.stream.delivered) if self.live else self.position

    @property
    def open(self) -> bool:
        """Whether it still follows."""
        return self.live or self.behind

    def leave(self) -> None:
        """Follow no more; nothing is told."""
        self.stream.remove(self)


class Cell:
    """Live members who get the same bytes of an event: equal in what they hear, in what they read, in what they see."""

    __slots__ = ("coalesces", "members", "sharing")

    def __init__(self, sharing: Sharing | None, *, coalesces: bool) -> None:
        self.sharing = sharing
        self.coalesces = coalesces
        self.members: dict[Member, None] = {}
