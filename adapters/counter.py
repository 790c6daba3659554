"""Counters of limits: shared by all processes through Redis, or kept in the one process that there is.

A bucket is one number in Redis (models/rules/limit.py), changed by one atomic script and expiring by itself. A process
takes a fiftieth of a minute's allowance at a time (a lease) and spends it without a round trip, so a limit is never
passed, and falls short by less than one lease for each process. Leases that are wanted at once come by one round trip.
Redis away: each process enforces its share.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from redis.exceptions import MovedError

from adapters.round_trip import AWAY, RoundTrips, Script
from models.rules.limit import WINDOW_SECONDS, draw, lease

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.clock import Clock
    from adapters.settings import Settings

log = logging.getLogger("wuye.counter")
MOST_KEPT = 100_000  # buckets of a process
LEASE_SECONDS = 10.0  # what is left of a lease then is dropped
PAUSE_SECONDS = 1.0  # after a failure Redis is left alone for so long
MOST_AT_ONCE = 500  # leases of one round trip

TAKE = """
local now, window, answers = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
for n, key in ipairs(KEYS) do
  local amount, want, step = tonumber(ARGV[3 * n]), tonumber(ARGV[3 * n + 1]), tonumber(ARGV[3 * n + 2])
  local start = math.max(tonumber(redis.call('GET', key) or '0'), now)
  if start > now + 2 * window then start = now else start = math.min(start, now + window) end
  local room = math.floor((now + window - start) / step + 0.001)
  if room < amount then
    answers[n] = {0, math.ceil(start + amount * step - now - window)}
  else
    local grant = math.min(room, want)
    local full = start + grant * step
    redis.call('SET', key, string.format('%.3f', full), 'PX', math.ceil(full - now) + 1000)
    answers[n] = {grant, 0}
  end
