"""From where a request comes. Pure; the transports find it out, sessions and the audit keep it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """The client's address as our side of the trusted proxies saw it, and what the client calls itself."""

    address: str | None = None
    agent: str | None = None  # User-Agent, at most 200 characters
    host: str | None = None  # the name it called us by, lower case, without a port
