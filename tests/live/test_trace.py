"""OpenTelemetry: one mutation is seen from the caller's trace to the frames of its event, at a real OTLP collector."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from adapters import trace
from adapters.broker import DoorbellBroker
from adapters.setting_error import SettingsError
from adapters.trace import make_tracer, trace_endpoint
from subscriptions.event import Entry
from subscriptions.feed import Cursor
from tests.conftest import serving
from tests.factories.world import NOW
from tests.live.talk import ORDERS, TICKET, cursor_of
from tests.live.websocket import talk
from tests.servers.collector import Collector
from tests.servers.process import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resolvers.ports import House
    from tests.factories.world import World

CALLER, THEIRS = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
WORDS = "the tap in the kitchen drips"
ENTRY = Entry(UUID(int=7), 1, 3, "work_order.changed", 1, UUID(int=8), NOW, {}, {})
EVENT = {"type": ENTRY.type, "occurred_at": NOW.isoformat(" ")}


@pytest.fixture
def collector() -> Iterator[Collector]:
    """One that keeps what it gets."""
    with Collector() as running:
        yield running


def traced(house: House, endpoint: str) -> House:
    """As server.py builds it with OTEL_EXPORTER_OTLP_ENDPOINT."""
    tracer = make_tracer(endpoint)
    return replace(house, tracer=tracer, broker=DoorbellBroker(house.settings.broker_url, tracer))


async def frame_of_a_ticket(house: House, world: World) -> Cursor:
    """A resident raises one in the caller's trace, two sockets hear of it, and the server stops: where the event is."""
    tenant = world.acme
    async with (
        serving(house, world) as live,
        talk(live.websocket_url, tenant.token("manager")) as one,
        talk(live.websocket_url, tenant.token("manager")) as other,
    ):
        for socket in (one, other):
            await socket.subscribe("1", ORDERS, property=tenant.id("home"))
            await socket.answer("joined", "{ __typename }")
        places = {"propertyId": tenant.id("home"), "unitId": tenant.id("unit0")}
        wish = {**places, "kind": "REPAIR", "category": "water", "text": WORDS}
        headers = live.client.headers("resident") | {"traceparent": f"00-{CALLER}-{THEIRS}-01"}
        body = {"query": TICKET, "variables": {"input": wish}}
        response = await live.client.http.post("/graphql", json=body, headers=headers)
        assert response.json()["data"]["ticketCreate"]["userErrors"] == []
        cursors = {cursor_of((await socket.results("1", 1))[0]) for socket in (one, other)}
    return Cursor.decode(cursors.pop())


async def test_a_mutation_is_seen_up_to_the_frames_of_its_event(
    house: House, world: World, collector: Collector
) -> None:
    cursor = await frame_of_a_ticket(traced(house, collector.endpoint), world)
    (request,) = collector.named("POST /graphql", CALLER)
    assert (request.parent_id, request.attributes["http.response.status_code"]) == (THEIRS, 200)
    (mutation,) = collector.named("mutation", CALLER)
    (transaction,) = collector.named("transaction", CALLER)
    (ring,) = collector.named("ring", CALLER)
    assert [span.parent_id for span in (mutation, transaction, ring)] == [request.id, mutation.id, transaction.id]

    events = [span for span in collector.named("event") if (span.trace_id, span.id) in transaction.links]
    (event,) = [span for span in events if span.attributes["wuye.event.type"] == "work_order.changed"]
    assert (event.parent_id, event.links) == ("", [(CALLER, transaction.id)]), "each names the other"
    place = {"stream": str(cursor.stream), "position": cursor.position, "type": "work_order.changed"}
    assert event.attributes == {f"wuye.event.{name}": value for name, value in place.items()}
    (render,) = collector.named("render", event.trace_id)
    (deliver,) = collector.named("deliver", event.trace_id)
    assert (render.parent_id, deliver.parent_id, deliver.attributes) == (event.id, event.id, {"wuye.frames": 2})
    times = [request.began, mutation.began, transaction.began, ring.began, deliver.began, deliver.ended]
    assert times == sorted(times)

    assert collector.services == {"wuye"}
    assert not any(span.failed for span in collector.spans)
    for secret in (WORDS, world.acme.token("resident"), world.acme.token("manager"), "TicketCreateInput"):
        assert secret.encode() not in collector.raw


async def test_every_process_makes_the_same_trace_of_an_event(collector: Collector) -> None:
    tracers = [make_tracer(collector.endpoint) for _ in range(2)]
    with suppress(ZeroDivisionError), tracers[0].transaction():
        tracers[0].announced(ENTRY.stream, 9, [EVENT])
        raise ZeroDivisionError
    with tracers[0].transaction():
        tracers[0].announced(ENTRY.stream, ENTRY.position, [EVENT, EVENT])
    with tracers[1].of_event("render", ENTRY):
        pass
    for tracer in tracers:
        await asyncio.to_thread(tracer.stop)
    (render,) = collector.named("render")
    events = collector.named("event")
    assert [span.attributes["wuye.event.position"] for span in events] == [2, 3], "what was not committed is not told"
    assert (render.trace_id, render.parent_id) == (events[1].trace_id, events[1].id)
    assert events[0].trace_id != events[1].trace_id


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_collector_that_is_away_harms_nobody(house: House, world: World) -> None:
    async with serving(traced(house, f"http://127.0.0.1:{free_port()}"), world) as live:
        await live.client.data("{ viewer { roles } }", "resident")
        began = time.monotonic()
    assert time.monotonic() - began < 10


async def test_what_is_not_sampled_is_not_sent(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also below the first span of an event, which another process decides about."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0")
    tracer = make_tracer(collector.endpoint)
    with tracer.transaction():
        tracer.announced(ENTRY.stream, ENTRY.position, [EVENT])
    with tracer.of_event("render", ENTRY):
        pass
    with tracer.request("POST /graphql", f"00-{CALLER}-{THEIRS}-01"):  # the caller has decided
        pass
    await asyncio.to_thread(tracer.stop)
    assert [span.name for span in collector.spans] == ["POST /graphql"]


def test_without_the_setting_nothing_of_it_is_imported() -> None:
    """In a process of its own: another test may have."""
    program = (
        "import sys; from adapters.trace import make_tracer; assert not make_tracer(None).enabled;"
        " sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_wrong_setting_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "OTEL_EXPORTER_OTLP_ENDPOINT"
    assert trace_endpoint({}) is None
    assert trace_endpoint({name: "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}) is None
    with pytest.raises(SettingsError, match="must be an address such as"):
        trace_endpoint({name: "127.0.0.1:4317"})
    monkeypatch.setattr(trace, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match="install requirements-all"):
        trace_endpoint({name: "http://127.0.0.1:4318"})