end
return answers
"""
"""Instants and steps in milliseconds."""


_Wish = tuple[str, float, float]  # key, amount, allowance a minute


class Counters(Protocol):
    """Buckets by key, each with an allowance a minute."""

    def take_at_once(self, key: str, amount: float, per_minute: float) -> float | None:
        """As `take`, where it needs no round trip; None where it does, and nothing is taken."""
        ...

    async def take(self, key: str, amount: float, per_minute: float) -> float:
        """Take `amount`; the seconds to wait when it is not there (nothing is taken then), else 0. Never raises."""
        ...

    async def close(self) -> None:
        """Stop."""
        ...


class LocalCounters:
    """Buckets of this process alone; `share` is how many processes divide an allowance."""

    def __init__(self, clock: Clock, share: int = 1) -> None:
        self._clock = clock
        self._share = share
        self._buckets: dict[str, float] = {}  # the ones that were not touched for longest come first

    def take_at_once(self, key: str, amount: float, per_minute: float) -> float:
        """Always."""
        now = self._clock.timestamp()
        full_at, wait = draw(self._buckets.pop(key, 0.0), now, amount, max(per_minute / self._share, 1.0))
        self._buckets[key] = full_at
        if len(self._buckets) > MOST_KEPT:
            del self._buckets[next(iter(self._buckets))]
        return wait

    async def take(self, key: str, amount: float, per_minute: float) -> float:
        """No I/O."""
        return self.take_at_once(key, amount, per_minute)

    async def close(self) -> None:
        """Nothing is open."""


class SharedCounters:
    """Buckets in Redis. Without it, `fallback`: a round trip is given `seconds`; after one that fails is a pause."""

    def __init__(self, url: str, space: str, clock: Clock, fallback: Counters, seconds: float) -> None:
        """`space` keeps several products apart that use one Redis."""
        self._script = Script(url, TAKE, seconds)
        self._trips: RoundTrips[_Wish, tuple[float, float]] = RoundTrips(self._draw, MOST_AT_ONCE)
        self._space = f"wuye.{{limit.{space}}}"  # in a cluster the keys of one script share a slot: that of the braces
        self._clock = clock
        self._fallback = fallback
        self._leases: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is left, until when
        self._drawing: dict[str, asyncio.Event] = {}  # set when the lease under way is there, or is not to be had
        self._away_until = 0.0
        self._away = False

    def take_at_once(self, key: str, amount: float, per_minute: float) -> float | None:
        """From the lease when it holds enough."""
        return 0.0 if self._spend(key, min(amount, per_minute)) else None

    async def take(self, key: str, amount: float, per_minute: float) -> float:
        """From the lease, or a new one. Of requests that come at once, one draws it."""
        amount = min(amount, per_minute)
        while not self._spend(key, amount):
            if (drawing := self._drawing.get(key)) is None:
                return await self._draw_alone(key, amount, per_minute)
            await drawing.wait()
        return 0.0

    def _spend(self, key: str, amount: float) -> bool:
        """Take from the lease; False when it does not hold enough."""
        left, until = self._leases.pop(key, (0.0, 0.0))
        now = self._clock.timestamp()
        left = left if now < until <= now + LEASE_SECONDS else 0.0
        enough = left >= amount > 0
        self._keep(key, left - amount if enough else left, until)
        return enough or amount <= 0

    async def _draw_alone(self, key: str, amount: float, per_minute: float) -> float:
        if time.monotonic() < self._away_until:
            return await self._fallback.take(key, amount, per_minute)
        self._drawing[key] = asyncio.Event()
        left, until = self._leases.pop(key, (0.0, 0.0))
        now = self._clock.timestamp()
        try:
            granted, wait = await self._trips.ask((key, amount - left, per_minute))
        except AWAY:
            return await self._fallback.take(key, amount, per_minute)
        else:
            if wait:
                self._keep(key, left, until)
                return wait
            await self._fallback.take(key, granted, per_minute)  # should Redis go, the share is not fresh
            self._keep(key, left + granted - amount, now + LEASE_SECONDS)
            return 0.0
        finally:
            self._drawing.pop(key).set()

    async def close(self) -> None:
        """Give the connection back."""
        await self._trips.close()
        await self._script.close()

    async def _draw(self, wishes: Sequence[tuple[_Wish, asyncio.Future[tuple[float, float]]]]) -> None:
        keys, now = [f"{self._space}.{key}" for (key, _, _), _ in wishes], self._clock.timestamp()
        arguments: list[str | float] = [f"{now * 1000:.3f}", WINDOW_SECONDS * 1000]
        for (_, amount, per_minute), _ in wishes:
            arguments += amount, lease(amount, per_minute), repr(WINDOW_SECONDS * 1000 / per_minute)
        try:
            answers = await self._script(keys, arguments)
        except AWAY as error:
            self._lost(error)
            raise
        for (_, answer), (granted, wait) in zip(wishes, answers, strict=True):
            if not answer.done():
                answer.set_result((float(granted), float(wait) / 1000))
        if self._away:
            self._away = False
            log.warning("limits are shared through Redis again")

    def _keep(self, key: str, left: float, until: float) -> None:
        if left > 0:
            self._leases[key] = (left, until)
        while len(self._leases) > MOST_KEPT:
            self._leases.popitem(last=False)

    def _lost(self, error: Any) -> None:
        self._away_until = time.monotonic() + PAUSE_SECONDS
        if not self._away:
            self._away = True
            why = str(error) or type(error).__name__
            if isinstance(error, MovedError):
                why = "it is a node of a cluster: write BROKER_URL=redis-cluster://HOST:6379"
            log.warning("limits are not shared, each process enforces its share: Redis does not answer (%s)", why)


def make_counters(settings: Settings, clock: Clock) -> Counters:
    """As the broker: Redis for several processes, memory for one."""
    local = LocalCounters(clock, settings.workers)
    if settings.broker_url.startswith("memory:"):
        return local
    space = urlsplit(settings.database_url).path.strip("/")
    return SharedCounters(settings.broker_url, space, clock, local, settings.limits.counter_seconds)
