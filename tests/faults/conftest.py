"""The deployed product on either backend, with the world of two companies in its database."""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from adapters.database import make_database
from schema.base import encode
from subscriptions import AccessEventRecorded
from subscriptions.log import read
from tests.factories.world import PASSWORD
from tests.live.websocket import dial
from tests.servers.product import Product
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from adapters.settings import Settings
    from subscriptions.event import Entry
    from tests.factories.tenant import World
    from tests.live.websocket import Socket
    from tests.servers.nginx import NginxServer


LONG = {"ACCESS_MINUTES": "720"}  # the full counts take longer than a token of a quarter of an hour
MANY = {"LIMIT_WS_SOCKETS_PER_USER": "12000"}  # few accounts stand for a crowd
SIGN_IN = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token } }"


@dataclass(frozen=True)
class Deployment:
    """The product, started. `redis` is its own, so that it can be killed; None with memory://.

    `front` stands before it and others; without one clients dial the product.
    """

    product: Product
    world: World
    settings: Settings
    redis: RedisServer | None
    front: NginxServer | None = None

    def http(self, **options: Any) -> httpx.AsyncClient:
        """Talks to where clients dial."""
        return httpx.AsyncClient(base_url=self._door.url, verify=self._tls or True, trust_env=False, **options)

    @asynccontextmanager
    async def talk(self, token: str) -> AsyncIterator[Socket]:
        """A socket of an account, to where clients dial."""
        async with dial(self._door.websocket_url, ssl=self._tls) as socket:
            await socket.init(token)
            yield socket

    def token(self, login: str) -> str:
        """A fresh session of an account of acme; the world's own are bound to the held clock."""
        wish = {"organization": "acme", "login": login, "password": PASSWORD}
        answer = httpx.post(
            f"{self.product.url}/graphql", json={"query": SIGN_IN, "variables": {"input": wish}}, trust_env=False
        )
        token: str = answer.json()["data"]["accountSignIn"]["token"]
        return token

    def logged(self, after: int = 0) -> list[str]:
        """The attempts of the log of `home` behind a position, as node ids, in the order of their positions."""
        found = asyncio.run(self._entries(after))
        return [encode("AccessEvent", entry.subject_id) for entry in found if entry.type == AccessEventRecorded.TYPE]

    def head(self) -> int:
        """The newest position of the log of `home`."""
        return len(asyncio.run(self._entries(0)))

    def cursor(self, position: int = 0) -> str:
        """The cursor behind a position of `home`."""
        text = f"{self.world.acme.keys['home'].hex}.1.{position}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @property
    def _door(self) -> Product | NginxServer:
        return self.front or self.product

    @property
    def _tls(self) -> ssl.SSLContext | None:
        return self.front.context() if self.front else None

    async def _entries(self, after: int) -> list[Entry]:
        database = make_database(self.settings)
        await database.connect()
        try:
            stream, found, position = self.world.acme.keys["home"], [], after
            while entries := await read(database, stream, 1, position):
                found += entries
                position = entries[-1].position
        finally:
            await database.close()
        assert [entry.position for entry in found] == list(range(after + 1, after + len(found) + 1))
        return found


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
