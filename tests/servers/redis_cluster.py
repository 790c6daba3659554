"""A real Redis cluster for the tests."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self

from redis import Redis
from redis.exceptions import RedisError

from adapters.cluster import slot_of
from tests.servers.process import free_port
from tests.servers.redis import RedisServer

SLOTS = 16_384
SECONDS = 20.0


class RedisCluster:
    """`count` masters that share the slots, with `spare` and a replica of the first. A node is its number."""

    def __init__(self, make: Callable[..., RedisServer], count: int, *, spare: bool = False) -> None:
        """`make` gets a node's options; it has to know sharded pub/sub. Nothing runs before `with`."""
        self._make = make
        self._count, self._spare = count, spare
        self._open = ExitStack()
        self._buses: list[int] = []
        self.nodes: list[RedisServer] = []

    def __enter__(self) -> Self:
        """Start and join them."""
        with ExitStack() as starting:
            for _ in range(self._count + self._spare):
                starting.enter_context(self._start())
            for number in range(self._count):
                first, last = number * SLOTS // self._count, (number + 1) * SLOTS // self._count - 1
                self.tell(number, "ADDSLOTSRANGE", first, last)
            self._open = starting.pop_all()
        self._join()
        if self._spare:
            self._replicate()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop them."""
        self._open.__exit__(*error)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        """The address of all nodes."""
        return f"redis-cluster://{self.addresses}"

    @property
    def addresses(self) -> str:
        """HOST:PORT of all nodes."""
        return ",".join(node.address for node in self.nodes)

    def tell(self, number: int, *command: Any) -> Any:
        """CLUSTER `command` to a node."""
        with Redis.from_url(self.nodes[number].url) as client:
            return client.execute_command("CLUSTER", *command)

    def has(self, number: int, key: str) -> bool:
        """Whether the node holds the key, as it sees it itself."""
        slot, own = slot_of(key), self.tell(number, "MYID")
        return any(first <= slot <= last and master[2] == own for first, last, master, *_ in self.tell(number, "SLOTS"))

    def move(self, key: str, to: int) -> None:
        """Give the slot of `key` to another node, as resharding does, with what is in it; begun and ended."""
        self.begin_move(key, to)
        self.end_move(key, to)

    def begin_move(self, key: str, to: int) -> int:
        """The old node sends who asks for a key that it has not to the new one; the old node."""
        slot, from_ = slot_of(key), next(number for number in range(self._count) if self.has(number, key))
        self.tell(to, "SETSLOT", slot, "IMPORTING", self.tell(from_, "MYID").decode())
        self.tell(from_, "SETSLOT", slot, "MIGRATING", self.tell(to, "MYID").decode())
        return from_

    def end_move(self, key: str, to: int) -> None:
        """All nodes know the new owner; the old one has given its keys away."""
        slot, owner = slot_of(key), self.tell(to, "MYID").decode()
        host, port = self.nodes[to].address.split(":")
        for number, node in enumerate(self.nodes[: self._count]):
            with Redis.from_url(node.url) as client:
                if number != to and (names := self.tell(number, "GETKEYSINSLOT", slot, 1_000)):
                    client.execute_command("MIGRATE", host, port, "", 0, 5_000, "KEYS", *names)
        for number in [to, *(other for other in range(self._count) if other != to)]:
            self.tell(number, "SETSLOT", slot, "NODE", owner)

    def fail_over(self) -> None:
        """The spare takes its master's place, in order."""
        self.tell(self._count, "FAILOVER")
        self._wait(lambda: self._info(self._count)["role"] == "master")

    def _start(self) -> RedisServer:
        bus = free_port()  # the default, 10,000 above the other, may be an ephemeral one in use
        options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", str(bus)]
        options += ["--repl-diskless-sync-delay", "0"]
        node = self._make(*options)
        self.nodes.append(node)
        self._buses.append(bus)
        return node

    def _join(self) -> None:
        for number in range(1, len(self.nodes)):
            self.tell(number, "MEET", *self.nodes[0].address.split(":"), self._buses[0])
        self._wait(lambda: all(self._whole(number) for number in range(len(self.nodes))))

    def _replicate(self) -> None:
        """A master that does not know its replica yet takes no part in a failover."""
        master = self.tell(0, "MYID").decode()
        self._wait(lambda: self.tell(self._count, "REPLICATE", master))
        self._wait(lambda: self._info(self._count).get("master_link_status") == "up")
        self._wait(lambda: self.tell(0, "REPLICAS", master))

    def _whole(self, number: int) -> bool:
        told = self.tell(number, "INFO").decode()
        return "cluster_state:ok" in told and f"cluster_known_nodes:{len(self.nodes)}" in told

    def _info(self, number: int) -> dict[str, Any]:
        with Redis.from_url(self.nodes[number].url) as client:
            told: dict[str, Any] = client.info("replication")
            return told

    @staticmethod
    def _wait(done: Any) -> None:
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                if done():
                    return
            except RedisError:
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise TimeoutError("the cluster did not come to be")
            time.sleep(0.05)
