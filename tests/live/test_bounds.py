"""What the hub keeps is bounded, and nothing is lost by it: whoever asks for what was dropped gets it from the log."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from adapters.database import DatabaseUnavailable
from models.predicate import EVERYTHING
from subscriptions import log
from subscriptions.feed import Cursor, Feed
from subscriptions.hub import Hub, delivery, past, rendering, stream
from subscriptions.hub import hub as hubs
from subscriptions.ports import Rendering
from tests.live.crowd import STREAM, Bell, Client, Log, Operation, join, joined, settled, wake

if TYPE_CHECKING:
    from subscriptions.event import Entry
    from subscriptions.ports import Batch

SECONDS = 5.0
ENDLESS = 60.0  # what another bound would end


class Book(Log):
    """A log that tells what it was asked for; each stream has the same events. Reads wait while it is closed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch, random.Random(1))
        self.asked: list[tuple[int, int]] = []  # after which position, how many at the most
        self.crowds: list[int] = []  # of how many streams the heads were asked for at once
        self.open = asyncio.Event()
        self.open.set()

    async def heads(self, database: object, streams: list[UUID]) -> dict[UUID, log.Head]:
        """Noted."""
        self.crowds.append(len(streams))
        return await super().heads(database, streams)

    async def read(self, database: object, id_: UUID, epoch: int, after: int, most: int = 500) -> list[Entry]:
        """As of when it was asked."""
        self.asked.append((after, most))
        found = await super().read(database, id_, epoch, after, most)
        await self.open.wait()
        return found

    def blocks(self) -> list[int]:
        """Where the blocks begin that were read since the last look."""
        found = [after for after, most in self.asked if most == past.BLOCK]
        self.asked.clear()
        return found


class Followed(Bell):
    """A bell that knows whom it would ring for."""

    def __init__(self) -> None:
        self.streams: set[UUID] = set()

    def follow(self, stream: UUID) -> None:
        """One more."""
        self.streams.add(stream)

    def unfollow(self, stream: UUID) -> None:
        """One less."""
        self.streams.remove(stream)


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Book:
    """A log."""
    return Book(monkeypatch)


def made(bell: Bell | None = None) -> Hub:
    """A hub; its log is ours."""
    return Hub(None, bell or Bell())  # type: ignore[arg-type]


def operation(key: str | None = "same") -> Operation:
    """One that answers."""
    return Operation(random.Random(1), key)


async def follower(hub: Hub, number: int, after: int | None = None) -> Client:
    """One member of the stream of that number."""
    one, id_ = Client(random.Random(1), brisk=1.0), UUID(int=number)
    await join(hub, operation(), Feed(id_, "a", EVERYTHING, None if after is None else Cursor(id_, 1, after)), one)
    return one


def leave(one: Client) -> None:
    """As one whose client has gone."""
    assert one.member is not None
    one.member.leave()


