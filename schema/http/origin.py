"""From where a request comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.origin import Origin

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

LONGEST_AGENT = 200


def origin_of(request: HTTPConnection) -> Origin:
    """The peer's address, and what the client calls itself."""
    agent = request.headers.get("user-agent")
    return Origin(request.client.host if request.client else None, agent and agent[:LONGEST_AGENT], _host(request))


def _host(request: HTTPConnection) -> str | None:
    """The Host header without its port."""
    name = request.headers.get("host", "").lower()
    return (name if name.endswith("]") else name.rpartition(":")[0] or name) or None
