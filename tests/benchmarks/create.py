"""What raising a ticket takes, beside its own SQL sent by a bare client: `python -m tests.benchmarks.create`.

The statements are listened to while the product raises two tickets; what differs between the two (ids, number, time) is
made anew for each replay. Product and replay take turns, one client each, on PostgreSQL with fsync on; the replay uses
the application role, one connection, prepared statements. Goal: at most 1.5 × (docs/performance.md).
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import UUID

import asyncpg
import httpx
import orjson

import adapters.database.postgres as engine
from adapters.clock import SystemClock
from adapters.identity import Identity
from adapters.settings import Settings
from models.rules.number import number
from server import application
from tests.benchmarks.read.fire import fire, request
from tests.benchmarks.read.operation import PRODUCT
from tests.benchmarks.read.report import machine
from tests.conftest import ROLE, ROLE_PASSWORD, fill, house_of
from tests.servers.postgres import PostgresServer
from tests.servers.process import HOST
from tests.servers.product import Product

if TYPE_CHECKING:
    from tests.factories.tenant import Tenant

Statement = tuple[str, tuple[Any, ...]]
GOAL = 1.5
asking: ContextVar[bool] = ContextVar("asking", default=False)  # the jobs beside the request do not have it


def body(tenant: Tenant) -> bytes:
    """The request."""
    asked = {"property": tenant.id("home"), "unit": tenant.id("unit0"), "category": "水管", "text": "厨房水管漏水"}
    return orjson.dumps({"query": PRODUCT["create"], "variables": asked})


def headers(tenant: Tenant) -> dict[str, str]:
    """Signed in as the manager."""
    return {"Content-Type": "application/json", "Authorization": f"Bearer {tenant.token('manager')}"}


async def listen(settings: Settings, tenant: Tenant) -> tuple[list[Statement], list[Statement]]:
    """What two raised tickets sent: the first two, one after the other, that sent the same statements."""
    heard: list[Statement] = []
    known: set[int] = set()

    def hear(logged: Any) -> None:
        if (
            asking.get() and "set_config" not in logged.query
        ):  # the pool's, when another Organization had the connection
            heard.append((logged.query, tuple(logged.args or ())))

    async def hand_out(connection: Any) -> None:
        await connection.belong(engine._organization.get())
        if id(connection._con) not in known:
            known.add(id(connection._con))
            connection.add_query_logger(hear)

    previous: list[Statement] = []
    with patch.object(engine, "_hand_out", hand_out):
        asgi = application(house_of(settings))
        async with asgi.router.lifespan_context(asgi):
            transport = httpx.ASGITransport(asgi)
            async with httpx.AsyncClient(transport=transport, base_url="http://wuye.test") as http:
                asking.set(True)
                for _ in range(20):  # the first warms caches, and reads of the answer run side by side
                    heard.clear()
                    response = await http.post("/graphql", content=body(tenant), headers=headers(tenant))
                    assert response.json()["data"]["ticketCreate"]["ticket"], response.text
                    await asyncio.sleep(0)  # the last one is told of in the next turn of the loop
                    now = list(heard)
                    if previous and [sql for sql, _ in now] == [sql for sql, _ in previous]:
                        return previous, now
                    previous = now
    raise AssertionError("no two tickets sent the same statements")


def plain(value: Any) -> set[UUID | str]:
    """The ids and texts among arguments, however nested; not documents."""
    if isinstance(value, list | tuple):
        return {found for item in value for found in plain(item)}
    return {value} if isinstance(value, UUID) or (isinstance(value, str) and value[:1] not in ("{", "[")) else set()


class Replay:
    """The statements of a ticket, sent again with new ids."""

    def __init__(self, first: list[Statement], second: list[Statement]) -> None:
        self._statements = first
        self._fresh = plain(first) - plain(second)
        self._identity = Identity(SystemClock())

    async def run(self, connection: asyncpg.Connection) -> None:
        """Once."""
        new: dict[Any, Any] = {value: self._another(value) for value in self._fresh}
        for sql, args in self._statements:
            values = self._renewed(args, new)
            if args and isinstance(args[0], list | tuple) and "INSERT" in sql:
                await connection.executemany(sql, values)
            elif args:
                await connection.fetch(sql, *values)
            else:
                await connection.execute(sql)

    def _another(self, value: UUID | str) -> UUID | str:
        drawn = self._identity.uuid()
        if isinstance(value, UUID):
            return drawn
        return number(datetime.now(UTC).date(), drawn.int) if len(value) < len(drawn.hex) else str(drawn)

    def _renewed(self, value: Any, new: dict[Any, Any]) -> Any:
        if isinstance(value, list | tuple):
            return [self._renewed(item, new) for item in value]
        if isinstance(value, str) and value.startswith(("{", "[")):
            for old, fresh in new.items():
                value = value.replace(str(old), str(fresh))
            return value
        return new.get(value, value) if isinstance(value, UUID | str) else value


async def replayed(url: str, tenant: Tenant, replay: Replay, seconds: float) -> float:
    """The median time of a replay, in milliseconds."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"SELECT set_config('app.organization', '{tenant.keys['organization']}', false)")
        for _ in range(20):
            await replay.run(connection)
        waits, until = [], time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            await replay.run(connection)
            waits.append(time.perf_counter() - began)
    finally:
        await connection.close()
    return statistics.median(waits) * 1000


async def measure(settings: Settings, product: Product, tenant: Tenant, rounds: int, seconds: float) -> None:
    """In turns; print the medians over the rounds."""
    first, second = await listen(settings, tenant)
    replay = Replay(first, second)
    asked = [request(f"{HOST}:{product.port}", "/graphql", headers(tenant), body(tenant))]
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(await replayed(settings.database_url, tenant, replay, seconds))
        ours.append((await fire(product.port, asked, seconds, 0.5, lambda: None, clients=1)).wait(0.5))
    product_ms, sql_ms = statistics.median(ours), statistics.median(bare)
    print(f"{machine()}; {len(first)} statements, one client, {rounds} rounds of {seconds:.0f} s each, medians")
    print(f"product {product_ms:.2f} ms ({min(ours):.2f}–{max(ours):.2f})")
    print(f"its SQL {sql_ms:.2f} ms ({min(bare):.2f}–{max(bare):.2f})")
    print(f"{product_ms / sql_ms:.2f} × (goal: {GOAL} ×)")


def main() -> None:
    """Start PostgreSQL and the server, measure, print."""
    parser = argparse.ArgumentParser("tests.benchmarks.create")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each, in each round (default 4)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wuye-bench-") as folder, PostgresServer(durable=True) as postgres:
        name = postgres.create_database()
        settings = Settings(
            database_url=postgres.url(name, ROLE, ROLE_PASSWORD),
            database_admin_url=postgres.url(name),
            state_path=Path(folder),
        )
        world = asyncio.run(fill(settings))
        with Product(Path(folder), DATABASE_URL=settings.database_url, LOG_LEVEL="warning") as product:
            asyncio.run(measure(settings, product, world.acme, options.rounds, options.seconds))


if __name__ == "__main__":
    main()
