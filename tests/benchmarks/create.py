"""Raising a ticket against the bare SQL of it: `python -m tests.benchmarks.create`.

The statements that one ticketCreate sends are recorded with their arguments, and sent again with fresh keys by a bare
asyncpg client, in the same order and the same transaction, from a pool as large as the product's. The product answers
over a socket, served as `server.py serve` serves it, in a process of its own. Both write to the same PostgreSQL, in
rounds that take turns. Figures are medians over the rounds: milliseconds of wall clock and CPU of a request (of the
server, of the bare client; the database's own is in neither).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import uvicorn
import uvloop

from adapters.database import postgres as driver
from adapters.database.postgres.client import Connection
from adapters.database.postgres.pipeline import Pipeline
from adapters.serving import uvicorn_options
from adapters.settings import Limits, Settings
from server import application
from tests.conftest import ROLE, ROLE_PASSWORD, fill, house_of
from tests.servers.postgres import PostgresServer
from tests.servers.process import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.factories.tenant import Tenant

    Statement = tuple[str, tuple[Any, ...]]

CREATE = (
    "mutation ($home: ID!, $unit: ID) { ticketCreate(input: {propertyId: $home, unitId: $unit, kind: REPAIR,"
    ' category: "水电", text: "厨房的水龙头漏水"}) { ticket { id number status createdAt } userErrors { code } } }'
)


def request_of(tenant: Tenant) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the request."""
    body = orjson.dumps({"query": CREATE, "variables": {"home": tenant.id("home"), "unit": tenant.id("unit0")}})
    return body, {"authorization": f"Bearer {tenant.token('manager')}", "content-type": "application/json"}


