"""The product as a contender: `server.py serve`, one worker, PostgreSQL and Redis, every right and limit on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.settings import Settings
from server import build_house
from tests.benchmarks.live.contender import Contender
from tests.benchmarks.live.world import DATABASE, HOME, ORGANIZATION, POST, STAMP, place
from tests.conftest import ROLE, ROLE_PASSWORD
from tests.factories.tenant import PERSONAL_DATA_KEY
from tests.servers.product import Product

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adapters.database import Transaction
    from resolvers.ports import House
    from tests.benchmarks.cluster import Cluster
    from tests.benchmarks.live.world import Scene
    from tests.servers.postgres import PostgresServer


class Ours(Contender):
    """Events are committed to its log by another process, as a second worker does it, and rung by its doorbell."""

    signs_in = True

    def __init__(self, name: str, folder: Path, redis_url: str, cluster: Cluster | PostgresServer) -> None:
        super().__init__(name, folder, redis_url)
        self._url = cluster.url(DATABASE, ROLE, ROLE_PASSWORD)
        self._house: House | None = None
        self.product = Product(
            folder,
            DATABASE_URL=self._url,
            BROKER_URL=redis_url,
            LOG_LEVEL="warning",
            LIMIT_EVENT_RETENTION_HOURS="1000000",  # the events are dated STAMP
        )

    def start(self) -> None:
        """Start and wait until it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.product.log.unlink(missing_ok=True)
        self.product.start()
        self.port = self.product.port

    @property
    def pid(self) -> int:
        """The one worker."""
        return self.product.worker_ids()[0]

    def stop(self) -> None:
        """End it."""
        self.product.kill()

    def log(self) -> str:
        """The end of what it wrote."""
        return self.product.output()[-2_000:]

    async def open(self) -> None:
        """A house of our own on its database and its broker."""
        settings = Settings(
            database_url=self._url,
            broker_url=self.redis_url,
            state_path=self.folder / "writer",
            secret_key="test",
            personal_data_key=PERSONAL_DATA_KEY,
        )
        self._house = build_house(settings)
        await self._house.database.connect()
        await self._house.broker.connect()

    async def publish(self, scene: Scene, first: int, count: int, leaves: Callable[[int], None]) -> None:
        """One transaction, whose last statement gives the events their positions; then the ring."""
        assert self._house is not None
        numbers = range(first, first + count)
        async with self._house.database.transaction(ORGANIZATION) as tx:
            if scene.name == "forum":
                await _reply(tx, numbers)
            events = [scene.event(number).to_log() for number in numbers]
            await self._house.database.append_events(tx, HOME, ORGANIZATION, events)
            for number in numbers:
                leaves(number)
        await self._house.broker.ring([HOME])

    async def close(self) -> None:
        """Leave the database and the broker."""
        if self._house is not None:
            await self._house.broker.close()
            await self._house.database.close()


async def _reply(tx: Transaction, numbers: range) -> None:
    """The replies that are told of; each says its number."""
    columns = "id, organization_id, property_id, post_id, author_id, staff_id, author_name, text, created_at"
    author = place(10, 100_001), place(9, 100_001), "监控室"
    for number in numbers:
        await tx.fetch(
            f"INSERT INTO forum_reply ({columns}, updated_at, status, official, like_count, version)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 'VISIBLE', true, 0, 1) RETURNING id",
            place(17, number),
            ORGANIZATION,
            HOME,
            POST,
            *author,
            str(number),
            STAMP,
        )
