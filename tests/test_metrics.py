"""/metrics: who may see it, that Prometheus reads it, and that it counts what happened, in all workers of a port."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from adapters.metric import exposition
from adapters.production import findings
from adapters.settings import SettingsError, load_settings
from resolvers.jobs import REGISTRY, JobRunner
from schema.http.metrics import process_figures
from tests.live.talk import ACCESS, WHO, live_cursor, pass_gate
from tests.live.websocket import talk
from tests.servers.product import Product
from tests.test_ingest import attempt

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live

TOKEN = secrets.token_hex(32)
SECONDS = 20.0


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a token."""
    return dataclasses.replace(settings, metrics_token=TOKEN)


async def scrape(http: httpx.AsyncClient) -> dict[str, float]:
    """Every sample as Prometheus reads it: name and labels in one text."""
    answer = await http.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_nobody_sees_it_without_the_token(client: Client) -> None:
    for headers in ({}, {"authorization": f"Bearer {TOKEN[:-1]}"}, {"authorization": f"Basic {TOKEN}"}):
        answer = await client.http.get("/metrics", headers=headers)
        assert (answer.status_code, answer.text) == (401, ""), headers


async def test_without_a_token_there_is_none(client: Client, house: House) -> None:
    object.__setattr__(house, "settings", dataclasses.replace(house.settings, metrics_token=None))
    answer = await client.http.get("/metrics", headers={"authorization": "Bearer None"})
    assert answer.status_code == 404


def test_a_weak_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="at least 32"):
        load_settings({"METRICS_TOKEN": "short", "STATE_PATH": str(tmp_path)})
    guessed = load_settings({"METRICS_TOKEN": "a" * 32, "STATE_PATH": str(tmp_path)})
    assert any("METRICS_TOKEN" in found for found in findings(guessed, {}))


async def test_requests_and_messages_are_counted(client: Client) -> None:
    before = await scrape(client.http)
    await client.data(WHO)
    await client.data(WHO)
    await client.data("mutation { accountSignOut { userErrors { code } } }", "guard")
    await client.http.post("/graphql", content=b"{", headers={"content-type": "application/json"})
    acme = client.world.acme
    await client.ingest(attempt(acme, 1), attempt(acme, 1), attempt(acme, -1))
    after = await scrape(client.http)
    for name, more in {
        "wuye_http_requests_total{at=graphql,kind=query,status=200}": 2,
        "wuye_http_requests_total{at=graphql,kind=mutation,status=200}": 1,
        "wuye_http_requests_total{at=graphql,kind=,status=400}": 1,
        "wuye_http_requests_total{at=ingest,kind=,status=200}": 1,
        "wuye_http_request_seconds_count{at=graphql,kind=query}": 2,
        "wuye_http_request_seconds_bucket{at=graphql,kind=query,le=+Inf}": 2,
        "wuye_ingest_messages_total{status=accepted}": 1,
        "wuye_ingest_messages_total{status=duplicate}": 1,
    }.items():
        assert after[name] - before.get(name, 0) == more, name
    assert after["wuye_http_request_seconds_sum{at=graphql,kind=query}"] > 0
    assert after["wuye_database_pool_size"] >= after["wuye_database_pool_open"] > 0
    assert after["process_resident_memory_bytes"] > 1_000_000
    assert after["wuye_processes"] == 1


async def test_a_job_is_counted_by_its_outcome(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: House) -> None:
        raise RuntimeError("meant")

    broken = dataclasses.replace(REGISTRY["file.sweep"], run=fail)
    monkeypatch.setitem(REGISTRY, "file.sweep", broken)
    house.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]  # a held clock
    await house.database.connect()
    try:
        await JobRunner(house).look()
        text = exposition(process_figures(house))
    finally:
        await house.database.close()
    assert 'wuye_jobs_total{job="audit.seal",outcome="done"} 1\n' in text
    assert 'wuye_jobs_total{job="file.sweep",outcome="failed"} 1\n' in text
    assert 'wuye_job_seconds_count{job="file.sweep"} 1\n' in text


async def test_the_live_core_is_counted(live: Live) -> None:
    tenant, http = live.client.world.acme, live.client.http
    assert (await scrape(http))["wuye_live_sockets"] == 0
    async with talk(live.websocket_url, tenant.token("control")) as socket:
        cursor = await live_cursor(live.client)
        await socket.subscribe("1", ACCESS, property=tenant.id("home"), after=cursor)
        await pass_gate(live.client, 1)
        await socket.results("1", 1)  # it has joined
        before = await scrape(http)
        await pass_gate(live.client, 2, 3)
        await socket.results("1", 2)
        await live.client.data(WHO)  # through our transport, past middleware and routes
        after = await scrape(http)
        assert (after["wuye_live_sockets"], after["wuye_live_members"], after["wuye_live_streams"]) == (1, 1, 1)
        assert after["wuye_live_executions_total"] > before["wuye_live_executions_total"]
        asked = "wuye_http_requests_total{at=graphql,kind=query,status=200}"
        assert after[asked] - before.get(asked, 0) == 1
        assert after["wuye_live_deliveries_total"] - before["wuye_live_deliveries_total"] == 2


@pytest.mark.servers
@pytest.mark.timeout(90)
@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])  # on SQLite there is one
def test_one_scrape_tells_of_all_workers(settings: Settings, tmp_path: Path) -> None:
    options = {"DATABASE_URL": settings.database_url, "BROKER_URL": settings.broker_url, "WORKERS": "2"}

    async def both(url: str) -> float:
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http, asyncio.timeout(SECONDS):
            while (await scrape(http))["wuye_processes"] != 2:  # noqa: ASYNC110 - the other writes when it likes
                await asyncio.sleep(0.1)
            return (await scrape(http))["wuye_processes"]

    with Product(tmp_path, **options, METRICS_TOKEN=TOKEN) as product:
        assert asyncio.run(both(product.url)) == 2
