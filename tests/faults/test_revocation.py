"""Promise 21: two processes and a dead Redis: a right that ends in one ends the streams of the other within 2 s.

On SQLite there is one process; the crowd is the same.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.factories.world import PASSWORD
from tests.faults import FULL
from tests.faults.conftest import MANY, SIGN_IN
from tests.live.sse import Stream, listen
from tests.live.talk import ACCESS
from tests.live.websocket import talk
from tests.servers.product import Product
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adapters.settings import Settings
    from tests.factories.tenant import World

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(300 if FULL else 120)]

SECONDS = 2.0
SOCKETS, STREAMS = (1_000, 100) if FULL else (2, 1)
UNLIMITED = httpx.Limits(max_connections=None)
REVOKE = "mutation ($id: ID!) { roleRevoke(id: $id) { userErrors { code } } }"
WHO = "{ viewer { roles } }"


async def ask(product: Product, token: str | None, query: str, **variables: Any) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=product.url, trust_env=False, timeout=30) as http:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    data: dict[str, Any] = answer.json()["data"]
    return data


async def sign_in(product: Product, login: str) -> str:
    wish = {"organization": "acme", "login": login, "password": PASSWORD}
    token: str = (await ask(product, None, SIGN_IN, input=wish))["accountSignIn"]["token"]
    return token


async def revoke(near: Product, far: Product, redis: RedisServer | None, world: World) -> float:
    """The role is taken in one process, with Redis dead; seconds until all streams of the other one have ended."""
    acme = world.acme
    token, admin = await sign_in(far, "control"), await sign_in(near, "admin")
    home = acme.id("home")
    async with (
        httpx.AsyncClient(base_url=far.url, trust_env=False, limits=UNLIMITED, timeout=60) as http,
        AsyncExitStack() as stack,
    ):
        streams = [await stack.enter_async_context(listen(http, ACCESS, token, property=home)) for _ in range(STREAMS)]
        sockets = [await stack.enter_async_context(talk(far.websocket_url, token)) for _ in range(SOCKETS)]
        for socket in sockets:
            await socket.subscribe("1", ACCESS, property=home)
        for stream in streams:
            await stream.frame()
        assert (await ask(far, token, WHO))["viewer"]["roles"] == ["CONTROL_ROOM"]
        if redis is not None:
            redis.kill()
        assert (await ask(near, admin, REVOKE, id=acme.id("control_role")))["roleRevoke"]["userErrors"] == []
        began = time.monotonic()
        codes, _ = await asyncio.gather(
            asyncio.gather(*(socket.closed() for socket in sockets)), asyncio.gather(*map(ended, streams))
        )
        took = time.monotonic() - began
        assert codes == [4403] * SOCKETS
        assert (await ask(far, token, WHO))["viewer"]["roles"] == []
    return took


async def ended(stream: Stream) -> None:
    """Read to the end."""
    while await stream.frame() is not None:
        pass


@pytest.mark.promise(21)
def test_a_right_that_ends_in_one_process_ends_the_streams_of_the_other(
    backend: str, settings: Settings, world: World, tmp_path: Path, reached: Callable[..., None]
) -> None:
    where = "in the one process there is"
    if backend == "sqlite":
        options = {"DATABASE_URL": settings.database_url, "BROKER_URL": "memory://", **MANY}
        with Product(tmp_path, **options) as product:
            took = asyncio.run(revoke(product, product, None, world))
    else:
        where = "in the other process, Redis dead"
        with RedisServer() as redis:
            options = {"DATABASE_URL": settings.database_url, "BROKER_URL": redis.url, **MANY}
            products = [Product(tmp_path / name, **options) for name in ("near", "far")]
            for name in ("near", "far"):
                (tmp_path / name).mkdir()
            with products[0] as near, products[1] as far:
                took = asyncio.run(revoke(near, far, redis, world))
    assert took <= SECONDS
    reached(f"{SOCKETS} sockets and {STREAMS} streams over SSE {where}: ended in {took:.2f} s", count=SOCKETS + STREAMS)
