"""How many sockets and event streams each user has open: in all processes through Redis, or in the one that there is.

Redis holds a hash for each user: how many he has in each process, and for how long each process is believed to live. A
process says how many it holds, never how many more, so that nothing is counted twice and what Redis forgot is told it
again. The places of a process that was killed are free when it was silent for `ws_process_seconds`. Clients that come
at once are counted by one round trip (adapters/round_trip.py). Redis away: each process enforces its share.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from adapters.round_trip import AWAY, RoundTrips, Script
from adapters.task import end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.settings import Settings

log = logging.getLogger("wuye.seat")
MOST_AT_ONCE = 500  # users of one round trip
BEATS = 3  # signs of life in the time after which a process counts as dead
KEPT_SECONDS = 600.0  # Redis forgets users of whom it has heard nothing for so long
TOLD_SECONDS = 200.0  # so they are told again

SEAT = """
local alive, me, ttl, kept, most = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if ttl == 0 then
  redis.call('ZREM', alive, me)
  return {0}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', alive, '-inf', now)
redis.call('ZREMRANGEBYSCORE', alive, now + 2 * ttl, '+inf')
local answers, living = {redis.call('ZSCORE', alive, me) and 1 or 0}, {}
redis.call('ZADD', alive, now + ttl, me)
redis.call('PEXPIRE', alive, kept)
for n = 2, #KEYS do
  local key, held, wanted, others = KEYS[n], tonumber(ARGV[2 * n + 1]), tonumber(ARGV[2 * n + 2]), 0
  local fields = redis.call('HGETALL', key)
  for f = 1, #fields, 2 do
    local process = fields[f]
    if process ~= me then
      if living[process] == nil then living[process] = redis.call('ZSCORE', alive, process) end
      if living[process] then others = others + tonumber(fields[f + 1]) else redis.call('HDEL', key, process) end
    end
  end
  local granted = math.max(0, math.min(wanted, most - others - held))
  if held + granted > 0 then
    redis.call('HSET', key, me, held + granted)
    redis.call('PEXPIRE', key, kept)
  else
    redis.call('HDEL', key, me)
  end
  answers[n] = granted
end
return answers
"""
"""First whether the process was known alive (a clock that was set back makes nobody immortal), then grants by user."""


class Seats(Protocol):
    """A user has at most so many. Who has none is an address."""

    async def take(self, user: str) -> bool:
        """Whether there was one left, which is the caller's from now on. Never raises."""
        ...

    def leave(self, user: str) -> None:
        """Give one back, without waiting."""
        ...

    async def close(self) -> None:
        """Stop: all are given back."""
        ...


