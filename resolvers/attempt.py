"""Attempts to prove who one is, counted in the database: no alias, batch, process or flushed Redis gets round it.

    async with attempt(house, AttemptKind.SMS_CODE, f"{organization_id} {phone}") as place:
        ...check...          # outside any transaction; whatever leaves the block counts as a failure
        place.accuse(organization_id, account_id)   # whose trail in the audit shows it when it was wrong
        place.passed()       # unless it was right

A place is taken before the check and given back after it, so that of fifty tries at once only as many are checked as
may fail. Failures count, not tries: an office of sixty behind one address signs in at nine.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from models.errors import ErrorCode, Refusal
from models.rules.attempt import AttemptKind, Room, Try, network, room
from resolvers.audit import SIGN_IN_FAILED, Failure, note_failure
from resolvers.origin import current_origin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from uuid import UUID

    from adapters.database import Row, Transaction
    from resolvers.ports import House

PATIENCE_SECONDS = 5.0  # how long a try waits for others that are under way
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4
# The refusals that say that somebody did not prove who he is: these are noted. For whom a provider has vouched (OIDC,
# WECHAT) guesses at the second factor are attempts of their own.
_WRONG: dict[AttemptKind, frozenset[ErrorCode]] = {
    AttemptKind.PASSWORD: frozenset({ErrorCode.WRONG_CREDENTIALS, ErrorCode.TOTP_WRONG}),
    AttemptKind.SMS_CODE: frozenset({ErrorCode.WRONG_CREDENTIALS, ErrorCode.TOTP_WRONG}),
    AttemptKind.ACTIVATION: frozenset({ErrorCode.ACTIVATION_WRONG}),
    AttemptKind.TOTP: frozenset({ErrorCode.TOTP_WRONG}),
    AttemptKind.OIDC: frozenset({ErrorCode.WRONG_CREDENTIALS}),
    AttemptKind.WECHAT: frozenset({ErrorCode.WRONG_CREDENTIALS}),
    AttemptKind.CLIENT: frozenset({ErrorCode.WRONG_CREDENTIALS}),
}


@dataclass(frozen=True)
class Accused:
    """Whom a failure is about."""

    organization_id: UUID
    account_id: UUID | None
    what: str
    client_id: UUID | None


class Place:
    """What an attempt holds while it is checked."""

    def __init__(self) -> None:
        self.door = "attempt_fail"
        self.accused: Accused | None = None

    def accuse(
        self,
        organization_id: UUID | None,
        account_id: UUID | None = None,
        what: str = SIGN_IN_FAILED,
        client_id: UUID | None = None,
    ) -> None:
        """Whom the audit names if it fails: the program `client_id` or the Account, only the Organization, or nothing.

        Known and unknown Accounts must call it alike, since what is noted takes time.
        """
        self.accused = None if organization_id is None else Accused(organization_id, account_id, what, client_id)

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
    limits = house.settings.limits
    bounds = (
        limits.attempts_per_account if most is None else most,
        limits.attempts_per_address if most_address is None else most_address,
    )
    id_ = await _take(house, kind, keys, bounds)
    place, wrong = Place(), None
    try:
        yield place
    except Refusal as refusal:
        wrong = refusal.code
        raise
    finally:
        if place.door != "attempt_fail":
            await house.database.call(place.door, id_)
        else:
            locked = await _fail(house, kind, keys[0], bounds[0], id_)
            if place.accused is not None and wrong in _WRONG.get(kind, ()):
                method = AttemptKind.TOTP if wrong is ErrorCode.TOTP_WRONG else kind
                await _note(house, place.accused, method, locked=locked)


async def _fail(house: House, kind: AttemptKind, key: str, most: int, id_: UUID) -> bool:
    """Count the failure; whether it is the one that locks the subject, which it is for one of many at once."""
    async with house.database.transaction(None) as tx:
        await tx.call("attempt_lock", key)
        await tx.call("attempt_fail", id_)
        return (await _room(house, tx, kind, "subject", key, most))[0] is Room.FULL


async def _note(house: House, accused: Accused, method: AttemptKind, *, locked: bool) -> None:
    failure = Failure(
        what=accused.what,
        method=method.value,
        locked_for=timedelta(minutes=house.settings.limits.attempt_minutes) if locked else None,
    )
    note = partial(note_failure, house, accused.organization_id, accused.account_id, failure, accused.client_id)
    if house.database.held is None:
        await note()
    else:  # which may be undone
        house.database.held.after.append(note)


def _keys(house: House, kind: AttemptKind, subject: str) -> tuple[str, str | None]:
    address = current_origin().address
    sign = house.signer.sign
    return sign(f"attempt {kind.value} {subject}"), address and sign(f"attempt address {network(address)}")


async def _take(house: House, kind: AttemptKind, keys: tuple[str, str | None], bounds: tuple[int, int]) -> UUID:
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
    worst: tuple[Room, float] = (Room.FREE, 0.0)
    async with house.database.transaction(None) as tx:
        for column, key, most in zip(("subject", "address"), keys, bounds, strict=True):
            if key is None:
                continue
            await tx.call("attempt_lock", key)
            found = await _room(house, tx, kind, column, key, most)
            worst = max(worst, found, key=lambda one: (list(Room).index(one[0]), one[1]))
        if worst[0] is not Room.FREE:
            return worst
        id_ = house.identity.uuid()
        await tx.call("attempt_add", id_, kind.value, *keys, house.clock.now())
    return id_


async def _room(
    house: House, tx: Transaction, kind: AttemptKind, column: str, key: str, most: int
) -> tuple[Room, float]:
    window, now = timedelta(minutes=house.settings.limits.attempt_minutes), house.clock.now()
    rows = await tx.call(f"attempt_by_{column}", kind.value, key, now - window, most)
    return room([_try_of(house, row) for row in rows], most, window, now)


def _try_of(house: House, row: Row) -> Try:
    at: datetime = house.database.value("DatetimeField", row["created_at"])
    return Try(at, bool(row["failed"]))
