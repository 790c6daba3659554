"""Spans by OpenTelemetry's SDK, sent as OTLP over HTTP by a thread of its own; more than it can send are dropped."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from adapters.trace import Attributes, Place

SECONDS = 2.0  # for one call of the collector, with all its repetitions: a server that stops waits for the last
_NOBODY = Context()  # a span in it has no parent


@dataclass(frozen=True)
class Written:
    """An event that a transaction wrote."""

    stream: UUID
    position: int
    type: str
    occurred_at: datetime


class OtlpSpan:
    """One of the SDK's."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def say(self, name: str, value: str | int) -> None:
        """An attribute."""
        self._span.set_attribute(name, value)

    def fail(self) -> None:
        """The span's status."""
        self._span.set_status(StatusCode.ERROR)


class Ids(IdGenerator):
    """Random ones, but for the first span of an event's trace."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()
        self.given: ContextVar[SpanContext | None] = ContextVar("given", default=None)

    def generate_span_id(self) -> int:
        """64 bits."""
        given = self.given.get()
        return given.span_id if given is not None else self._random.generate_span_id()

    def generate_trace_id(self) -> int:
        """128 bits."""
        given = self.given.get()
        return given.trace_id if given is not None else self._random.generate_trace_id()

    def is_trace_id_random(self) -> bool:
        """A digest is as good for whoever samples by it."""
        return True


class OtlpTracer:
    """What the environment says of OpenTelemetry holds: OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, OTEL_BSP_…"""

    enabled = True

    def __init__(self, endpoint: str) -> None:
        self._ids = Ids()
        resource = Resource.create(
            {"service.name": os.environ.get("OTEL_SERVICE_NAME", "wuye"), "process.pid": os.getpid()}
        )
        self._provider = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("wuye")
        self._written: ContextVar[list[Written]] = ContextVar("written")
        self._callers = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, name: str, parent: str | None) -> Iterator[OtlpSpan]:
        """A span of a server."""
        context = self._callers.extract({"traceparent": parent}, _NOBODY) if parent else _NOBODY
        with self._begun(name, context, kind=SpanKind.SERVER) as span:
            yield OtlpSpan(span)

    @contextmanager
    def span(self, name: str, attributes: Attributes) -> Iterator[OtlpSpan]:
        """A child of the current one."""
        with self._begun(name, None, attributes) as span:
            yield OtlpSpan(span)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """After its end each event gets the first span of its trace: the two name each other."""
        written: list[Written] = []
        token = self._written.set(written)
        try:
            with self._begun("transaction", None) as span:
                yield
                for place in written:
                    self._happened(place, span)
        finally:
            self._written.reset(token)

    def announced(self, stream: UUID, head: int, events: list[dict[str, Any]]) -> None:
        """Kept until the transaction ends."""
        first = head - len(events) + 1
        for position, event in enumerate(events, first):
            at = datetime.fromisoformat(event["occurred_at"])
            self._written.get().append(Written(stream, position, event["type"], at))

    def here(self) -> SpanContext:
        """The current span."""
        return trace.get_current_span().get_span_context()

    @contextmanager
    def shared(self, name: str, by: Iterable[object]) -> Iterator[None]:
        """A span in each trace, of the same time."""
        began = time.time_ns()
        with ExitStack() as open_:
            for one in by:
                if isinstance(one, SpanContext) and one.is_valid:
                    context = trace.set_span_in_context(NonRecordingSpan(one), _NOBODY)
                    open_.callback(self._tracer.start_span(name, context, start_time=began).end)
            yield

    @contextmanager
    def of_event(self, name: str, place: Place) -> Iterator[None]:
        """Below the first span of the event's trace, wherever that was made."""
        with self._begun(name, self._below(place)):
            yield

    def was_of_event(self, name: str, place: Place, began: int, attributes: Attributes) -> None:
        """As `of_event`."""
        self._tracer.start_span(name, self._below(place), attributes=attributes, start_time=began).end()

    def stop(self) -> None:
        """The SDK's thread sends and ends."""
        self._provider.shutdown()

    @contextmanager
    def _begun(
        self,
        name: str,
        context: Context | None,
        attributes: Attributes | None = None,
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> Iterator[trace.Span]:
        """The current span while it lasts. An exception's text may hold what people entered: its class is told."""
        with self._tracer.start_as_current_span(
            name, context, kind, attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                raise

    def _happened(self, place: Written, span: trace.Span) -> None:
        first = self._first(place)
        span.add_link(first)
        token = self._ids.given.set(first)
        try:
            told: dict[str, str | int] = {"stream": str(place.stream), "position": place.position, "type": place.type}
            attributes = {f"wuye.event.{name}": value for name, value in told.items()}
            links = [Link(span.get_span_context())]
            self._tracer.start_span("event", _NOBODY, attributes=attributes, links=links).end()
        finally:
            self._ids.given.reset(token)

    def _below(self, place: Place) -> Context:
        return trace.set_span_in_context(NonRecordingSpan(self._first(place)), _NOBODY)

    def _first(self, place: Place) -> SpanContext:
        """The first span of the event's trace, as every process makes it; whether it is sent hangs on the id too."""
        microseconds = round(place.occurred_at.timestamp() * 1_000_000)
        digest = sha256(f"wuye {place.stream} {place.position} {microseconds}".encode()).digest()
        trace_id, span_id = int.from_bytes(digest[:16]), int.from_bytes(digest[16:24])
        found = self._provider.sampler.should_sample(_NOBODY, trace_id, "event").decision
        flags = TraceFlags(TraceFlags.SAMPLED if found is Decision.RECORD_AND_SAMPLE else TraceFlags.DEFAULT)
        return SpanContext(trace_id, span_id, is_remote=True, trace_flags=flags)
