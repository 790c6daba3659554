"""Attempts to prove who one is, counted in the database: no alias, batch, process or flushed Redis gets round it.

    async with attempt(house, AttemptKind.SMS_CODE, f"{organization_id} {phone}") as place:
        ...check...          # outside any transaction; whatever leaves the block counts as a failure
        place.passed()       # unless it was right

A place is taken before the check and given back after it, so that of fifty tries at once only as many are checked as
may fail. Failures count, not tries: an office of sixty behind one address signs in at nine.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from models.errors import ErrorCode, Refusal
from models.rules.attempt import Room, Try, network, room
from resolvers.origin import current_origin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from uuid import UUID

    from adapters.database import Row
    from models.rules.attempt import AttemptKind
    from resolvers.ports import House

PATIENCE_SECONDS = 5.0  # how long a try waits for others that are under way
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4


class Place:
    """What an attempt holds while it is checked."""

    def __init__(self) -> None:
        self.door = "attempt_fail"

    def passed(self) -> None:
        """It was right: the place is free again, and earlier failures from the same address are forgiven."""
        self.door = "attempt_pass"

    def void(self) -> None:
        """It was neither right nor wrong (a second factor is asked for): as if it had not been."""
        self.door = "attempt_void"


@asynccontextmanager
async def attempt(
    house: House, kind: AttemptKind, subject: str, *, most: int | None = None, most_address: int | None = None
) -> AsyncIterator[Place]:
    """Count one try at `subject` (never shown, kept as a keyed hash), and at the address it comes from.

    `most` failures of a subject and `most_address` of an address within LIMIT_ATTEMPT_MINUTES, the settings' limits
    unless told. Raises Refusal RATE_LIMITED with `retry_after` in seconds; the same for known and unknown subjects.
    """
    keys = _keys(house, kind, subject)
    id_ = await _take(house, kind, keys, most, most_address)
    place = Place()
    try:
        yield place
    finally:
        await house.database.call(place.door, id_)


def _keys(house: House, kind: AttemptKind, subject: str) -> tuple[str, str | None]:
    address = current_origin().address
    sign = house.signer.sign
    return sign(f"attempt {kind.value} {subject}"), address and sign(f"attempt address {network(address)}")


async def _take(
    house: House, kind: AttemptKind, keys: tuple[str, str | None], most: int | None, most_address: int | None
) -> UUID:
    limits = house.settings.limits
    bounds = (
        limits.attempts_per_account if most is None else most,
        limits.attempts_per_address if most_address is None else most_address,
    )
    pause, patience = FIRST_PAUSE, time.monotonic() + PATIENCE_SECONDS
    while True:
        taken = await _try(house, kind, keys, bounds)
        if not isinstance(taken, tuple):
            return taken
        state, seconds = taken
        if state is Room.FULL or time.monotonic() > patience:
            raise Refusal(ErrorCode.RATE_LIMITED, retry_after=math.ceil(seconds))
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


async def _try(
    house: House, kind: AttemptKind, keys: tuple[str, str | None], bounds: tuple[int, int]
) -> UUID | tuple[Room, float]:
    """A place, or why there is none; one caller at a time for a subject and for an address."""
    window = timedelta(minutes=house.settings.limits.attempt_minutes)
    now = house.clock.now()
    worst: tuple[Room, float] = (Room.FREE, 0.0)
    async with house.database.transaction(None) as tx:
        for column, key, most in zip(("subject", "address"), keys, bounds, strict=True):
            if key is None:
                continue
            await tx.call("attempt_lock", key)
            rows = await tx.call(f"attempt_by_{column}", kind.value, key, now - window, most)
            found = room([_try_of(house, row) for row in rows], most, window, now)
            worst = max(worst, found, key=lambda one: (list(Room).index(one[0]), one[1]))
        if worst[0] is not Room.FREE:
            return worst
        id_ = house.identity.uuid()
        await tx.call("attempt_add", id_, kind.value, *keys, now)
    return id_


def _try_of(house: House, row: Row) -> Try:
    at: datetime = house.database.value("DatetimeField", row["created_at"])
    return Try(at, bool(row["failed"]))
