"""The deployed product on either backend, with the world of two companies in its database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from adapters.database import make_database
from schema.base import encode
from subscriptions import AccessEventRecorded
from subscriptions.log import read
from tests.factories.world import PASSWORD
from tests.servers.product import Product
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.settings import Settings
    from tests.factories.tenant import World


LONG = {"ACCESS_MINUTES": "720"}  # the full counts take longer than a token of a quarter of an hour
MANY = {"LIMIT_WS_SOCKETS_PER_USER": "12000"}  # few accounts stand for a crowd
SIGN_IN = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token } }"


@dataclass(frozen=True)
class Deployment:
    """The product, started. `redis` is its own, so that it can be killed; None with memory://."""

    product: Product
    world: World
    settings: Settings
    redis: RedisServer | None

    def token(self, login: str) -> str:
        """A fresh session of an account of acme; the world's own are bound to the held clock."""
        wish = {"organization": "acme", "login": login, "password": PASSWORD}
        answer = httpx.post(
            f"{self.product.url}/graphql", json={"query": SIGN_IN, "variables": {"input": wish}}, trust_env=False
        )
        token: str = answer.json()["data"]["accountSignIn"]["token"]
        return token

    def logged(self) -> list[str]:
        """The attempts of the log of `home`, as node ids, in the order of their positions."""
        return asyncio.run(self._logged())

    async def _logged(self) -> list[str]:
        database = make_database(self.settings)
        await database.connect()
        try:
            stream, found, after = self.world.acme.keys["home"], [], 0
            while entries := await read(database, stream, 1, after):
                found += entries
                after = entries[-1].position
        finally:
            await database.close()
        assert [entry.position for entry in found] == list(range(1, len(found) + 1))
        return [encode("AccessEvent", entry.subject_id) for entry in found if entry.type == AccessEventRecorded.TYPE]


@pytest.fixture
def deployment(backend: str, settings: Settings, world: World, tmp_path: Path) -> Iterator[Deployment]:
    """One process on SQLite, or two workers on PostgreSQL and a Redis of their own; the test starts the product."""
    if backend == "sqlite":
        with Product(tmp_path, DATABASE_URL=settings.database_url, BROKER_URL="memory://", **LONG, **MANY) as product:
            yield Deployment(product, world, settings, None)
        return
    options = {"DATABASE_URL": settings.database_url, "WORKERS": "2", **LONG, **MANY}
    with RedisServer() as redis, Product(tmp_path, **options, BROKER_URL=redis.url) as product:
        yield Deployment(product, world, settings, redis)
