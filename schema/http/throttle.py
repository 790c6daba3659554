"""How often a caller may ask and for how much, before anything runs; the same on every transport."""

from __future__ import annotations

import math
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from models.errors import ErrorCode, Refusal
from models.rules.limit import Rank, rank_of
from schema.http.error import explain
from subscriptions.ports import RequestRefused

if TYPE_CHECKING:
    from adapters.counter import Counters
    from adapters.limit import Limits
    from models.origin import Origin
    from subscriptions.ports import Caller

NETWORK = 64  # the bits of an IPv6 address that one customer has to himself


class Throttle:
    """Counts requests and their cost a minute: of a user, of a partner's program, of an address without either."""

    def __init__(self, counters: Counters, limits: Limits) -> None:
        self._counters = counters
        self._limits = limits
        self._rates = {
            Rank.ANONYMOUS: limits.rate_anonymous,
            Rank.RESIDENT: limits.rate_resident,
            Rank.STAFF: limits.rate_staff,
            Rank.PARTNER: limits.rate_partner,
        }

    async def enter(self, caller: Caller) -> None:
        """Count one request. Raises RequestRefused 429 RATE_LIMITED with `retryAfter` seconds."""
        viewer = caller.viewer
        rate = (viewer.rate_per_minute if viewer else None) or self._rates[rank_of(viewer)]
        await self._take(f"{who(caller)}:requests", 1, rate, caller.locale)

    async def spend(self, caller: Caller, cost: int) -> None:
        """Count the cost of what is about to run. Raises as `enter`."""
        await self._take(f"{who(caller)}:cost", cost, self._limits.cost_per_minute, caller.locale)

    async def stranger(self, origin: Origin, locale: str) -> None:
        """Count a token or credential that does not hold, against its address. Raises as `enter`."""
        await self._take(f"{{{neighbourhood(origin)}}}:wrong", 1, self._limits.rate_anonymous, locale)

    async def _take(self, key: str, amount: float, per_minute: float, locale: str) -> None:
        wait = self._counters.take_at_once(key, amount, per_minute)
        if wait is None:
            wait = await self._counters.take(key, amount, per_minute)
        if wait:
            refusal = Refusal(ErrorCode.RATE_LIMITED, retry_after=max(1, math.ceil(wait)))
            raise RequestRefused([explain(refusal, locale)], 429)


def who(caller: Caller) -> str:
    """Whose bucket it is."""
    viewer = caller.viewer
    return neighbourhood(caller.origin) if viewer is None else viewer.bucket


def neighbourhood(origin: Origin) -> str:
    """The address; of IPv6 the network that one customer has."""
    return _neighbourhood(origin.address or "")


@lru_cache(maxsize=4096)
def _neighbourhood(name: str) -> str:
    try:
        address = ip_address(name)
    except ValueError:
        return "nowhere"
    return str(address) if address.version == 4 else str(ip_network((address, NETWORK), strict=False))
