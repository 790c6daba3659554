"""From where a request comes: the peer, or whom trusted proxies say that they speak for.

Only X-Forwarded-For is read, and only from networks in TRUSTED_PROXIES: from the right, as far as those who wrote it
are trusted. `Forwarded` (RFC 7239) is not: a proxy that writes the one header passes on the other as a client made it.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from models.origin import Origin
from schema.http.asked import head_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from starlette.requests import HTTPConnection

LONGEST_AGENT = 200
MOST_HOPS = 20


def origin_of(request: HTTPConnection, trusted: Sequence[IPv4Network | IPv6Network]) -> Origin:
    """The client's address, and what it calls itself."""
    head, client = head_of(request), request.scope.get("client")
    peer = client[0] if client else None
    if trusted:
        peer = client_address(peer, head.forwarded, trusted)
    return _origin(peer, head.agent, head.host)


def from_trusted(request: HTTPConnection, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether a trusted proxy handed the request over, so that its headers are its own."""
    peer = _address(request.client.host if request.client else "")
    return peer is not None and any(peer in network for network in trusted)


def client_address(
    peer: str | None, forwarded: Sequence[str], trusted: Sequence[IPv4Network | IPv6Network]
) -> str | None:
    """The last address, read from the right, that somebody trusted vouches for; what is none is not believed."""
    known = _address(peer or "")
    if known is None:
        return peer
    hops = ",".join(forwarded).split(",")
    for hop in reversed(hops[-MOST_HOPS:]):
        if not any(known in network for network in trusted):
            break
        before = _address(hop)
        if before is None:
            break
        known = before
    return str(known)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without brackets and port; IPv4 inside IPv6 is IPv4."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


@lru_cache(maxsize=1024)
def _origin(peer: str | None, agent: str, host: str) -> Origin:
    """The Host header counts without its port."""
    name = host.lower()
    return Origin(
        peer, agent[:LONGEST_AGENT] or None, (name if name.endswith("]") else name.rpartition(":")[0] or name) or None
    )
