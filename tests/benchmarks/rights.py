"""What rights cost on a tiny query: `python -m tests.benchmarks.rights`.

The same requests run in one process against the same database, in rounds that take turns: with rights as they are (the
token looked up, the cached Viewer, the scope in the statement) and without (a Viewer that is fixed, no predicate of
scope; on PostgreSQL row-level security stands in both). Figures are medians over the rounds: requests a second, and
CPU of this process per request.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import httpx
import orjson

import models.scope
from adapters.limit import Limits
from adapters.settings import Settings
from models.predicate import EVERYTHING
from resolvers.rights import Viewers
from server import application
from tests.conftest import ROLE, ROLE_PASSWORD, fill, house_of
from tests.servers.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.viewer import Viewer
    from tests.factories.tenant import Tenant

QUERIES = {
    "one row": "query ($id: ID!) { gate(id: $id) { name state } }",
    "a list of three": "query ($id: ID!) { gates(propertyId: $id, first: 3) { nodes { name state } } }",
}
ROWS = {"one row": "gate0", "a list of three": "home"}
LOGINS = ("manager", "resident")
ENDLESS = Limits(rate_resident=10**9, rate_staff=10**9, cost_per_minute=10**12)  # else it ends at 429


@dataclass
class Rounds:
    """Seconds and CPU seconds of a request, a round each."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@contextmanager
def without_rights(viewer: Viewer) -> Iterator[None]:
    """Whoever asks is `viewer`, and scope shows everything."""
    real = models.scope.visible
    torn = [module for module in list(sys.modules.values()) if getattr(module, "visible", None) is real]

    async def fixed(_self: Viewers, _token: str) -> Viewer:
        return viewer

    for module in torn:
        module.visible = lambda _model, _viewer: EVERYTHING  # type: ignore[attr-defined]
    try:
        with patch.object(Viewers, "__call__", fixed):
            yield
    finally:
        for module in torn:
            module.visible = real  # type: ignore[attr-defined]


async def burst(http: httpx.AsyncClient, body: bytes, headers: dict[str, str], count: int, found: Rounds) -> bytes:
    """So many requests, one after the other; an answer."""
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        response = await http.post("/graphql", content=body, headers=headers)
        assert response.status_code == 200, response.text
    found.seconds.append((time.perf_counter() - began) / count)
    found.cpu.append((time.process_time() - cpu) / count)
    return response.content


async def measure(settings: Settings, name: str, rounds: int, count: int) -> None:
    """Both ways, in turns."""
    world = await fill(settings)
    asgi = application(house_of(settings))
    async with asgi.router.lifespan_context(asgi):
        transport = httpx.ASGITransport(asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://wuye.test") as http:
            for login in LOGINS:
                for query in QUERIES:
                    await compare(http, world.acme, login, query, name, (rounds, count), asgi)


async def compare(
    http: httpx.AsyncClient, tenant: Tenant, login: str, query: str, name: str, size: tuple[int, int], asgi: Any
) -> None:
    """One query of one account."""
    rounds, count = size
    body = orjson.dumps({"query": QUERIES[query], "variables": {"id": tenant.id(ROWS[query])}})
    headers = {"authorization": f"Bearer {tenant.token(login)}", "content-type": "application/json"}
    viewer = await asgi.state.viewers(tenant.token(login))
    ways = {"with": Rounds(), "without": Rounds()}
    await burst(http, body, headers, count, Rounds())
    for _ in range(rounds):
        held = await burst(http, body, headers, count, ways["with"])
        with without_rights(viewer):
            assert await burst(http, body, headers, count, ways["without"]) == held
    speed = {way: 1 / statistics.median(found.seconds) for way, found in ways.items()}
    cpu = {way: statistics.median(found.cpu) * 1e6 for way, found in ways.items()}
    cost = 100 * (1 - speed["with"] / speed["without"])
    more = 100 * (cpu["with"] / cpu["without"] - 1)
    print(
        f"| {name} | {login} | {query} | {speed['with']:,.0f} | {speed['without']:,.0f} | {cost:.1f} %"
        f" | {cpu['with']:,.0f} | {cpu['without']:,.0f} | {more:+.1f} % |",
        flush=True,
    )


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="of each way")
    parser.add_argument("--requests", type=int, default=100, help="of each round")
    options = parser.parse_args()
    print("| database | who | query | req/s with | without | cost | CPU µs with | without | more |")
    print("|---|---|---|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        small = Settings(database_url=f"sqlite://{path / 'wuye.db'}", state_path=path, limits=ENDLESS)
        asyncio.run(measure(small, "SQLite", options.rounds, options.requests))
        with PostgresServer() as server:
            database = server.create_database()
            large = Settings(
                database_url=server.url(database, ROLE, ROLE_PASSWORD),
                database_admin_url=server.url(database),
                state_path=path,
                limits=ENDLESS,
            )
            asyncio.run(measure(large, "PostgreSQL", options.rounds, options.requests))


if __name__ == "__main__":
    main()
