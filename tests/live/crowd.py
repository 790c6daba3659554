"""A log, a bell, operations and clients in memory, where every step takes a moment: for tests of the hub."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

import pytest

from models.predicate import EVERYTHING, eq
from subscriptions import log
from subscriptions.event import Entry
from subscriptions.feed import Cursor, Feed
from subscriptions.hub import Bundle, Hub, Member
from subscriptions.ports import Rendering, RequestRefused, Sharing
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from subscriptions.ports import Batch

STREAM, SCOPE = UUID(int=7), eq("place", 1)


class Log:
    """The log of one stream, in memory; reads take a moment."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, chance: random.Random, subjects: int = 0) -> None:
        """Events are about so many `subjects`, by chance; each about one of its own when 0."""
        self._subjects = [UUID(int=number) for number in range(subjects)]
        self.head = log.Head()
        self.entries: list[Entry] = []
        self.heads_read = self.reads = 0
        self._chance = chance
        monkeypatch.setattr(log, "heads", self.heads)
        monkeypatch.setattr(log, "read", self.read)

    async def heads(self, _database: object, streams: list[UUID]) -> dict[UUID, log.Head]:
        """As of when it was asked."""
        self.heads_read += 1
        head = self.head
        await self._moment()
        return dict.fromkeys(streams, head)

    async def read(self, _database: object, id_: UUID, epoch: int, after: int, most: int = 500) -> list[Entry]:
        """As of when it was asked."""
        self.reads += 1
        found = [entry for entry in self.entries if entry.position > after][:most]
        await self._moment()
        return found

    def write(self, count: int = 1) -> None:
        """More events."""
        for position in range(self.head.position + 1, self.head.position + 1 + count):
            audience = {"place": frozenset([UUID(int=position % 3)])}
            subject = self._chance.choice(self._subjects) if self._subjects else uuid4()
            self.entries.append(Entry(STREAM, 1, position, "a", 1, subject, NOW, audience, {}))
        self.head = log.Head(self.head.position + count, self.head.pruned, 1)

    def prune(self, count: int) -> None:
        """The oldest go."""
        del self.entries[:count]
        self.head = log.Head(self.head.position, self.head.pruned + count, 1)

    async def _moment(self) -> None:
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)


class Bell:
    """A broker that never rings: the hub is woken by hand."""

    async def listen(self) -> AsyncIterator[UUID | None]:
        """Nothing."""
        await asyncio.get_running_loop().create_future()
        yield None

    def follow(self, stream: UUID) -> None:
        """Nothing."""

    def unfollow(self, stream: UUID) -> None:
        """Nothing."""


class Operation:
    """Renders an event as its position; every execution takes a moment."""

    def __init__(self, chance: random.Random, key: str | None, sees: int = 1) -> None:
        self.sharing = None if key is None else Sharing(key, eq("place", sees))
        self._chance = chance
        self.fails_at = 0

    async def render(self, entry: Entry) -> bytes:
        """For itself."""
        await asyncio.sleep(self._chance.random() * 0.002)
        if entry.position == self.fails_at:
            raise RequestRefused([{"message": "it failed"}])
        return str(entry.position).encode()

    async def share(self, entry: Entry, batch: Batch) -> Rendering:
        """For all."""
        return Rendering(await self.render(entry), {"place": 1})

    async def unseen(self, entry: Entry) -> bytes:
        """Without its subject."""
        return b"-" + await self.render(entry)


