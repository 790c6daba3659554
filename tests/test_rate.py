"""How often a caller may ask, and for how much: the same on HTTP, WebSocket and SSE, shared by processes."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest

from adapters.counter import SharedCounters, make_counters
from adapters.settings import Limits
from tests.conftest import house_of
from tests.live.websocket import dial
from tests.servers.process import free_port
from tests.transport import TRANSPORTS, ask

if TYPE_CHECKING:
    import httpx

    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live

VIEWER = "{ viewer { roles } }"
ON_REDIS = [pytest.param("postgres", marks=pytest.mark.postgres)]
PAGE = "query ($n: Int) { properties(first: $n) { nodes { id } } }"


@pytest.fixture
def limits() -> Limits:
    rates = {"rate_anonymous": 3, "rate_resident": 6, "rate_staff": 12}
    patient = 5.0  # a busy machine must not pass for a Redis that is away
    return Limits(**rates, cost_resident=50, cost_staff=80, cost_per_minute=200, counter_seconds=patient)


@pytest.fixture
def house(settings: Settings) -> House:
    """Behind a proxy on this machine, in production."""
    return house_of(replace(settings, trusted_proxies=(ip_network("127.0.0.0/8"),), production=True))


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


async def test_a_minutes_requests_are_counted_on_all_transports_together(live: Live) -> None:
    for transport in TRANSPORTS * 2:
        assert codes(await ask(live, transport, VIEWER, "resident")) == []
    for transport in TRANSPORTS:
        refused = await ask(live, transport, VIEWER, "resident")
        assert "data" not in refused
        assert [error["extensions"] for error in refused["errors"]] == [{"code": "RATE_LIMITED", "retryAfter": 10}]
    for accept in ("application/json", "text/event-stream", "application/graphql-response+json"):
        headers = live.client.headers("resident") | {"accept": accept}
        response = await live.client.http.post("/graphql", json={"query": VIEWER}, headers=headers)
        assert (response.status_code, response.headers["retry-after"]) == (429, "10")
    assert codes(await ask(live, "http", VIEWER, "neighbour")) == []  # others are not concerned
    live.house.clock.move(timedelta(seconds=10))  # type: ignore[attr-defined]  # it is held
    assert codes(await ask(live, "websocket", VIEWER, "resident")) == []
    assert codes(await ask(live, "http", VIEWER, "resident")) == ["RATE_LIMITED"]
    for _ in range(12):
        assert codes(await ask(live, "http", VIEWER, "manager")) == []
    assert codes(await ask(live, "http", VIEWER, "manager")) == ["RATE_LIMITED"]


async def test_what_is_refused_changes_nothing_and_costs_nothing(client: Client, house: House) -> None:
    sign_out = "mutation { accountSignOut { userErrors { code } } }"
    for _ in range(6):
        await client.data(VIEWER, "resident")
    response = await client.http.post("/graphql", json={"query": sign_out}, headers=client.headers("resident"))
    assert response.status_code == 429
    house.clock.move(timedelta(seconds=60))  # type: ignore[attr-defined]
    for _ in range(6):  # the session is still there, and the refused one left the bucket alone
        await client.data(VIEWER, "resident")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_request_costs_the_objects_that_it_asks_for(live: Live, transport: str) -> None:
    answer = await ask(live, transport, PAGE, "resident", n=50)
    assert answer["extensions"] == {"cost": {"requested": 50, "max": 50}}
    refused = await ask(live, transport, PAGE, "resident", n=51)
    told = {"code": "QUERY_LIMIT_EXCEEDED", "limit": "cost", "max": 50, "actual": 51}
    assert [error["extensions"] for error in refused["errors"]] == [told]
    assert "data" not in refused
    assert (await ask(live, transport, PAGE, "manager", n=80))["extensions"]["cost"]["max"] == 80
    assert codes(await ask(live, transport, PAGE, "manager", n=80)) == []
    assert codes(await ask(live, transport, PAGE, "manager", n=80)) == ["RATE_LIMITED"]  # 240 of 200 a minute
    assert codes(await ask(live, transport, PAGE, "manager", n=40)) == []


async def anonymous(client: Client, **headers: str) -> httpx.Response:
    return await client.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)


async def test_anonymous_callers_are_counted_by_the_address_that_a_trusted_proxy_tells(client: Client) -> None:
    async def statuses(addresses: list[str], **headers: str) -> list[int]:
        return [(await anonymous(client, **{"x-forwarded-for": a}, **headers)).status_code for a in addresses]

    assert await statuses(["198.51.100.7"] * 4) == [200, 200, 200, 429]
    assert await statuses(["10.9.9.9, 198.51.100.7", "198.51.100.7:81"]) == [429, 429]  # made up on the left; a port
    assert await statuses(["198.51.100.8"]) == [200]
    assert await statuses([f"2001:db8:0:1::{n}" for n in range(1, 5)]) == [200, 200, 200, 429]  # one customer's network
    assert await statuses(["[2001:db8:0:2::1]:99"]) == [200]
    wrong = {"authorization": "Bearer nonsense"}
    assert await statuses(["203.0.113.1"] * 4, **wrong) == [401, 401, 401, 429]
    assert await statuses(["203.0.113.1"]) == [200]  # guessing tokens is counted by itself
    for spoofed in ("", "unknown", "\x7f", "1.2.3.4.5", ",,,", "[", "]:1"):
        assert (await anonymous(client, **{"x-forwarded-for": spoofed})).status_code in (200, 429)


async def test_tokens_that_do_not_hold_are_counted_on_all_transports_together(live: Live) -> None:
    async def knock(address: str, token: str = "nonsense") -> int | None:
        async with dial(live.websocket_url, additional_headers={"x-forwarded-for": address}) as socket:
            await socket.send("connection_init", payload={"token": token})
            return None if token != "nonsense" and await socket.hear() else await socket.closed()

    wrong = {"authorization": "Bearer nonsense", "x-forwarded-for": "203.0.113.1"}
    assert [await knock("203.0.113.1"), await knock("203.0.113.1")] == [4401, 4401]
    assert (await anonymous(live.client, **wrong)).status_code == 401
    assert await knock("203.0.113.1") == 4429
    assert (await anonymous(live.client, **wrong)).status_code == 429
    assert await knock("203.0.113.2") == 4401
    assert await knock("203.0.113.1", live.client.world.acme.token("resident")) is None, "who has a right one comes in"
    live.house.clock.move(timedelta(seconds=60))  # type: ignore[attr-defined]  # it is held
    assert await knock("203.0.113.1") == 4401


@pytest.mark.parametrize("backend", ON_REDIS)
async def test_processes_share_what_a_minute_allows(house: House) -> None:
    """Two processes with one Redis never grant more than the limit, and nearly all of it."""
    both = [make_counters(house.settings, house.clock) for _ in range(2)]
    try:
        granted = [await both[n % 2].take("{a}:requests", 1, 300) == 0 for n in range(400)]
        assert 300 - 6 < sum(granted) <= 300
        cost = [await both[n % 2].take("{a}:cost", 900, 50_000) == 0 for n in range(70)]
        assert sum(cost) in (54, 55)
    finally:
        for counters in both:
            await counters.close()


@pytest.mark.parametrize("backend", ON_REDIS)
async def test_a_lease_saves_round_trips(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    counters = make_counters(house.settings, house.clock)
    assert isinstance(counters, SharedCounters)
    trips, script = [], counters._script.__call__

    async def counted(*arguments: Any) -> Any:
        trips.append(arguments)
        return await script(*arguments)

    monkeypatch.setattr(counters, "_script", counted)
    for _ in range(1_200):
        assert await counters.take("{b}:requests", 1, 1_200) == 0
    assert len(trips) == 50
    assert await counters.take("{b}:requests", 1, 1_200) > 0
    at_once = await asyncio.gather(*(counters.take("{c}:requests", 1, 300) for _ in range(60)))
    assert set(at_once) == {0.0}, "sixty at once are sixty, not sixty leases"
    assert len(trips) == 50 + 1 + 10
    crowd = await asyncio.gather(*(counters.take(f"{{crowd{n}}}:requests", 1, 300) for n in range(3_000)))
    assert set(crowd) == {0.0}
    assert len(trips) <= 50 + 1 + 10 + 3_000 / 500, "three thousand users at once do not queue"
    monkeypatch.undo()
    await counters.close()


@pytest.mark.parametrize("backend", ON_REDIS)
async def test_without_redis_each_process_enforces_its_share(house: House, caplog: pytest.LogCaptureFixture) -> None:
    away = replace(house.settings, broker_url=f"redis://127.0.0.1:{free_port()}/0", workers=2)
    counters = make_counters(away, house.clock)
    caplog.set_level(logging.WARNING)
    started = time.monotonic()
    granted = [await counters.take("{c}:requests", 1, 60) == 0 for _ in range(60)]
    assert (sum(granted), time.monotonic() - started < 1) == (30, True)
    told = [record.message for record in caplog.records if record.name == "wuye.counter"]
    assert len(told) == 1
    assert "each process enforces its share" in told[0]
    await counters.close()
