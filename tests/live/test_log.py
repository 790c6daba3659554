"""Promise 8: positions are gap-free and in commit order, so a follower that reads by position misses nothing.

Writers hold their transaction open between their writes and the statement that takes the position, and again before
the commit. On a position taken at the insert, as a bigserial does, the same harness must lose events.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID, uuid4

import asyncpg
import pytest

from subscriptions import log
from tests.conftest import house_of
from tests.factories.world import NOW
from tests.faults import FULL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.database import Database
    from adapters.settings import Settings
    from tests.factories.tenant import World
    from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.timeout(3_600 if FULL else 90)

SEED = 20261122


@dataclass(frozen=True)
class Counts:
    """How much of everything."""

    writers: int
    streams: int
    events: int
    before: float
    """Seconds at most between the writes and the statement that takes the positions."""


COUNTS = {
    "sqlite": Counts(50, 64, 100_000, 0.002) if FULL else Counts(20, 8, 1_000, 0.001),  # one writer at a time
    "postgres": Counts(50, 64, 100_000, 0.5) if FULL else Counts(20, 8, 2_000, 0.005),
}
# Writers meet on a stream more often than above, so that no machine is too slow to show a loss.
CONTROL = Counts(50, 8, 100_000, 0.05) if FULL else COUNTS["postgres"]
COMMIT_SECONDS = 0.005


class Log(Protocol):
    """What the harness writes to and reads from. An event is the number of its writer and its turn."""

    async def write(self, stream: UUID, numbers: list[int], before: float, after: float) -> None:
        """One transaction."""
        ...

    async def read(self, stream: UUID, after: int) -> list[tuple[int, int]]:
        """Positions and numbers after a position, in order."""
        ...


def logged(number: int) -> dict[str, Any]:
    """An event that carries a number."""
    return {
        "type": "access_event.recorded",
        "version": 1,
        "subject_id": str(UUID(int=number)),
        "occurred_at": NOW.isoformat(" "),
        "audience": {},
        "data": {"result": "GRANTED"},
    }


class Ours:
    """The product's log."""

    def __init__(self, database: Database, organization: UUID, device: UUID) -> None:
        self._database = database
        self._organization = organization
        self._device = device

    async def write(self, stream: UUID, numbers: list[int], before: float, after: float) -> None:
        """As a unit of work does."""
        async with self._database.transaction(self._organization) as tx:
            await tx.fetch(
                "INSERT INTO device_sequence (organization_id, device_id, sequence, recorded_at)"
                " VALUES ($1, $2, $3, $4) RETURNING sequence",
                self._organization,
                self._device,
                numbers[0],
                NOW,
            )
            await asyncio.sleep(before)
            events = [logged(number) for number in numbers]
            await self._database.append_events(tx, stream, self._organization, events)
            await asyncio.sleep(after)

    async def read(self, stream: UUID, after: int) -> list[tuple[int, int]]:
        """As the hub does."""
        return [(entry.position, entry.subject_id.int) for entry in await log.read(self._database, stream, 1, after)]


class Serial:
    """What everybody builds first: a bigserial, taken when the row is inserted."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def write(self, stream: UUID, numbers: list[int], before: float, after: float) -> None:
        """The same work in the same order."""
        async with self._pool.acquire() as connection, connection.transaction():
            await asyncio.sleep(before)
            for number in numbers:
                await connection.execute("INSERT INTO serial_log (stream, number) VALUES ($1, $2)", stream, number)
            await asyncio.sleep(after)

    async def read(self, stream: UUID, after: int) -> list[tuple[int, int]]:
        """By position."""
        sql = "SELECT position, number FROM serial_log WHERE stream = $1 AND position > $2 ORDER BY position LIMIT 500"
        return [(row["position"], row["number"]) for row in await self._pool.fetch(sql, stream, after)]


class Follower:
    """Reads one stream by position all the time."""

    def __init__(self, log_: Log, stream: UUID) -> None:
        self._log = log_
        self._stream = stream
        self.heard: list[tuple[int, int]] = []

    async def follow(self, finished: asyncio.Event) -> None:
        """Until the writers are done and nothing new is found."""
        while True:
            last = finished.is_set()
            found = await self._log.read(self._stream, self.heard[-1][0] if self.heard else 0)
            self.heard += found
            if last and not found:
                return
            await asyncio.sleep(0.001)


async def harness(log_: Log, counts: Counts) -> tuple[dict[UUID, list[int]], dict[UUID, Follower]]:
    """Run it; what was committed on each stream, and who followed it."""
    print(f"seed {SEED}")
    streams = [uuid4() for _ in range(counts.streams)]
    committed: dict[UUID, list[int]] = {stream: [] for stream in streams}
    followers = {stream: Follower(log_, stream) for stream in streams}
    finished, chance, left = asyncio.Event(), random.Random(SEED), iter(range(1, counts.events + 1))

    async def write() -> None:
        while numbers := list(islice(left, chance.randint(1, 20))):
            stream = chance.choice(streams)
            await log_.write(stream, numbers, chance.random() * counts.before, chance.random() * COMMIT_SECONDS)
            committed[stream] += numbers

    async with asyncio.TaskGroup() as followed:
        for follower in followers.values():
            followed.create_task(follower.follow(finished))
        async with asyncio.TaskGroup() as written:
            for _ in range(counts.writers):
                written.create_task(write())
        finished.set()
    return committed, followers


@pytest.mark.promise(8)
async def test_nothing_is_missed_and_order_is_kept(
    backend: str, settings: Settings, world: World, reached: Callable[..., None]
) -> None:
    counts = COUNTS[backend]
    database = house_of(settings).database
    await database.connect()
    try:
        ours = Ours(database, world.acme.keys["organization"], world.acme.keys["device"])
        committed, followers = await harness(ours, counts)
        heads = await log.heads(database, committed)
    finally:
        await database.close()
    assert sum(map(len, committed.values())) == counts.events
    for stream, follower in followers.items():
        positions = [position for position, _ in follower.heard]
        assert positions == list(range(1, len(positions) + 1)), "a gap, or out of order"
        assert sorted(number for _, number in follower.heard) == sorted(committed[stream])
        assert heads[stream].position == len(positions)
    reached(f"{counts.events} events: 0 missed, order kept", count=counts.events)


@pytest.fixture
def postgres_admin(postgres: PostgresServer) -> Iterator[str]:
    """The superuser's url of an empty database."""
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.mark.postgres
@pytest.mark.promise(8)
async def test_the_same_harness_on_a_bigserial_loses_some(postgres_admin: str, reached: Callable[..., None]) -> None:
    async with asyncpg.create_pool(postgres_admin, min_size=20, max_size=20) as pool:
        await pool.execute("CREATE TABLE serial_log (position bigserial PRIMARY KEY, stream uuid, number bigint)")
        committed, followers = await harness(Serial(pool), CONTROL)
    missed = sum(len(committed[stream]) - len(follower.heard) for stream, follower in followers.items())
    print(f"missed {missed} of {CONTROL.events}")
    assert missed > 0, "the harness cannot see a loss"
    reached(f"on a bigserial {missed} were missed", count=CONTROL.events)