class Client:
    """A sink whose client takes what it gets at its own pace."""

    def __init__(self, chance: random.Random, *, brisk: float) -> None:
        self.heard: list[int] = []
        self.bundles: list[list[UUID]] = []  # the subjects of each
        self.cursors: list[int] = []
        self.error: Exception | None = None
        self.member: Member | None = None
        self.tasks: set[asyncio.Task[None]] = set()
        self._chance, self._brisk, self._sending = chance, brisk, False

    def push(self, bundle: Bundle) -> bool:
        """By chance."""
        if self._sending or self._chance.random() > self._brisk:
            return False
        self._take(bundle)
        return True

    async def send(self, bundle: Bundle) -> None:
        """After a while."""
        assert not self._sending, "one after the other"
        self._sending = True
        await asyncio.sleep(self._chance.random() * 0.003)
        self._take(bundle)
        self._sending = False

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        """A task."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def ended(self, error: Exception) -> None:
        """It is over."""
        self.error = error

    def look(self) -> None:
        """As a ping does: whoever comes back with this cursor has heard all up to it and nothing after."""
        if self.member is not None:
            reached = self.member.reached
            self.cursors.append(reached)
            assert all(position <= reached for position in self.heard), "it would hear some again"

    def _take(self, bundle: Bundle) -> None:
        assert [int(payload.lstrip(b"-")) for payload in bundle.payloads] == [e.position for e in bundle.entries]
        self.heard += [entry.position for entry in bundle.entries]
        self.bundles.append([entry.subject_id for entry in bundle.entries])


def feed(after: int | None, place: int | None = None, *, coalesces: bool = False) -> Feed:
    """Of all events, or of those of one place."""
    where = EVERYTHING if place is None else eq("place", UUID(int=place))
    return Feed(STREAM, "a", where, None if after is None else Cursor(STREAM, 1, after), coalesces=coalesces)


async def join(hub: Hub, operation: Operation, wanted: Feed, client: Client) -> Member:
    """As a transport does."""
    client.member = await hub.join(cast("Any", operation), wanted, client)
    return client.member


def wake(hub: Hub) -> None:
    """As the bell does."""
    for held in hub._streams.values():
        held.wake()


class Crowd:
    """Clients that come at any moment. `stayed` has those who stay, with where they began and what they hear."""

    def __init__(self, hub: Hub, book: Log, chance: random.Random) -> None:
        self.hub, self.book, self.chance = hub, book, chance
        self.stayed: list[tuple[Client, int, int | None]] = []

    async def come(self) -> None:
        """One more; some leave again."""
        chance, before = self.chance, self.book.head.position
        after, place = chance.choice((None, chance.randint(0, before))), chance.choice((None, None, 0, 1))
        client = Client(chance, brisk=chance.choice((1.0, 0.8, 0.2)))
        operation = Operation(chance, chance.choice((None, "x", "x", "y")), chance.choice((1, 2)))
        member = await join(self.hub, operation, feed(after, place), client)
        start = member.position
        assert start == after if after is not None else before <= start <= self.book.head.position
        if chance.random() < 0.8:
            self.stayed.append((client, start, place))
            return
        await asyncio.sleep(chance.random() * 0.02)
        client.look()
        member.leave()
        count = len(client.heard)
        await asyncio.sleep(0.01)
        assert len(client.heard) == count, "its id may be in use again"

    async def caught_up(self) -> None:
        """Wait until everybody is."""
        async with asyncio.timeout(20):
            for client, _, _ in self.stayed:
                while client.member is not None and client.member.reached < self.book.head.position:
                    assert client.error is None
                    wake(self.hub)
                    await asyncio.sleep(0.002)

    def check(self) -> None:
        """Everything, once, in order."""
        for client, start, place in self.stayed:
            wanted = range(start + 1, self.book.head.position + 1)
            assert client.heard == [position for position in wanted if place is None or position % 3 == place]
            assert client.cursors == sorted(client.cursors), "a cursor never goes back"


async def joined(hub: Hub, operation: Operation, after: int | None = None, brisk: float = 1.0) -> Client:
    """One member."""
    one = Client(random.Random(1), brisk=brisk)
    await join(hub, operation, feed(after), one)
    return one


async def looked(hub: Hub) -> None:
    """Until the log is read to its end, however far behind some are."""
    wake(hub)
    for held in hub._streams.values():
        while held.busy:  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0)


async def settled(hub: Hub) -> None:
    """Until nothing is under way."""
    wake(hub)
    for held in hub._streams.values():
        while held.busy or held.chasing:  # noqa: ASYNC110 - there is no event for all
            await asyncio.sleep(0.001)
