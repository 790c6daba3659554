"""Where the time goes, from a request to the frame of its event: spans for an OpenTelemetry collector.

Without OTEL_EXPORTER_OTLP_ENDPOINT nothing of it is imported. No span has variables, documents, tokens, or
what people entered. An event has a trace of its own, whose id both sides make of its stream, position and time: who
wrote it and every process that delivers it find the same one, and the log carries nothing for it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from adapters.setting_error import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    Attributes = Mapping[str, str | int]

__all__ = ["NoTracer", "Place", "Span", "Tracer", "make_tracer", "trace_endpoint"]


class Span(Protocol):
    """Work under way."""

    def say(self, name: str, value: str | int) -> None:
        """An attribute."""
        ...

    def fail(self) -> None:
        """It failed, and it is our fault."""
        ...


class Place(Protocol):
    """An event of the log: subscriptions.event.Entry is one."""

    @property
    def stream(self) -> UUID:
        """Its stream."""
        ...

    @property
    def position(self) -> int:
        """There."""
        ...

    @property
    def type(self) -> str:
        """What happened."""
        ...

    @property
    def occurred_at(self) -> datetime:
        """To the microsecond: after a restore the same position has another event."""
        ...


class Tracer(Protocol):
    """Tells of work. What is begun inside `with` is a part of it."""

    enabled: bool

    def request(self, name: str, parent: str | None) -> AbstractContextManager[Span]:
        """A request; `parent` is the caller's `traceparent` (W3C Trace Context)."""
        ...

    def span(self, name: str, attributes: Attributes) -> AbstractContextManager[Span]:
        """A part of what is under way."""
        ...

    def transaction(self) -> AbstractContextManager[object]:
        """As `span`; when it ends well, what was `announced` in it has happened."""
        ...

    def announced(self, stream: UUID, head: int, events: list[dict[str, Any]]) -> None:
        """The transaction under way writes `events` (as the log takes them) at the positions up to `head`."""
        ...

    def here(self) -> object:
        """What is under way, for `shared`."""
        ...

    def shared(self, name: str, by: Iterable[object]) -> AbstractContextManager[object]:
        """Work that several wait for: a part of each."""
        ...

    def of_event(self, name: str, place: Place) -> AbstractContextManager[object]:
        """A part of the event's own trace."""
        ...

    def was_of_event(self, name: str, place: Place, began: int, attributes: Attributes) -> None:
        """As `of_event`, of what began at `began` (nanoseconds since the epoch) and has just ended."""
        ...

    def stop(self) -> None:
        """Send what is left; waits for the collector, some seconds at most."""
        ...


class NoTracer:
    """Nobody asked."""

    enabled = False

    def request(self, name: str, parent: str | None) -> AbstractContextManager[Span]:
        """Nothing."""
        return _NOTHING

    def span(self, name: str, attributes: Attributes) -> AbstractContextManager[Span]:
        """Nothing."""
        return _NOTHING

    def transaction(self) -> AbstractContextManager[object]:
        """Nothing."""
        return _NOTHING

    def announced(self, stream: UUID, head: int, events: list[dict[str, Any]]) -> None:
        """Nothing."""

    def here(self) -> object:
        """Nothing."""
        return None

    def shared(self, name: str, by: Iterable[object]) -> AbstractContextManager[object]:
        """Nothing."""
        return _NOTHING

    def of_event(self, name: str, place: Place) -> AbstractContextManager[object]:
        """Nothing."""
        return _NOTHING

    def was_of_event(self, name: str, place: Place, began: int, attributes: Attributes) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""


class _Nothing:
    def say(self, name: str, value: str | int) -> None:
        """Nothing."""

    def fail(self) -> None:
        """Nothing."""


_NOTHING: nullcontext[Span] = nullcontext(_Nothing())


def trace_endpoint(env: Mapping[str, str]) -> str | None:
    """OTEL_EXPORTER_OTLP_ENDPOINT, checked. Raises SettingsError."""
    url = env.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    if not url or env.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise SettingsError("OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://127.0.0.1:4318 (OTLP/HTTP).")
    if not _installed():
        raise SettingsError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: install requirements-all.txt, or"
            " unset it."
        )
    return url


def _installed() -> bool:
    try:
        return all(map(find_spec, ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")))
    except ModuleNotFoundError:  # the parent is not there either
        return False


def make_tracer(endpoint: str | None) -> Tracer:
    """For a collector at `endpoint`, or for nobody."""
    if endpoint is None:
        return NoTracer()
    from adapters.trace.otlp import OtlpTracer

    return OtlpTracer(endpoint)
