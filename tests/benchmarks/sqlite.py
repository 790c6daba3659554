"""A page on SQLite at the demo's estates, alone and beside writers: `python -m tests.benchmarks.sqlite`.

The real server in one process, one reader. Beside it: nobody; somebody who raises tickets as fast as they are answered;
and another process that holds the database's one write lock for half a second at a time.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from adapters.demo import PASSWORD
from tests.benchmarks.machine import machine
from tests.benchmarks.read.fire import Shots, fire, request
from tests.benchmarks.read.operation import PRODUCT
from tests.benchmarks.usage import cpu
from tests.servers.process import HOST
from tests.servers.product import Product

if TYPE_CHECKING:
    from collections.abc import Iterator

HELD_SECONDS = 0.5
SIGN_IN = (
    'mutation ($password: String!) { accountSignIn(input: {organization: "demo", login: "manager",'
    " password: $password}) { token } }"
)


class Estate:
    """The demo behind a server."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        token = self.ask(SIGN_IN, password=PASSWORD)["accountSignIn"]["token"]
        self._headers["Authorization"] = f"Bearer {token}"
        homes = self.ask("{ properties { nodes { id } } }")["properties"]["nodes"]
        self._home = max((home["id"] for home in homes), key=lambda id_: len(self.page(id_)))
        self.unit = self.ask("query ($id: ID!) { units(propertyId: $id, first: 1) { nodes { id } } }", id=self._home)

    def ask(self, query: str, **variables: str) -> Any:
        """One answer. Raises AssertionError."""
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.product.url}/graphql", json=body, headers=self._headers, trust_env=False).json()
        assert not answer.get("errors"), answer
        return answer["data"]

    def page(self, home: str) -> list[Any]:
        """The page that is measured."""
        found: list[Any] = self.ask(PRODUCT["page"], property=home)["tickets"]["nodes"]
        return found

    def read(self) -> list[bytes]:
        """The reader's request."""
        return [self._request(PRODUCT["page"], {"property": self._home})]

    def write(self) -> list[bytes]:
        """The writer's request."""
        unit = self.unit["units"]["nodes"][0]["id"]
        values = {"property": self._home, "unit": unit, "category": "水管", "text": "厨房水管漏水"}
        return [self._request(PRODUCT["create"], values)]

    def _request(self, query: str, variables: dict[str, str]) -> bytes:
        body = orjson.dumps({"query": query, "variables": variables})
        return request(f"{HOST}:{self.product.port}", "/graphql", self._headers, body)


@contextmanager
def holding(path: Path) -> Iterator[list[int]]:
    """Another process's write lock, taken again and again; how often."""
    taken: list[int] = [0]
    stop = threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        while not stop.is_set():
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE ticket SET version = version + 1")
            stop.wait(HELD_SECONDS)
            connection.execute("ROLLBACK")
            taken[0] += 1
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield taken
    finally:
        stop.set()
        thread.join()


async def measure(
    estate: Estate, seconds: float, beside: list[bytes] | None = None
) -> tuple[Shots, Shots | None, float]:
    """The reader's answers, the writer's, and CPU seconds of the server in the reader's window."""
    pid, port = estate.product.worker_ids()[0], estate.product.port
    used: list[float] = []
    reading = fire(port, estate.read(), seconds, 1.0, lambda: used.append(cpu(pid)), clients=1)
    if beside is None:
        return await reading, None, used[1] - used[0]
    writing = fire(port, beside, seconds + 1.0, 0.0, lambda: None, clients=1)
    shots, others = await asyncio.gather(reading, writing)
    return shots, others, used[1] - used[0]


def line(name: str, shots: Shots, used: float, writer: str) -> str:
    """A row of the table."""
    waits = " | ".join(f"{shots.wait(share):.2f}" for share in (0.5, 0.95, 0.99))
    return f"| {name} | {waits} | {used / len(shots.waits) * 1000:.2f} | {len(shots.waits):,} | {writer} |"


def main() -> None:
    """Load the demo, serve it, print the table."""
    parser = argparse.ArgumentParser("tests.benchmarks.sqlite")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each of the three (default 10)")
    seconds = parser.parse_args().seconds
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wuye-bench-")))
        database = folder / "wuye.db"
        product = Product(folder, DATABASE_URL=f"sqlite://{database}", LOG_LEVEL="warning")
        product.command("migrate")
        product.command("demo", seconds=300)
        estate = Estate(stack.enter_context(product))
        print(f"{machine()}; the demo's largest page of 50 tickets with three relations; one reader")
        print("| beside | p50 ms | p95 ms | p99 ms | server CPU ms | pages read | writes |")
        print("|---|--:|--:|--:|--:|--:|--:|")
        alone, _, used = asyncio.run(measure(estate, seconds))
        print(line("nobody", alone, used, "–"), flush=True)
        shots, writer, used = asyncio.run(measure(estate, seconds, estate.write()))
        assert writer is not None
        print(line("a writer through the server", shots, used, f"{len(writer.waits)} tickets raised"), flush=True)
        with holding(database) as taken:
            held, _, used = asyncio.run(measure(estate, seconds))
        assert taken[0] > 0, "the lock was never held"
        print(line("another process holding the write lock", held, used, f"{taken[0]} × {HELD_SECONDS} s held"))
        assert held.wait(0.99) < HELD_SECONDS * 1000 / 2, "a reader waited for a writer"


if __name__ == "__main__":
    main()
