"""A Redis cluster as far as we use it: which node has which slot, and a client for each node.

redis-py's own client asks for every command that Redis knows before its first (150 ms, longer than a limit waits for a
counter), needs twice the time for a script, and looks at one node after the other for what was published.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import redis.asyncio as redis
from redis.crc import key_slot
from redis.exceptions import ClusterDownError, RedisError
from redis.exceptions import ConnectionError as Unreachable

if TYPE_CHECKING:
    from redis.exceptions import MovedError

    Address = tuple[str, int]

CLUSTER = "-cluster"  # behind the scheme
PORT = 6379


def names_cluster(url: str) -> bool:
    """Whether it is redis-cluster://HOST:6379,HOST:6379 (or rediss-cluster://, with TLS)."""
    return url.split("://", 1)[0] in ("redis-cluster", "rediss-cluster")


def slot_of(key: str) -> int:
    """Of a key, or of a channel of sharded pub/sub."""
    return key_slot(key.encode())


class ClusterUrl:
    """The address of a cluster: some of its nodes, and how to speak to any. Raises ValueError."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        login, at, hosts = parts.netloc.rpartition("@")
        self.seeds: list[Address] = []
        for host in hosts.split(","):
            one = urlsplit(f"//{host}")
            if not one.hostname:
                raise ValueError("a host is missing")
            self.seeds.append((one.hostname, one.port or PORT))
        if parts.path not in ("", "/", "/0"):
            raise ValueError("a cluster has database 0 only")
        self._scheme, self._login = parts.scheme.removesuffix(CLUSTER), login + at
        self._query = f"?{parts.query}" if parts.query else ""

    def node(self, address: Address) -> str:
        """The url of one node."""
        host, port = address
        return f"{self._scheme}://{self._login}{f'[{host}]' if ':' in host else host}:{port}/0{self._query}"


class Cluster:
    """Nodes and slots. What it knows may be old: whoever is sent elsewhere says `moved`, whoever fails `doubt`."""

    def __init__(self, url: str, **options: Any) -> None:
        """`options` are those of redis.Redis, for each node."""
        self._url = ClusterUrl(url)
        self._options = options
        self._clients: dict[Address, redis.Redis] = {}
        self._starts: list[int] = []  # of ranges of slots
        self._ranges: list[tuple[int, Address]] = []  # the last slot of each, and who has it
        self._moved: dict[int, Address] = {}  # what we were told since
        self._asked = list(self._url.seeds)  # whom to ask next; who did not answer is last
        self._doubted = True
        self._asking = asyncio.Lock()

    def client(self, address: Address) -> redis.Redis:
        """For commands to a node."""
        client = self._clients.get(address)
        if client is None:
            client = self._clients[address] = redis.Redis.from_url(self._url.node(address), **self._options)
        return client

    async def owner(self, slot: int) -> Address:
        """Who has `slot`; asks a node first where there is doubt. Raises RedisError."""
        if self._doubted:
            async with self._asking:
                if self._doubted:
                    await self._ask()
        if slot in self._moved:
            return self._moved[slot]
        place = bisect_right(self._starts, slot) - 1
        if place < 0 or slot > self._ranges[place][0]:
            self._doubted = True
            raise ClusterDownError("CLUSTERDOWN no node has the slot")
        return self._ranges[place][1]

    def moved(self, error: MovedError, said: Address) -> None:
        """The node `said` tells who has a slot now; without a host it means its own."""
        self._moved[error.slot_id] = (error.host or said[0], error.port)

    def doubt(self) -> None:
        """A node failed, or has lost a slot: ask before the next command."""
        self._doubted = True

    async def aclose(self) -> None:
        """Give the connections back."""
        clients, self._clients = self._clients, {}
        await asyncio.gather(*(client.aclose() for client in clients.values()), return_exceptions=True)  # one may hang

    async def _ask(self) -> None:
        """Nodes known, then those of the url. A node that hangs and is given up has moved to the end before."""
        last: Exception | None = None
        for _ in range(len(self._asked)):
            address = self._asked.pop(0)
            self._asked.append(address)
            try:
                found = await self.client(address).execute_command("CLUSTER SLOTS")  # type: ignore[no-untyped-call]  # redis has not typed it
            except (RedisError, OSError) as error:
                last = error
                continue
            self._asked.remove(address)  # it answers: first again
            self._asked.insert(0, address)
            self._learn(found, address[0])
            for gone in self._clients.keys() - set(self._asked):
                await self._clients.pop(gone).aclose()
            return
        raise Unreachable(f"no node of the cluster answers: {last}")

    def _learn(self, found: list[Any], asked: str) -> None:
        ranges = sorted((first, last, _address(master, asked)) for first, last, master, *_ in found)
        self._starts = [first for first, _, _ in ranges]
        self._ranges = [(last, address) for _, last, address in ranges]
        self._moved.clear()
        nodes = {_address(node, asked) for _, _, *nodes in found for node in nodes}
        kept = [address for address in self._asked if address in nodes or address in self._url.seeds]
        self._asked = [*kept, *sorted(nodes.difference(kept))]
        self._doubted = not found


def _address(node: list[Any], asked: str) -> Address:
    """A node that does not know its own host is the one that we asked."""
    host = node[0].decode() if isinstance(node[0], bytes) else node[0]
    return (asked if host in (None, "", "?") else host), int(node[1])
