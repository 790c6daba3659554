"""Who serves: the product as `server.py serve`, peers as their documentation runs them, and the two limits.

A contender is started fresh for each measurement, so that memory and connects are those of a server that has just come
up. `publish` brings events to it the way its users would: the product's go into its database, with a ring of its
doorbell; everybody else's go through Redis and carry the whole answer, which favours them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from redis.asyncio import Redis

from tests.benchmarks.live import msgpack
from tests.benchmarks.npm import install, node
from tests.servers.process import HOST, Guarded, GuardedProcess, free_port, listens
from tests.servers.product import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.benchmarks.live.world import Scene

SOURCES = Path(__file__).with_name("peers")
START_SECONDS = 60.0


class Contender(ABC):
    """One server."""

    path = "/graphql"
    signs_in = False
    """Whether its sockets are those of accounts."""

    def __init__(self, name: str, folder: Path, redis_url: str) -> None:
        self.name = name
        self.folder = folder
        self.redis_url = redis_url
        self.port = 0

    @abstractmethod
    def start(self) -> None:
        """Start and wait until it answers."""

    @property
    @abstractmethod
    def pid(self) -> int:
        """The process that serves."""

    @abstractmethod
    def stop(self) -> None:
        """End it."""

    @abstractmethod
    async def open(self) -> None:
        """Get ready to publish."""

    @abstractmethod
    async def publish(self, scene: Scene, first: int, count: int, leaves: Callable[[int], None]) -> None:
        """Events `first` and on; `leaves` is told each number just before its commit or its publish call."""

    @abstractmethod
    async def close(self) -> None:
        """Publish no more."""

    def log(self) -> str:
        """The end of what it wrote."""
        path = self.folder / "log"
        return path.read_text(errors="replace")[-2_000:] if path.exists() else ""


class Peer(Guarded, Contender):
    """A server of its own program that hears events from Redis."""

    def __init__(self, name: str, folder: Path, redis_url: str) -> None:
        super().__init__(name, folder, redis_url)
        self._redis: Redis | None = None

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """What to run."""

    def encode(self, topic: str, event: dict[str, Any]) -> bytes:
        """A message as its publisher writes it."""
        return orjson.dumps({"workOrderChanged": event})

    def environment(self) -> dict[str, str]:
        """What its program is told."""
        return {
            "PATH": os.environ["PATH"],
            "PORT": str(self.port),
            "REDIS_URL": self.redis_url,
            "NODE_ENV": "production",
            "PYTHONPATH": f"{self.folder / 'packages'}:{ROOT}",
        }

    def start(self) -> None:
        """Start and wait until the port is open."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log").unlink(missing_ok=True)
        self.port = free_port()
        self._process = GuardedProcess(
            self.command(), self.folder / "log", environment=self.environment(), folder=self.folder
        )
        deadline = time.monotonic() + START_SECONDS
        while not listens(self.port):
            assert self._process.poll() is None, f"{self.name} ended:\n{self._process.tail(40)}"
            assert time.monotonic() < deadline, f"{self.name} is not ready:\n{self._process.tail(40)}"
            time.sleep(0.05)

    async def open(self) -> None:
        """A client of Redis."""
        self._redis = Redis.from_url(self.redis_url)

    async def publish(self, scene: Scene, first: int, count: int, leaves: Callable[[int], None]) -> None:
        """One message each, in one pipeline."""
        assert self._redis is not None
        async with self._redis.pipeline(transaction=False) as pipeline:
            for number in range(first, first + count):
                topic = f"workOrderChanged:{scene.topic(number)}"
                pipeline.publish(topic, self.encode(topic, scene.payload(number)))
                leaves(number)
            await pipeline.execute()

    async def close(self) -> None:
        """Drop the client."""
        if self._redis is not None:
            await self._redis.aclose()


class NodePeer(Peer):
    """A Node server; its packages are installed into the run's folder by its lock."""

    def command(self) -> Sequence[str | Path]:
        """Node and the server, copied beside its packages."""
        source = SOURCES / self.name
        install(self.folder, (source / "package.json").read_text(), (source / "package-lock.json").read_text())
        for path in (source / "server.mjs", SOURCES / "schema.graphql"):
            shutil.copy(path, self.folder / path.name)
        return [node(self.folder.parent), self.folder / "server.mjs"]


class Mercurius(NodePeer):
    """mqemitter-redis wraps a message in MessagePack, with an id of its own."""

    def encode(self, topic: str, event: dict[str, Any]) -> bytes:
        """As it does."""
        wrapped = {"id": os.urandom(8).hex(), "msg": {"topic": topic, "payload": {"workOrderChanged": event}}}
        return msgpack.encode(wrapped)


class PythonPeer(Peer):
    """A Python server of this repository on uvicorn, uvloop and the product's WebSocket implementation."""

    application = "limit:app"
    lock: str | None = None

    def command(self) -> Sequence[str | Path]:
        """uvicorn."""
        self._install()
        flags = ["--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio", "--no-access-log"]
        place = ["--host", HOST, "--port", str(self.port), "--log-level", "warning"]
        return [sys.executable, "-m", "uvicorn", f"tests.benchmarks.live.peers.{self.application}", *place, *flags]

    def _install(self) -> None:
        """What the product does not have, into a folder of its own that comes first."""
        if self.lock is None:
            return
        lock, stamp = SOURCES / self.lock, self.folder / "packages" / "lock"
        if stamp.exists() and stamp.read_text() == lock.read_text():
            return
        uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "--python", sys.executable]
        subprocess.run([*uv, "--target", self.folder / "packages", "--requirement", lock], check=True)
        shutil.copy(lock, stamp)


class Strawberry(PythonPeer):
    """broadcaster with the redis that its backend was made for; compression off, as everywhere."""

    application = "strawberry_app:app"
    lock = "strawberry.txt"

    def encode(self, topic: str, event: dict[str, Any]) -> bytes:
        """The event itself, without the name of its field."""
        return orjson.dumps(event)

    def command(self) -> Sequence[str | Path]:
        """With an option that the others do not need."""
        return [*super().command(), "--ws-per-message-deflate", "false"]


class Uvicorn(PythonPeer):
    """The limit of plain ASGI."""

    def encode(self, topic: str, event: dict[str, Any]) -> bytes:
        """As it will be sent."""
        return orjson.dumps({"n" if name == "version" else name: value for name, value in event.items()})

    def command(self) -> Sequence[str | Path]:
        """As the product runs it, but for its own transport."""
        return [*super().command(), "--ws-per-message-deflate", "false"]


class Picows(Uvicorn):
    """The limit of a WebSocket writer in C."""

    lock = "picows.txt"

    def command(self) -> Sequence[str | Path]:
        """A program of its own."""
        self._install()
        return [sys.executable, "-m", "tests.benchmarks.live.peers.limit"]
