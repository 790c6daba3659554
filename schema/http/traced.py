"""Requests and operations of a process whose operators want spans of them (OTEL_EXPORTER_OTLP_ENDPOINT)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.log import LONGEST_NAME
from schema.http.execution import CompiledOperation
from schema.http.observed import ObservedOperation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from resolvers.ports import House
    from subscriptions.event import Entry
    from subscriptions.ports import Batch, Rendering

    Endpoint = Callable[[Request], Awaitable[Response]]


class Traced:
    """A span for each request of an endpoint; leaves it alone where nobody looks."""

    def __init__(self, house: House) -> None:
        self._tracer = house.tracer

    def __call__(self, endpoint: Endpoint) -> Endpoint:
        """The endpoint, within the trace of its caller."""
        tracer = self._tracer
        if not tracer.enabled:
            return endpoint

        async def traced(request: Request) -> Response:
            method, path = request.method, request.scope["path"]
            with tracer.request(f"{method} {path}", request.headers.get("traceparent")) as span:
                span.say("http.request.method", method)
                span.say("url.path", path)
                status = 500  # of an answer that never comes
                try:
                    response = await endpoint(request)
                    status = response.status_code
                finally:
                    span.say("http.response.status_code", status)
                    if status >= 500:
                        span.fail()
            return response

        return traced


class TracedOperation(CompiledOperation):
    """As any, with a span, and one in the trace of each event that it is executed for."""

    async def run(self) -> bytes:
        """Execute it."""
        told: dict[str, str | int] = {"graphql.operation.type": self.kind}
        if self._chosen.name is not None:
            told["graphql.operation.name"] = self._chosen.name.value[:LONGEST_NAME]
        with self._engine.house.tracer.span(self.kind, told):
            return await super().run()

    async def render(self, entry: Entry) -> bytes:
        """For one viewer."""
        with self._engine.house.tracer.of_event("render", entry):
            return await super().render(entry)

    async def share(self, entry: Entry, batch: Batch) -> Rendering:
        """For all who share."""
        with self._engine.house.tracer.of_event("render", entry):
            return await super().share(entry, batch)


class TracedObservedOperation(TracedOperation, ObservedOperation):
    """With a line in the log too."""


def operation_class(house: House) -> type[CompiledOperation]:
    """What the operators want of an operation."""
    observed = house.settings.log_format == "json"
    if house.tracer.enabled:
        return TracedObservedOperation if observed else TracedOperation
    return ObservedOperation if observed else CompiledOperation
