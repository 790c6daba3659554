"""Members join, leave, lag and fail at any moment: each hears everything after its cursor once and in order."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from models.errors import ErrorCode, Refusal
from subscriptions.event import Entry
from subscriptions.hub import Hub, delivery, rendering, ring, stream
from subscriptions.hub import hub as hubs
from subscriptions.ports import Rendering, RequestRefused
from tests.live.crowd import Bell, Crowd, Log, Operation, joined, settled, wake

if TYPE_CHECKING:
    from subscriptions.ports import Batch


@pytest.mark.parametrize("seed", range(12))
async def test_everybody_hears_everything_once(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Writers write, clients come and go, are slow, share or not; rings are small and batches too."""
    chance = random.Random(seed)
    book = Log(monkeypatch, chance)
    monkeypatch.setattr(ring, "RING", chance.choice((3, 20, 1_000)))
    monkeypatch.setattr(stream, "AT_ONCE", chance.choice((1, 4, 64)))
    monkeypatch.setattr(delivery, "STUCK_SECONDS", chance.choice((0.0, 0.001, 0.1)))
    hub = Hub(None, Bell())  # type: ignore[arg-type]  # its log is ours
    book.write(chance.randrange(5))
    crowd = Crowd(hub, book, chance)
    async with asyncio.TaskGroup() as group:
        for _ in range(120):
            group.create_task(crowd.come())
            if chance.random() < 0.8:
                book.write(chance.choice((1, 1, 2, 9)))
                wake(hub)
            await asyncio.sleep(chance.choice((0, 0, 0.001)))
            for client, _, _ in crowd.stayed:
                client.look()
    await crowd.caught_up()
    crowd.check()
    assert hub.status().members == len(crowd.stayed)
    for client, _, _ in crowd.stayed:
        assert client.member is not None
        client.member.leave()
    assert (hub.status().members, hub.status().catching_up) == (0, 0)
    await hub.stop()


async def test_one_execution_for_all_who_share(monkeypatch: pytest.MonkeyPatch) -> None:
    book, chance = Log(monkeypatch, random.Random(1)), random.Random(1)
    hub = Hub(None, Bell())  # type: ignore[arg-type]
    same = [await joined(hub, Operation(chance, "same")) for _ in range(100)]
    alone = [await joined(hub, Operation(chance, None)) for _ in range(3)]
    book.write(10)
    await settled(hub)
    assert all(one.heard == list(range(1, 11)) for one in (*same, *alone))
    assert hub.counters.executions == 10 + 3 * 10
    assert hub.status().groups == 1 + 3
    assert hub.counters.deliveries == 103 * 10
    await hub.stop()


async def test_a_document_that_takes_long_or_fails_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    book, chance = Log(monkeypatch, random.Random(1)), random.Random(1)
    monkeypatch.setattr(delivery, "STUCK_SECONDS", 0.01)
    hub, go_on = Hub(None, Bell()), asyncio.Event()  # type: ignore[arg-type]
    slow, poisoned = Operation(chance, "slow"), Operation(chance, "poisoned")
    poisoned.fails_at = 3

    async def wait(entry: Entry, batch: Batch) -> Rendering:
        await go_on.wait()
        return Rendering(str(entry.position).encode(), None)

    monkeypatch.setattr(slow, "share", wait)
    waits, fails, brisk = [await joined(hub, one) for one in (slow, poisoned, Operation(chance, "brisk"))]
    book.write(5)
    wake(hub)
    async with asyncio.timeout(5):
        while len(brisk.heard) < 5 or fails.error is None:  # noqa: ASYNC110 - there is no event for both
            await asyncio.sleep(0.001)
    assert waits.heard == []
    assert (fails.heard, type(fails.error)) == ([1, 2], RequestRefused)
    go_on.set()
    await settled(hub)
    assert waits.heard == [1, 2, 3, 4, 5]
    await hub.stop()


async def test_an_event_is_executed_again_when_its_time_was_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients do not come back after an `error`: a crowd must not end subscriptions. A document that never ends may."""
    book, chance = Log(monkeypatch, random.Random(1)), random.Random(1)
    monkeypatch.setattr(rendering, "AGAIN_SECONDS", 0.001)
    hub, operations = Hub(None, Bell()), [Operation(chance, key) for key in ("busy", "endless", "well")]  # type: ignore[arg-type]
    tries = dict.fromkeys(operations[:2], 0)

    def late(operation: Operation, until: int) -> None:
        async def share(entry: Entry, batch: Batch) -> Rendering:
            tries[operation] += 1
            if tries[operation] <= until:
                raise RequestRefused([{"message": "TIMEOUT"}], 504)
            return Rendering(str(entry.position).encode(), None)

        monkeypatch.setattr(operation, "share", share)

    late(operations[0], 3)
    late(operations[1], 1_000)
    busy, endless, well = [await joined(hub, one) for one in operations]
    book.write(1)
    await settled(hub)
    assert (busy.heard, well.heard, endless.heard, type(endless.error)) == ([1], [1], [], RequestRefused)
    assert list(tries.values()) == [4, 1 + rendering.MOST_LATE]
    await hub.stop()


@pytest.mark.parametrize("where", ["push", "delivery"])
async def test_what_fails_in_mid_delivery_doubles_nothing(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Some were served already when a socket, or the delivery itself, stumbles over the next."""
    book, chance = Log(monkeypatch, random.Random(1)), random.Random(1)
    hub, stumbled = Hub(None, Bell()), 0  # type: ignore[arg-type]
    clients = [await joined(hub, Operation(chance, key)) for key in ("a", "a", "a", "b", "b")]

    def stumble(*_: object) -> bool:
        nonlocal stumbled
        stumbled += 1
        raise RuntimeError("a bug")

    if where == "push":
        monkeypatch.setattr(clients[1], "push", stumble)
    else:
        whole, turn = delivery.Delivery._finish, iter(range(100))
        monkeypatch.setattr(
            delivery.Delivery, "_finish", lambda *given: stumble() if next(turn) == 1 else whole(*given)
        )
    book.write(4)
    await settled(hub)
    book.write(2)
    await settled(hub)
    assert stumbled
    assert [client.heard for client in clients] == [[1, 2, 3, 4, 5, 6]] * 5
    await hub.stop()


