"""A crowd of subscribers that is cut off all at once and comes back all at once, by cursor; and what that costs.

Each is a resident with rights of its own, who hears the replies of one post. The load generator of bench-live holds
their sockets, counts for each what comes again, and what does not come, and resumes from the last cursor it was told.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import httpx

from schema.base import encode
from subscriptions.feed import Cursor
from tests.benchmarks.live.generator import Generator, Subscriber, Tally
from tests.benchmarks.live.product import Ours
from tests.benchmarks.live.world import DATABASE, HOME, Scale, Scene, fill
from tests.conftest import ROLE, ROLE_PASSWORD
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

STATEMENT = re.compile(r"LOG: {2}execute [^:]+: (.*)")
ASKING = 4
"""Members of staff who ask for a list all the time."""
LIST = """query ($id: ID!) {
  workOrders(propertyId: $id, first: 20) { nodes { id number summary status unit { number } } }
}"""
STUCK_SECONDS = 60.0


class Place:
    """PostgreSQL that logs every statement, Redis, the world of bench-live for so many residents, and the product."""

    def __init__(self, folder: Path, residents: int) -> None:
        self.folder = folder
        self._residents = residents
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start all but the product."""
        self.postgres = self._stack.enter_context(PostgresServer())
        self.redis = self._stack.enter_context(RedisServer())
        self.postgres.execute(f"CREATE DATABASE {DATABASE}")
        address = self.postgres.url(DATABASE, ROLE, ROLE_PASSWORD), self.postgres.url(DATABASE)
        asyncio.run(fill(*address, Scale(self._residents, ASKING, 0)))
        self.postgres.execute(f"ALTER ROLE {ROLE} SET log_statement = 'all'")
        self.ours = Ours("product", self.folder / "product", self.redis.url, self.postgres)
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self._stack.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Ours]:
        """The product, and what publishes to it."""
        await asyncio.to_thread(self.ours.start)
        try:
            await self.ours.open()
            yield self.ours
        finally:
            await self.ours.close()
            self.ours.stop()

    def statements(self, since: int) -> Counter[str]:
        """What the application role ran after that length of the log."""
        with self.postgres.log().open("rb") as log:
            log.seek(since)
            return Counter(STATEMENT.findall(log.read().decode(errors="replace")))

    def logged(self) -> int:
        """How long the log is."""
        return self.postgres.log().stat().st_size


@dataclass
class Waits:
    """Seconds that other people's queries took; `refused` while nobody served."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    begun: dict[int, float] = field(default_factory=dict)

    def p99(self) -> float:
        """Within which 99 of 100 were answered; whatever is still open counts as it stands."""
        now = time.monotonic()
        found = sorted([*self.seconds, *(now - at for at in self.begun.values())])
        return found[min(len(found) - 1, int(len(found) * 0.99))]


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[Waits]:
    """Lists are asked for without an end, by some at a time."""
    waits = Waits()

    async def ask(number: int) -> None:
        headers = {"authorization": f"Bearer live-control{number}"}
        body = {"query": LIST, "variables": {"id": encode("Property", HOME)}}
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=STUCK_SECONDS, headers=headers) as http:
            while True:
                began = waits.begun[number] = time.monotonic()
                try:
                    answer = await http.post("/graphql", json=body)
                except httpx.TransportError:
                    waits.refused += 1
                    await asyncio.sleep(0.05)
                    continue
                finally:
                    del waits.begun[number]
                assert answer.status_code in (200, 503), answer.text
                assert answer.status_code == 503 or answer.json()["data"]["workOrders"]["nodes"], answer.text
                waits.seconds.append(time.monotonic() - began)
                await asyncio.sleep(0.02)

    tasks = [asyncio.create_task(ask(number)) for number in range(1, ASKING + 1)]
    try:
        yield waits
    finally:
        for task in tasks:
            assert not task.done(), task.exception()
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True)
class Storm:
    """One storm: seconds from the cut, and from when somebody serves again, until each had heard all."""

    kind: str
    seconds: float
    served: float
    p99: float
    asked: int
    refused: int
    statements: Counter[str]

    @property
    def read(self) -> Counter[str]:
        """By what they read: the statements that brought them back, those of anything else aside."""
        found: Counter[str] = Counter()
        for text, count in self.statements.items():
            what = READS.search(text)
            found[what[1] if what else "else"] += count
        del found["else"]
        heads = found["door_event_heads"]
        found["door_event_heads"] = max(0, heads - int(self.seconds))  # the hub looks each second anyway
        return found

    def __str__(self) -> str:
        """In a line."""
        return (
            f"{self.kind}: all back {self.seconds:.1f} s after the cut, {self.served:.1f} s after somebody served;"
            f" {self.read.total()} statements {dict(self.read)}; {self.asked} other queries, p99 {self.p99:.2f} s"
        )


READS = re.compile(r"^SELECT .*FROM (door_viewers|door_event_heads|door_event_read|forum_post|forum_reply)\b")


class Crowd:
    """Sockets on the product, and the events that they have to have heard."""

    def __init__(self, place: Place, sockets: int) -> None:
        self._place = place
        self._scene = Scene("forum", sockets)
        self._next = 1

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Self]:
        """All of them, following."""
        ours = self._place.ours
        start = "@" + Cursor(HOME, 1, 0).encode()
        crowd = [
            Subscriber(one.payload, one.query, {**one.variables, "after": start}) for one in self._scene.subscribers()
        ]
        with Generator(self._place.folder, ours.port, ours.path, crowd, returns=True) as self.generator:
            await self.publish(1)
            await self.heard_all()
            yield self

    async def publish(self, count: int) -> None:
        """So many events."""
        await self._place.ours.publish(self._scene, self._next, count, self.generator.publish)
        self._next += count

    async def steady(self, rate: float, count: int) -> tuple[float, Tally]:
        """So many events, one at a time: milliseconds within which 99 of 100 deliveries came, and what came."""
        self.generator.reset(self._next)
        first, began = self._next, time.monotonic()
        for number in range(count):
            await asyncio.sleep(began + number / rate - time.monotonic())
            await self.publish(1)
        await self.heard_all(first)
        await asyncio.sleep(1.0)  # what comes twice
        return self.generator.latency(0.99), self.generator.tally

    async def heard_all(self, first: int = 1) -> None:
        """Wait until everybody heard everything from event `first` on; as long as something comes."""
        wanted = (self._next - first) * self._scene.sockets
        seen, since = -1, time.monotonic()
        while (received := self.generator.tally.received) < wanted:
            moved = received + self.generator.shared.acked
            if moved != seen:
                seen, since = moved, time.monotonic()
            assert time.monotonic() - since < STUCK_SECONDS, self.told()
            await asyncio.sleep(0.01)

    async def storm(self, kind: str, cut: Callable[[], Awaitable[float]]) -> Storm:
        """Cut all by `cut`, which says when somebody served again; until all are back and have all."""
        before, began = self._place.logged(), time.monotonic()
        async with asking(self._place.ours.product.url) as waits:
            served = await cut()
            await self.heard_all()
            ended = time.monotonic()
            await asyncio.sleep(0.1)
        statements = self._place.statements(before)
        return Storm(kind, ended - began, ended - served, waits.p99(), len(waits.seconds), waits.refused, statements)

    def told(self) -> str:
        """How it stands."""
        shared = self.generator.shared
        return (
            f"{shared.acked} of {self._scene.sockets} connected, {self.generator.tally}, refused {shared.refused},"
            f" {self.generator.trouble}\n{self._place.ours.log()}"
        )
