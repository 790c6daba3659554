"""The clients that our users have, against the product as it is deployed: asking, following, an error, a restart.

All at once before one server, each in a process of its own: what a client must never see is lost or doubled events.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from tests.client import passage
from tests.factories.world import PASSWORD
from tests.faults import FULL
from tests.protocol.gql_client import GqlClient
from tests.protocol.node import talking_node
from tests.protocol.scenario import LAST
from tests.servers.product import Product

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adapters.settings import Settings
    from tests.factories.tenant import Tenant, World
    from tests.protocol.node import Talker

pytestmark = [pytest.mark.servers, pytest.mark.timeout(150)]  # the first time it installs the clients

SOCKETS = ("graphql-ws", "apollo", "urql", "relay")
STREAMS = ("graphql-sse",)
SECONDS = 40.0


# The protocol is the same whatever stands behind it: both at full counts.
BACKENDS = ["sqlite", *([pytest.param("postgres", marks=pytest.mark.postgres)] if FULL else [])]


class Audience:
    """The clients, and what each has told so far."""

    def __init__(self) -> None:
        self.told: dict[str, list[dict[str, Any]]] = {}
        self._changed = asyncio.Event()

    def take(self, name: str, told: dict[str, Any]) -> None:
        """One thing more."""
        self.told.setdefault(name, []).append(told)
        self._changed.set()

    async def listen(self, talker: Talker) -> None:
        """Until the client ends."""
        while (told := await talker.hear()) is not None:
            self.take(talker.name, told)

    async def all(self, **wanted: Any) -> None:
        """Wait until every client has told this."""
        while not all(any(wanted.items() <= told.items() for told in self.told[name]) for name in self.told):
            self._changed.clear()
            await self._changed.wait()

    def of(self, name: str, at: str, key: str) -> list[Any]:
        """What a client told at a step."""
        return [told[key] for told in self.told[name] if told["at"] == at]


async def play(product: Product, tenant: Tenant) -> Audience:
    """Each client from signing in to the last passage."""
    wish = {
        "url": f"{product.url}/graphql",
        "property": tenant.id("home"),
        "signIn": {"organization": tenant.slug, "login": "manager", "password": PASSWORD},
        "last": LAST,
    }
    audience = Audience()
    gql = GqlClient(product.websocket_url, wish, lambda told: audience.take(GqlClient.name, told))
    names = (*SOCKETS, *STREAMS)
    audience.told = {name: [] for name in (*names, GqlClient.name)}
    async with AsyncExitStack() as stack:
        scripts = [talking_node(f"clients/{name}.mjs", orjson.dumps(wish).decode()) for name in names]
        talkers = [await stack.enter_async_context(script) for script in scripts]
        async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as group:
            for talker in talkers:
                group.create_task(audience.listen(talker))
            group.create_task(gql.play())
            await restart_between(product, tenant, audience)
            gql.back.set()
            for talker in talkers:
                await talker.say("back")
            await audience.all(at="heard", number=4)
            await passes(product, tenant, LAST)
    return audience


async def restart_between(product: Product, tenant: Tenant, audience: Audience) -> None:
    """Two passages that all hear, a restart that all notice, two passages while nobody listens."""
    await audience.all(at="following")
    await passes(product, tenant, 1)
    await audience.all(at="worked")
    await passes(product, tenant, 2)
    await audience.all(at="heard", number=2)
    assert await asyncio.to_thread(product.terminate, 15) == 0, product.output()[-3_000:]
    await audience.all(at="closed")
    await asyncio.to_thread(product.start)
    await passes(product, tenant, 3)
    await passes(product, tenant, 4)


async def passes(product: Product, tenant: Tenant, number: int) -> None:
    """Another caller causes an event: a gate's device reports."""
    body = {"messages": [passage(tenant, number, reason=str(number))]}
    async with httpx.AsyncClient(base_url=product.url, trust_env=False) as http:
        headers = {"authorization": f"Bearer {tenant.device_token}"}
        answer = await http.post("/ingest/events", json=body, headers=headers)
    assert answer.json()["results"][0]["status"] == "ACCEPTED", answer.text


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.promise(24)
def test_every_client_asks_follows_and_comes_back(
    settings: Settings, world: World, tmp_path: Path, reached: Callable[..., None]
) -> None:
    workers = "1" if settings.on_sqlite else "2"
    options = {"DATABASE_URL": settings.database_url, "BROKER_URL": settings.broker_url, "WORKERS": workers}
    with Product(tmp_path, **options) as product:
        audience = asyncio.run(play(product, world.acme))
        output = product.output()
    numbers = []
    for name in audience.told:
        assert audience.of(name, "heard", "number") == list(range(1, LAST + 1)), name
        assert audience.of(name, "worked", "refused") == [["BAD_USER_INPUT"]], name
        ((first, second),) = audience.of(name, "worked", "tickets")
        assert first == second, f"{name}: the repeated mutation ran twice"
        numbers.append(first)
        code = None if name in STREAMS else 1012
        assert [code for code in audience.of(name, "closed", "code") if code != 1000] == [code], name
    assert len(set(numbers)) == len(audience.told)
    assert "Traceback" not in output, output[-3_000:]
    reached(f"{len(numbers)} clients over a restart: 0 events lost, 0 doubled", count=len(numbers))
