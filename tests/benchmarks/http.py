"""CPU of a worker for one request over HTTP: `python -m tests.benchmarks.http`.

The real `server.py serve` (one worker, SQLite) answers `{ __typename }` to 32 clients that keep their connections and
send the next request as soon as they have an answer. CPU is what the kernel counted for the worker, user and system. In
the rows "without the read" the operation answers constant bytes: what is left is HTTP, the caller, the limits and the
document.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import orjson

import server
from adapters.settings import Settings
from tests.conftest import fill
from tests.factories.world import PASSWORD
from tests.servers.process import GuardedProcess
from tests.servers.product import ROOT, Product

if TYPE_CHECKING:
    from collections.abc import Iterator

TICK = os.sysconf("SC_CLK_TCK")
SIGN_IN = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token } }"
ANSWER = b'{"data":{"__typename":"Query"},"extensions":{"cost":{"requested":0,"max":20000}}}'
PROFILE, NO_READ = "BENCH_PROFILE", "BENCH_NO_READ"


class Served(Product):
    """The product, started through this module so that it can be profiled and its reads left out."""

    def spawn(self, *arguments: str) -> GuardedProcess:
        """As the product's, by another door."""
        program: list[str | Path] = [sys.executable, "-m", "tests.benchmarks.http", "--serve", *arguments]
        return GuardedProcess(program, self.log, environment=self._environment, folder=ROOT)

    def cpu(self) -> float:
        """Seconds that the worker has computed, user and system."""
        fields = Path(f"/proc/{self.worker_ids()[0]}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


class Caller(asyncio.Protocol):
    """One connection: the next request leaves when the answer is here."""

    def __init__(self, request: bytes, turns: Iterator[int], done: asyncio.Future[None]) -> None:
        self._request, self._turns, self._done = request, turns, done
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The first one."""
        self._transport: Any = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Until the length that the head tells is here."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            if not head.startswith(b"HTTP/1.1 200") or b'"errors"' in body:
                self._done.set_exception(AssertionError((head + body).decode()))
            self._buffer = b""
            self._next()

    def _next(self) -> None:
        if next(self._turns, None) is None:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
        else:
            self._transport.write(self._request)


async def burst(port: int, request: bytes, clients: int, count: int) -> float:
    """The seconds that so many requests take."""
    loop, turns = asyncio.get_running_loop(), iter(range(count))
    done = [loop.create_future() for _ in range(clients)]
    began = time.perf_counter()
    for each in done:
        await loop.create_connection(lambda each=each: Caller(request, turns, each), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*done)
    return time.perf_counter() - began


def request_of(token: str | None, path: str, body: dict[str, Any]) -> bytes:
    """The bytes of one request, as fetch() of a browser or of Node would send it."""
    content = orjson.dumps(body)
    headers = {
        "host": "127.0.0.1",
        "accept": "application/graphql-response+json, application/json;q=0.9",
        "accept-encoding": "gzip, deflate",
        "accept-language": "zh-CN,zh;q=0.9,en;q=0.8",
        "user-agent": "bench",
        "content-type": "application/json",
        **({"authorization": f"Bearer {token}"} if token else {}),
        "content-length": str(len(content)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + content


def sign_in(url: str) -> str:
    """A session of the world's manager."""
    wish = {"organization": "acme", "login": "manager", "password": PASSWORD}
    answer = httpx.post(f"{url}/graphql", json={"query": SIGN_IN, "variables": {"input": wish}}, trust_env=False)
    token: str = answer.json()["data"]["accountSignIn"]["token"]
    return token


def measure(folder: Path, database: str, options: argparse.Namespace, *, reads: bool) -> None:
    """One server, anonymous and signed in."""
    environment = {"DATABASE_URL": database, "LOG_LEVEL": "warning"}
    if options.profile:
        environment[PROFILE] = str(options.profile)
    with Served(folder, **environment) as product:
        token = sign_in(product.url)
        if not reads:
            product.terminate(20)
            product._environment = {**product._environment, NO_READ: "1"}
            product.start()
        for who in (None, token):
            request = request_of(who, "/graphql", {"query": "{ __typename }"})
            asyncio.run(burst(product.port, request, options.clients, 2_000))
            cpu, speed = [], []
            for _ in range(options.rounds):
                before = product.cpu()
                seconds = asyncio.run(burst(product.port, request, options.clients, options.requests))
                cpu.append((product.cpu() - before) / options.requests * 1e6)
                speed.append(options.requests / seconds)
            caller, what = "signed in" if who else "anonymous", "whole" if reads else "without the read"
            spread = f"{min(cpu):,.0f} to {max(cpu):,.0f}"
            print(f"| {caller} | {what} | {statistics.median(cpu):,.0f} | {spread} | {statistics.median(speed):,.0f} |")
        product.terminate(20)


def serve(arguments: list[str]) -> int:
    """In the server's process: its own main, as told by the environment."""
    if os.environ.get(NO_READ):
        from schema.http.execution import CompiledOperation

        async def answer(_: CompiledOperation) -> bytes:
            return ANSWER

        CompiledOperation.run = answer  # type: ignore[assignment,method-assign]
    if PROFILE not in os.environ:
        return server.main(arguments)
    profile = cProfile.Profile()
    try:
        return profile.runcall(server.main, arguments)
    finally:
        profile.dump_stats(os.environ[PROFILE])


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--requests", type=int, default=20_000, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", type=Path, help="write a cProfile of the last server here; figures are then none")
    options = parser.parse_args()
    print("| caller | | CPU µs a request | spread | requests/s |\n|---|---|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = f"sqlite://{folder / 'wuye.db'}"
        asyncio.run(fill(Settings(database_url=database, state_path=folder)))
        for reads in (True, False):
            measure(folder, database, options, reads=reads)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        sys.exit(serve(sys.argv[2:]))
    main()
