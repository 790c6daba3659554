"""A collector of OpenTelemetry for the tests: takes OTLP over HTTP, in protocol buffers, and keeps the spans."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.servers.process import HOST

PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True)
class Span:
    """One span; ids in hex."""

    name: str
    trace_id: str
    id: str
    parent_id: str
    links: list[tuple[str, str]]
    attributes: dict[str, Any]
    failed: bool
    began: int
    ended: int


class Collector:
    """Everything that came is in `spans`, and as it came in `raw`."""

    def __init__(self) -> None:
        """Nothing runs before `with`."""
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self.raw = b""
        self._server = ThreadingHTTPServer((HOST, 0), type("Taking", (_Taking,), {"collector": self}))
        self._thread = threading.Thread(target=self._server.serve_forever)

    @property
    def endpoint(self) -> str:
        """For OTEL_EXPORTER_OTLP_ENDPOINT."""
        return f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def named(self, name: str, trace_id: str | None = None) -> list[Span]:
        """The spans of a name, in one trace or in all."""
        return [span for span in self.spans if span.name == name and trace_id in (None, span.trace_id)]

    def take(self, body: bytes) -> None:
        """One call of an exporter. Raises what the protocol's parser raises."""
        self.raw += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            self.services |= {
                one.value.string_value for one in resource.resource.attributes if one.key == "service.name"
            }
            self.spans += [_read(span) for scope in resource.scope_spans for span in scope.spans]


class _Taking(BaseHTTPRequestHandler):
    collector: Collector

    def do_POST(self) -> None:
        """As the specification of OTLP/HTTP: 200 and an empty message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        if (self.path, self.headers["content-type"]) != ("/v1/traces", PROTOBUF):
            self.send_error(404)
            return
        self.collector.take(body)
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200)
        self.send_header("content-type", PROTOBUF)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Quietly."""


def _read(span: Any) -> Span:
    return Span(
        span.name,
        span.trace_id.hex(),
        span.span_id.hex(),
        span.parent_span_id.hex(),
        [(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
        {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes},
        span.status.code == 2,
        span.start_time_unix_nano,
        span.end_time_unix_nano,
    )