class LocalSeats:
    """Of this process alone; `share` is how many processes divide what a user may have."""

    def __init__(self, most: int, share: int = 1) -> None:
        self._most = min(most, max(most // share, 1))
        self.held: Counter[str] = Counter()

    async def take(self, user: str) -> bool:
        """No I/O."""
        free = self.held[user] < self._most
        if free:
            self.held[user] += 1
        return free

    def leave(self, user: str) -> None:
        """Forget who has none."""
        self.held[user] -= 1
        if not self.held[user]:
            del self.held[user]

    async def close(self) -> None:
        """Nothing is open."""


class SharedSeats:
    """Counted in Redis. Without it by `own`, which knows what this process holds."""

    def __init__(self, settings: Settings, own: LocalSeats) -> None:
        limits = settings.limits
        self._script = Script(settings.broker_url, SEAT, limits.ws_count_seconds, retries=1)
        self._trips: RoundTrips[str, bool] = RoundTrips(self._go, MOST_AT_ONCE)
        self._space = f"wuye.{{seat.{urlsplit(settings.database_url).path.strip('/')}}}"
        self._process = secrets.token_hex(8)
        self._most = limits.ws_sockets_per_user
        self._alive_seconds = max(limits.ws_process_seconds, 1.0)
        self._own = own
        self._changed: dict[str, None] = {}  # users of whom Redis is to be told, in order
        self._told_all = time.monotonic()
        self._beating: asyncio.Task[None] | None = None
        self._away = False

    async def take(self, user: str) -> bool:
        """By the next round trip; a client that leaves meanwhile has taken none."""
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat())
        if self._away:
            return await self._take_own(user)
        answer = self._trips.ask(user)
        try:
            return await answer
        except AWAY:
            return await self._take_own(user)
        except asyncio.CancelledError:
            if answer.done() and not answer.cancelled() and answer.exception() is None and answer.result():
                self.leave(user)
            raise

    def leave(self, user: str) -> None:
        """Redis is told by the next round trip."""
        self._own.leave(user)
        self._changed[user] = None
        if not self._away:
            self._trips.poke()

    async def close(self) -> None:
        """Say that this process is gone."""
        await end([self._beating])
        await self._trips.close()
        if self._beating is not None and not self._away:
            try:
                await self._script([self._space], [self._process, 0, 0, 0])
            except AWAY as error:
                log.warning("Redis counts the sockets of this process for another moment: %s", error)
        await self._script.close()

    async def _take_own(self, user: str) -> bool:
        self._changed[user] = None
        return await self._own.take(user)

    async def _beat(self) -> None:
        """A sign of life, which is also how Redis is found again, and from time to time all that is held."""
        while True:
            await asyncio.sleep(self._alive_seconds / BEATS)
            if time.monotonic() > self._told_all + TOLD_SECONDS:
                self._tell_all()
            self._trips.poke()

    def _tell_all(self) -> None:
        self._told_all = time.monotonic()
        self._changed |= dict.fromkeys(self._own.held)

    async def _go(self, batch: Sequence[tuple[str, asyncio.Future[bool]]]) -> None:
        """One round trip: who asked is answered, and Redis is told of those who have changed."""
        wanted: dict[str, list[asyncio.Future[bool]]] = {}
        for user, answer in batch:
            wanted.setdefault(user, []).append(answer)
        users = list(dict.fromkeys([*wanted, *islice(self._changed, MOST_AT_ONCE)]))
        for user in users:
            self._changed.pop(user, None)
        milliseconds = (int(1000 * seconds) for seconds in (self._alive_seconds, KEPT_SECONDS))
        arguments: list[str | int] = [self._process, *milliseconds, self._most]
        for user in users:
            arguments += self._own.held.get(user, 0), len(wanted.get(user, ()))
        try:
            known, *granted = await self._script([self._space, *(f"{self._space}.{u}" for u in users)], arguments)
        except AWAY as error:
            self._changed |= dict.fromkeys(users)
            self._lost(error)
            raise
        for user, count in zip(users, granted, strict=True):
            self._grant(user, wanted.get(user, []), count)
        self._found(known=bool(known))

    def _grant(self, user: str, answers: Sequence[asyncio.Future[bool]], count: int) -> None:
        """To those who still wait, in order."""
        for answer in answers:
            if answer.done():
                continue
            answer.set_result(count > 0)
            if count > 0:
                self._own.held[user] += 1
            count -= 1
        if count > 0 and answers:
            self._changed[user] = None  # they have gone: Redis counts too many

    def _found(self, *, known: bool) -> None:
        """Redis has answered; whatever it forgot it is told."""
        if self._away:
            self._away = False
            log.warning("sockets of a user are counted through Redis again")
            known = False
        if not known:
            self._tell_all()
        if self._changed:
            self._trips.poke()

    def _lost(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            why = str(error) or type(error).__name__
            log.warning("sockets of a user are not counted together, each process enforces its share: %s", why)


def make_seats(settings: Settings) -> Seats:
    """As the broker: Redis for several processes, memory for one."""
    own = LocalSeats(settings.limits.ws_sockets_per_user, settings.workers)
    return own if settings.broker_url.startswith("memory:") else SharedSeats(settings, own)