async def record(settings: Settings, tenant: Tenant) -> list[list[Statement]]:
    """What two warm requests send, each from its first statement to its last."""
    sent: list[Statement] = []
    real, put_off, piped = Connection.belong, Connection.later, Pipeline.read

    async def listened(self: Any, organization_id: UUID | None) -> None:
        if not self._query_loggers:
            self.add_query_logger(lambda query: sent.append((query.query, tuple(query.args or ()))))
        await real(self, organization_id)

    async def later(self: Any, sql: str, *args: Any) -> None:
        sent.append((sql, args))
        await put_off(self, sql, *args)

    def read(self: Any, sql: str, values: Any, organization_id: UUID | None) -> Any:
        sent.append((sql, tuple(values)))
        return piped(self, sql, values, organization_id)

    Connection.belong, Connection.later, Pipeline.read = listened, later, read  # type: ignore[method-assign]
    asgi, found = application(house_of(settings)), []
    body, headers = request_of(tenant)
    async with asgi.router.lifespan_context(asgi):
        await asyncio.sleep(1)  # the background's first looks are over
        transport = httpx.ASGITransport(asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://wuye.test") as http:
            for _ in range(5):
                sent.clear()
                answer = (await http.post("/graphql", content=body, headers=headers)).json()
                assert answer["data"]["ticketCreate"]["ticket"], answer
                found.append([one for one in sent if "rights" not in one[0] and "event_stream WHERE" not in one[0]])
    Connection.belong, Connection.later, Pipeline.read = real, put_off, piped  # type: ignore[method-assign]
    return found[-2:]


def replays(two: list[list[Statement]], count: int) -> list[list[Statement]]:
    """The statements `count` times, each time with keys and a number of its own."""
    one, other = two
    assert [sql for sql, _ in one] == [sql for sql, _ in other], "two requests sent different statements"
    fresh = {a for (_, args), (_, others) in zip(one, other, strict=True) for a, b in _pairs(args, others) if a != b}
    keys = {value for value in fresh if isinstance(value, UUID) or (isinstance(value, str) and len(value) == 36)}
    numbers = {value for value in fresh if isinstance(value, str) and len(value) <= 20}
    found = []
    for _ in range(count):
        new: dict[Any, Any] = {key: type(key)(str(uuid4())) for key in keys}
        new |= {number: f"{number[:4]}{uuid4().hex[:16]}" for number in numbers}
        words = {str(old): str(value) for old, value in new.items()}
        found.append([(sql, tuple(_renewed(arg, new, words) for arg in args)) for sql, args in one])
    return found


def _pairs(args: Any, others: Any) -> list[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = []
    for a, b in zip(args, others, strict=True):
        pairs += _pairs(a, b) if isinstance(a, list | tuple) else [(a, b)]
    return pairs


def _renewed(value: Any, new: dict[Any, Any], words: dict[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_renewed(item, new, words) for item in value)
    if isinstance(value, UUID) or (isinstance(value, str) and value in new):
        return new.get(value, value)
    if isinstance(value, str) and value[:1] in "[{":
        for old, word in words.items():
            value = value.replace(old, word)
    return value


async def _bare(pool: asyncpg.Pool, left: Iterator[list[Statement]]) -> None:
    statements = next(left)
    async with pool.acquire() as connection:
        for sql, args in statements:
            if args and isinstance(args[0], list | tuple) and sql.startswith("INSERT INTO") and "unnest" not in sql:
                await connection.executemany(sql, args)
            else:
                await (connection.fetch(sql, *args) if args else connection.execute(sql))


async def _ask(streams: list[Any], message: bytes) -> None:
    """One request over a kept connection."""
    reader, writer = streams.pop()
    writer.write(message)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    assert b'"ticket":{' in body, body
    streams.append((reader, writer))


async def burst(clients: int, count: int, work: Callable[[], Awaitable[None]]) -> float:
    """Milliseconds from the first to the last of `count` pieces of work, `clients` at a time, for each of them."""
    left = iter(range(count))

    async def client() -> None:
        for _ in left:
            await work()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return (time.perf_counter() - began) * 1000 / count


def serve(settings: Settings, port: int) -> None:
    """The product, in a process of its own."""
    options = {**uvicorn_options(settings), "log_level": "warning"}
    uvicorn.run(application(house_of(settings)), host=HOST, port=port, **options)


async def compare(settings: Settings, tenant: Tenant, port: int, server: int, options: Any) -> None:
    """Both in turns, with one client and with many."""
    two = await record(settings, tenant)
    if options.show:
        print("\n".join(f"{sql[: options.show]}" for sql, _ in two[1]))
    body, headers = request_of(tenant)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    message = f"POST /graphql HTTP/1.1\r\nhost: wuye.test\r\n{lines}content-length: {len(body)}\r\n\r\n".encode() + body
    url = settings.database_url
    pool = await asyncpg.create_pool(url, min_size=driver.POOL, max_size=driver.POOL, setup=None, reset=_nothing)
    organization = str(tenant.keys["organization"])
    connections = [await pool.acquire() for _ in range(driver.POOL)]
    for connection in connections:
        await connection.execute("SELECT set_config('app.organization', $1, false)", organization)
        await pool.release(connection)
    print(f"{len(two[1])} statements of a request")
    print("| clients | bare ms | product ms | ratio | bare CPU ms | product CPU ms |\n|--:|--:|--:|--:|--:|--:|")
    for clients in (1, 32):
        found: list[tuple[float, ...]] = []
        for number in range(options.rounds + 1):
            texts = replays(two, options.requests)
            cpu = time.process_time()
            bare = await burst(clients, options.requests, partial(_bare, pool, iter(texts)))
            bare_cpu = (time.process_time() - cpu) * 1000 / options.requests
            streams = [await asyncio.open_connection(HOST, port) for _ in range(clients)]
            before = _cpu(server)
            product = await burst(clients, options.requests, partial(_ask, streams, message))
            product_cpu = (_cpu(server) - before) * 1000 / options.requests
            for _, writer in streams:
                writer.close()
            if number:  # the first round warms both
                found.append((bare, product, product / bare, bare_cpu, product_cpu))
        middle = [statistics.median(column) for column in zip(*found, strict=True)]
        print(f"| {clients} | " + " | ".join(f"{value:.2f}" for value in middle) + " |", flush=True)
    await pool.close()


def _cpu(pid: int) -> float:
    """Seconds of a process, its own and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _nothing(_connection: Any) -> None:
    """No reset query, as in the product."""


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=200, help="of each round")
    parser.add_argument("--durable", action="store_true", help="commits wait for the disk, as in production")
    parser.add_argument("--show", type=int, default=0, help="print so many characters of each statement")
    options = parser.parse_args()
    most = 1_000_000_000
    with tempfile.TemporaryDirectory() as folder, PostgresServer(durable=options.durable) as postgres:
        name = postgres.create_database()
        settings = Settings(
            database_url=postgres.url(name, ROLE, ROLE_PASSWORD),
            database_admin_url=postgres.url(name),
            state_path=Path(folder),
            limits=Limits(rate_staff=most, cost_per_minute=most),
        )
        world, port = asyncio.run(fill(settings)), free_port()
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, port), daemon=True)
        process.start()
        try:
            _wait(port)
            uvloop.run(compare(settings, world.acme, port, process.pid or 0, options))
        finally:
            process.terminate()
            process.join()


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"http://{HOST}:{port}/health/live", timeout=1)
            return
        time.sleep(0.1)
    raise SystemExit("the product did not start")


if __name__ == "__main__":
    main()
