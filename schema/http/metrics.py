"""GET /metrics: Prometheus' text, for whoever bears METRICS_TOKEN; without the setting there is nothing to see."""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.responses import Response

from adapters.metric import Family, exposition, gauge, merged
from adapters.process import process_families

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from adapters.shelf import Shelf
    from resolvers.ports import House
    from subscriptions.status import Status

    Endpoint = Callable[[Request], Awaitable[Response]]

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
KIND = "wuye.kind"  # in the scope of a request: what its operation turned out to be
COUNTS = {
    "executions": "Documents executed for events.",
    "deliveries": "Frames of events handed to clients.",
    "resumes_ring": "Subscriptions with a cursor that were served from memory.",
    "resumes_log": "Subscriptions with a cursor that had to read the log.",
    "gaps": "Lost rings of the doorbell, found by the slow look.",
    "resume_gone": "Cursors that were too old.",
    "slow_cuts": "Clients cut because they did not read.",
}
GAUGES = {
    "sockets": "Open WebSockets.",
    "sse_streams": "Open event streams over SSE.",
    "members": "Subscriptions that follow a stream.",
    "groups": "Sets of subscriptions that share one execution an event.",
    "streams": "Streams held in memory.",
    "ring_entries": "Events kept in memory.",
    "lag_entries": "Events in the log that are not in memory yet, at the last look.",
    "catching_up": "Subscriptions that read after older events.",
    "bytes_queued": "Bytes that wait for clients that read slowly.",
}


class MetricsEndpoint:
    """One scrape tells of all workers behind the port: each leaves its figures on the shelf for the others."""

    def __init__(self, house: House, shelf: Shelf) -> None:
        self._house = house
        self._shelf = shelf

    async def __call__(self, request: Request) -> Response:
        """200 with the token, 401 with another, 404 where none is set."""
        token = self._house.settings.metrics_token
        if token is None:
            return Response(status_code=404)
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
            return Response(status_code=401, headers={"www-authenticate": "Bearer"})
        others = await asyncio.to_thread(self._shelf.others)
        text = exposition(merged([process_figures(self._house), *others]))
        return Response(text, media_type=MEDIA_TYPE, headers={"cache-control": "no-store"})


def process_figures(house: House) -> list[Family]:
    """What this process knows of itself."""
    families = [*house.watch.metrics.families(), *process_families()]
    if house.watch.live is not None:
        families += live_families(house.watch.live())
    use = house.database.use()
    for name, said, value in (
        ("size", "Connections that there may be.", use.size),
        ("open", "Connections that there are.", use.open),
        ("busy", "Connections in use.", use.busy),
        ("waiting", "Callers that wait for a connection.", use.waiting),
    ):
        families.append(gauge(f"wuye_database_pool_{name}", said, value))
    return families


def live_families(status: Status) -> list[Family]:
    """The live core's."""
    figures: dict[str, int] = asdict(status)
    counts = [Family(f"wuye_live_{name}_total", "counter", COUNTS[name], {("", ()): figures[name]}) for name in COUNTS]
    return [*(gauge(f"wuye_live_{name}", GAUGES[name], figures[name]) for name in GAUGES), *counts]


class Counted:
    """Counts the requests of an endpoint, and how long it takes to its answer; leaves it alone where nobody looks."""

    def __init__(self, house: House) -> None:
        self._metrics = house.watch.metrics if house.settings.metrics_token else None

    def __call__(self, at: str, endpoint: Endpoint) -> Endpoint:
        """The endpoint, counted under `at`."""
        metrics = self._metrics
        if metrics is None:
            return endpoint

        async def counted(request: Request) -> Response:
            started, status = time.perf_counter(), 500  # of an answer that never comes
            try:
                response = await endpoint(request)
                status = response.status_code
            finally:
                kind = request.scope.get(KIND, "")
                metrics.requests.add(at, kind, str(status))
                metrics.request_seconds.observe(time.perf_counter() - started, at, kind)
            return response

        return counted