async def test_many_who_come_back_read_the_log_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A restart: nothing is in the ring, all have a cursor of their own."""
    book, chance = Log(monkeypatch, random.Random(1)), random.Random(1)
    monkeypatch.setattr(rendering, "FRESH_SECONDS", 60.0)  # the machine may be busy
    book.write(300)
    hub = Hub(None, Bell())  # type: ignore[arg-type]
    operation = Operation(chance, "same")
    back = await asyncio.gather(*(joined(hub, operation, after=n % 300) for n in range(1_000)))
    await settled(hub)
    for n, one in enumerate(back):
        assert one.heard == list(range(n % 300 + 1, 301))
    assert book.reads + book.heads_read <= 10, "one query for each hundred, at the most"
    assert hub.counters.executions == 300, "and one execution for each event"
    assert hub.status().resumes_log == 1_000
    again = await joined(hub, operation, after=300)
    assert (again.heard, hub.counters.resumes_ring) == ([], 1)
    await hub.stop()


async def test_what_was_pruned_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also to those who followed, when the log was cut before we read it."""
    book, chance = Log(monkeypatch, random.Random(1)), random.Random(1)
    book.write(10)
    book.prune(5)
    hub = Hub(None, Bell())  # type: ignore[arg-type]
    live = await joined(hub, Operation(chance, "a"))
    with pytest.raises(Refusal) as refused:
        await joined(hub, Operation(chance, "a"), after=4)
    assert refused.value.code is ErrorCode.RESUME_GONE
    book.write(10)
    book.prune(8)
    await settled(hub)
    assert isinstance(live.error, Refusal)
    assert live.error.code is ErrorCode.RESUME_GONE
    assert live.heard == []
    assert hub.counters.resume_gone == 2
    await hub.stop()


async def test_a_stream_is_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    book, chance = Log(monkeypatch, random.Random(1)), random.Random(1)
    hub = Hub(None, Bell())  # type: ignore[arg-type]
    one = await joined(hub, Operation(chance, "a"))
    assert one.member is not None
    one.member.leave()
    book.write(3)
    await settled(hub)
    hub._tidy()
    assert (hub.status().streams, hub.status().ring_entries) == (1, 3)
    reads = book.heads_read
    back = await joined(hub, Operation(chance, "a"), after=0)
    await settled(hub)
    assert (back.heard, book.heads_read) == ([1, 2, 3], reads), "from the ring, without a query"
    assert back.member is not None
    back.member.leave()
    monkeypatch.setattr(hubs, "LINGER_SECONDS", 0.0)
    hub._tidy()
    assert hub.status().streams == 0
    await hub.stop()


class Slow(Operation):
    """Executed when it may."""

    def __init__(self, key: str) -> None:
        super().__init__(random.Random(1), key)
        self.may = asyncio.Event()

    async def render(self, entry: Entry) -> bytes:
        """For itself."""
        await self.may.wait()
        return await super().render(entry)


async def test_what_takes_longer_than_an_answer_is_kept_is_executed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For all who share it, and for one who is behind and gets what the others do not."""
    monkeypatch.setattr(rendering, "FRESH_SECONDS", 0.0)
    book = Log(monkeypatch, random.Random(1))
    book.write(3)
    hub = Hub(None, Bell())  # type: ignore[arg-type]
    slow = Slow("x")
    members = [await joined(hub, slow, 0)]
    while hub.counters.executions < 3:  # noqa: ASYNC110
        await asyncio.sleep(0)
    members.append(await joined(hub, slow, 0))
    for _ in range(20):
        await asyncio.sleep(0)
    slow.may.set()
    async with asyncio.timeout(5):
        await settled(hub)
        assert hub.counters.executions == 3
        other = await joined(hub, Operation(random.Random(1), "z", sees=2), 0)
        await settled(hub)
    assert all(one.heard == [1, 2, 3] for one in (*members, other))
    assert hub.counters.executions == 3 + 2 * 3
    await hub.stop()