async def test_all_rings_together(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MOST_ENTRIES", 30)
    hub = made()
    live = [await follower(hub, number) for number in range(3)]
    book.write(10)
    await settled(hub)
    hub._tidy()
    assert hub.status().ring_entries == 30, "there is room for them"
    book.write(40)
    await settled(hub)
    hub._tidy()
    assert [len(held.ring) for held in hub._streams.values()] == [10, 10, 10], "the newest of each"
    live.append(await follower(hub, 1, after=40))
    assert (hub.counters.resumes_ring, hub.counters.resumes_log) == (1, 0)
    late = await follower(hub, 1, after=39)
    assert (hub.counters.resumes_ring, hub.counters.resumes_log) == (1, 1)
    book.write(5)
    await settled(hub)
    assert [one.heard for one in live] == [list(range(1, 56))] * 3 + [list(range(41, 56))]
    assert late.heard == list(range(40, 56)), "from the log, then with the others"
    await hub.stop()


async def test_streams_that_nobody_follows(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest of them are kept, for a while; one with members is, however many linger."""
    monkeypatch.setattr(hubs, "MOST_LINGERING", 2)
    bell = Followed()
    hub = made(bell)
    clients = [await follower(hub, number) for number in range(6)]
    for number in (4, 0, 3, 1, 2):
        leave(clients[number])
        await asyncio.sleep(0.001)  # the loop's time goes on
    book.write(3)
    await settled(hub)
    hub._tidy()
    assert set(hub._streams) == bell.streams == {UUID(int=number) for number in (1, 2, 5)}
    back = [await follower(hub, number, after=0) for number in (4, 1)]
    assert (hub.counters.resumes_ring, hub.counters.resumes_log) == (1, 1)
    monkeypatch.setattr(hubs, "LINGER_SECONDS", 0.0)
    hub._tidy()
    assert bell.streams == {UUID(int=number) for number in (1, 4, 5)}, "those that are followed, again or still"
    book.write(2)
    await settled(hub)
    assert [one.heard for one in (clients[5], *back)] == [[1, 2, 3, 4, 5]] * 3
    assert [clients[number].heard for number in range(5)] == [[]] * 5
    await hub.stop()


async def test_answers_that_are_kept(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who come later share the newest; the others are made again."""
    monkeypatch.setattr(rendering, "MOST_KEPT", 10)
    monkeypatch.setattr(rendering, "FRESH_SECONDS", ENDLESS)
    monkeypatch.setattr(stream, "AT_ONCE", 1)  # they are done in their order
    hub = made()
    same, kept = operation(), hub._renderer._kept
    clients = [await joined(hub, same)]
    book.write(100)
    await settled(hub)
    assert (len(kept), hub.counters.executions) == (10, 100)
    clients.append(await joined(hub, same, after=90))
    await settled(hub)
    assert hub.counters.executions == 100
    clients.append(await joined(hub, same, after=0))
    await settled(hub)
    assert (len(kept), hub.counters.executions) == (10, 200)
    monkeypatch.setattr(rendering, "FRESH_SECONDS", -1.0)
    hub._tidy()
    assert len(kept) == 0, "none is fresh any more"
    clients.append(await joined(hub, same, after=98))
    await settled(hub)
    assert hub.counters.executions == 202
    assert [one.heard for one in clients] == [list(range(after + 1, 101)) for after in (0, 90, 0, 98)]
    await hub.stop()


async def test_blocks_of_the_log(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"BLOCK": 10, "MOST_KEPT": 3, "KEPT_SECONDS": ENDLESS}.items():
        monkeypatch.setattr(past, name, value)
    book.write(60)
    hub = made()
    same, held = operation(), hub._past
    clients = []
    for after, read in ((0, [0, 10, 20, 30, 40, 50]), (30, []), (20, [20, 30, 40, 50])):
        clients.append(await joined(hub, same, after=after))
        await settled(hub)
        hub._tidy()
        assert book.blocks() == read, after
        assert list(held._blocks) == list(held._read_at) == [(STREAM, 1, block) for block in (3, 4, 5)]
    monkeypatch.setattr(past, "KEPT_SECONDS", -1.0)
    hub._tidy()
    assert (held._blocks, held._read_at) == ({}, {}), "they were read a while ago"
    clients.append(await joined(hub, same, after=50))
    await settled(hub)
    assert book.blocks() == [50]
    assert [one.heard for one in clients] == [list(range(after + 1, 61)) for after in (0, 30, 20, 50)]
    await hub.stop()


async def test_a_block_that_had_to_go_while_it_was_waited_for(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was asked for before an event was written that another wants from it."""
    monkeypatch.setattr(past, "BLOCK", 10)
    monkeypatch.setattr(past, "MOST_KEPT", 1)
    book.write(5)
    held = past.Past(None)  # type: ignore[arg-type]
    book.open.clear()
    first = asyncio.create_task(held.block(STREAM, 1, 0, 5))
    await asyncio.sleep(0.01)
    book.write(10)
    second = asyncio.create_task(held.block(STREAM, 1, 5, 15))
    third = asyncio.create_task(held.block(STREAM, 1, 10, 15))
    await asyncio.sleep(0.01)
    book.open.set()
    found = [[entry.position for entry in entries] for entries in await asyncio.gather(first, second, third)]
    assert found == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12, 13, 14, 15]]
    await held.stop()


async def test_a_block_that_could_not_be_read_is_not_kept(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "AGAIN_SECONDS", 0.01)
    read, failed = log.read, 0

    async def away(*given: object) -> list[Entry]:
        nonlocal failed
        if failed < 3:
            failed += 1
            raise DatabaseUnavailable("away")
        return await read(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(log, "read", away)
    book.write(5)
    hub = made()
    clients = [await joined(hub, operation(), after=0) for _ in range(3)]
    async with asyncio.timeout(SECONDS):
        await settled(hub)
    assert failed == 3
    assert [one.heard for one in clients] == [[1, 2, 3, 4, 5]] * 3
    await hub.stop()


async def test_heads_of_one_statement(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "MOST_HEADS", 10)
    book.write(3)
    hub = made()
    clients = await asyncio.gather(*(follower(hub, number, after=1) for number in range(35)))
    assert sum(book.crowds) == 35
    assert max(book.crowds) == 10
    await settled(hub)
    assert [one.heard for one in clients] == [[2, 3]] * 35
    await hub.stop()


@pytest.mark.parametrize(("most", "size"), [(12, 2), (13, 3), (1_000, 8)])
async def test_a_batch(book: Book, monkeypatch: pytest.MonkeyPatch, most: int, size: int) -> None:
    """Six groups hear each event: so many events are executed together, and leave in one write."""
    monkeypatch.setattr(stream, "MOST_EXECUTIONS", most)
    monkeypatch.setattr(stream, "AT_ONCE", 8)
    monkeypatch.setattr(delivery, "STUCK_SECONDS", ENDLESS)  # the machine may be busy
    hub = made()
    clients = [await joined(hub, operation(key)) for key in ("a", "b", "c", "d", None, None, "a")]
    book.write(24)
    await settled(hub)
    assert [one.heard for one in clients] == [list(range(1, 25))] * 7
    assert {len(bundle) for one in clients for bundle in one.bundles} == {size}
    await hub.stop()


@pytest.mark.parametrize("drips", [True, False])
async def test_a_delivery_waits_for_no_document(book: Book, monkeypatch: pytest.MonkeyPatch, drips: bool) -> None:
    """Neither for one that does not answer, nor for one that answers drop by drop."""
    monkeypatch.setattr(delivery, "STUCK_SECONDS", 0.03)
    monkeypatch.setattr(delivery, "MOST_SECONDS", 0.1 if drips else ENDLESS)
    answers, slow, count = asyncio.Semaphore(0), operation("slow"), 40

    async def share(entry: Entry, batch: Batch) -> Rendering:
        await answers.acquire()
        return Rendering(str(entry.position).encode(), None)

    monkeypatch.setattr(slow, "share", share)
    hub = made()
    waits, brisk = await joined(hub, slow), await joined(hub, operation())
    book.write(count)
    wake(hub)
    async with asyncio.timeout(SECONDS):
        while len(brisk.heard) < count:
            await asyncio.sleep(0.01)
            if drips:
                answers.release()
    heard = len(waits.heard)
    assert (0 < heard < count) if drips else heard == 0
    for _ in range(count):
        answers.release()
    await settled(hub)
    assert waits.heard == brisk.heard == list(range(1, count + 1))
    assert hub.status().catching_up == 0
    await hub.stop()
