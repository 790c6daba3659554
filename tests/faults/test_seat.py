"""The sockets of a user are counted over real processes, and those of a process that is killed are free again."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, ExitStack
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed

from tests.live.websocket import dial
from tests.servers.product import Product

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.settings import Settings
    from tests.factories.tenant import World
    from tests.servers.redis import RedisServer

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.postgres]
MOST, ALIVE_SECONDS, SECONDS = 10, 4.0, 30.0


@pytest.fixture
def backend() -> str:
    """Several processes are a matter of PostgreSQL and Redis."""
    return "postgres"


@pytest.fixture
def products(settings: Settings, redis: RedisServer, tmp_path: Path) -> Iterator[list[Product]]:
    """Two processes of one installation, each with its own port."""
    both = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        options = {"DATABASE_URL": settings.database_url, "BROKER_URL": redis.url, "WORKERS": "1"}
        both.append(Product(tmp_path / name, **options, LIMIT_WS_PROCESS_SECONDS=str(ALIVE_SECONDS)))
    with ExitStack() as stack:
        for product in both:
            product.launch()
            stack.callback(product.__exit__)
        for product in both:
            product.wait_ready()
        yield both


async def connect(stack: AsyncExitStack, product: Product, token: str) -> str:
    """The answer to one more socket, which stays open: the type of a message, or the code of the close."""
    socket = await stack.enter_async_context(dial(product.websocket_url))
    await socket.send("connection_init", payload={"token": token})
    try:
        return str((await socket.receive())["type"])
    except ConnectionClosed as closed:
        return str(closed.rcvd and closed.rcvd.code)


async def test_ten_in_all_and_a_killed_process_frees_its_own(products: list[Product], world: World) -> None:
    one, two = products
    token = world.acme.token("control")
    async with AsyncExitStack() as stack:
        at_once = await asyncio.gather(*(connect(stack, products[n % 2], token) for n in range(MOST + 2)))
        assert sorted(at_once) == ["4429"] * 2 + ["connection_ack"] * MOST
        assert [await connect(stack, product, token) for product in products] == ["4429"] * 2
        assert await connect(stack, two, world.acme.token("manager")) == "connection_ack"
        one.kill()
        freed = at_once[0::2].count("connection_ack")
        async with asyncio.timeout(SECONDS):
            for _ in range(freed):
                while await connect(stack, two, token) != "connection_ack":  # noqa: ASYNC110 - it is not told
                    await asyncio.sleep(0.1)
        assert await connect(stack, two, token) == "4429"
