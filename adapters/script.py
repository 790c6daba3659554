"""Small programs that Redis runs whole: on one server, or in a cluster at the node that has their keys."""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING, Any, Protocol

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AskError, ClusterError, MovedError, NoScriptError

from adapters.cluster import Cluster, names_cluster, slot_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.cluster import Address

    Value = str | float
MOST_REDIRECTIONS = 5


class Scripts(Protocol):
    """Runs scripts. In a cluster all `keys` of one have the same slot: what they share stands in braces, `a.{user}`."""

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[Value]) -> Any:
        """What `script` (Lua) returns. Raises RedisError or OSError."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


class ServerScripts:
    """On one server."""

    def __init__(self, url: str, retries: int) -> None:
        self._redis = redis.Redis.from_url(url, **_options(retries))

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[Value]) -> Any:
        """By its digest, and whole when the server does not know it yet."""
        return await _run(self._redis, script, keys, arguments)

    async def close(self) -> None:
        """Nothing waits."""
        await self._redis.aclose()


class ClusterScripts:
    """In a cluster, as on one server at each node."""

    def __init__(self, url: str, retries: int) -> None:
        self._cluster = Cluster(url, **_options(retries))

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[Value]) -> Any:
        """Where the keys are, also while they move."""
        slot = slot_of(keys[0])
        for _ in range(MOST_REDIRECTIONS):
            address: Address | None = None
            try:
                address = await self._cluster.owner(slot)
                return await _run(self._cluster.client(address), script, keys, arguments)
            except MovedError as error:
                self._cluster.moved(error, address)  # type: ignore[arg-type]  # only a node says so
            except AskError as error:
                return await self._asking((error.host, error.port), script, keys, arguments)
            except BaseException:  # also when we are told to wait no longer: the node may hang
                self._cluster.doubt()
                raise
        raise ClusterError("the nodes send us round in a circle")

    async def _asking(self, address: Address, script: str, keys: Sequence[str], arguments: Sequence[Value]) -> Any:
        """At the node that is about to have the slot; it answers the command that comes right behind ASKING."""
        async with self._cluster.client(address).pipeline(transaction=False) as pipe:
            pipe.execute_command("ASKING")
            pipe.eval(script, len(keys), *keys, *arguments)
            return (await pipe.execute())[1]

    async def close(self) -> None:
        """Nothing waits."""
        await self._cluster.aclose()


def _options(retries: int) -> dict[str, Any]:
    """Whoever asks says how long he waits."""
    return {"socket_timeout": None, "socket_connect_timeout": 2, "retry": Retry(NoBackoff(), retries)}


async def _run(client: redis.Redis, script: str, keys: Sequence[str], arguments: Sequence[Value]) -> Any:
    digest = sha1(script.encode(), usedforsecurity=False).hexdigest()
    try:
        return await client.evalsha(digest, len(keys), *keys, *arguments)
    except NoScriptError:
        return await client.eval(script, len(keys), *keys, *arguments)


def make_scripts(url: str, retries: int) -> Scripts:
    """By the scheme of `url`; `retries`: how often what a connection broke off is sent again."""
    return (ClusterScripts if names_cluster(url) else ServerScripts)(url, retries)
