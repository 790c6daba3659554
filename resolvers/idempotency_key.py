"""Idempotency keys: a keyed mutation runs once, and whoever sends it again gets the same bytes.

The key's row, what the verb did and the sealed answer are one transaction: killed at any instant, either all of it is
there or nothing (docs/decisions/0017-idempotency.md).
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import orjson

from adapters.vault import open_text, seal_text
from models.errors import ErrorCode, Refusal
from models.rules.idempotency_key import rights_of, still_holds
from resolvers.unit import committing
from resolvers.viewer import viewer_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from adapters.database import Transaction
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

RETRY_SECONDS = 1
BATCH = 2_000
# After these the client does not know what was done: nothing is, and the key is free.
UNKNOWN = frozenset({ErrorCode.INTERNAL_SERVER_ERROR, ErrorCode.SERVICE_UNAVAILABLE, ErrorCode.TIMEOUT})


class _Turn:
    """The queue of the copies of one key in this process."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0


_turns: dict[tuple[UUID, str], _Turn] = {}


class Outcome(Protocol):
    """What a run of the operation came to: its JSON, the codes of its errors, whether the verb gave its payload."""

    answer: bytes
    codes: frozenset[ErrorCode]
    given: bool

    def nothing(self) -> bytes:
        """The JSON when everything was undone after all: the errors alone."""
        ...


@dataclass(frozen=True)
class Keyed:
    """A client's key for one request; `digest` is the same for the same request only.

    `personal` when the answer shows what the erasure of a Person empties (resolvers/erasure.py: ERASABLE).
    """

    key: str
    digest: str
    personal: bool


@dataclass(frozen=True)
class Answer:
    """The JSON to send; `replayed` when it is of an earlier run."""

    content: bytes
    replayed: bool = False


async def once(house: House, viewer: Viewer, keyed: Keyed, run: Callable[[], Awaitable[Outcome]]) -> Answer:
    """Run the operation unless it ran under this key, and keep its answer with what it did.

    Kept is what the verb answered, refusals in `userErrors` too. Not kept, and undone, is what failed at the top:
    rights, time, an outage, a bug. Raises Refusal IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_PROGRESS, CONFLICT
    when the kept answer was erased, and FORBIDDEN or UNAUTHENTICATED when the rights that it was made for are gone.
    """
    async with _turn(house, viewer, keyed):
        kept = await _kept(house, viewer, keyed)
        if kept is not None:
            return kept
        attempt = _Attempt(house, viewer, keyed)
        answer = await attempt.make(run)
        if answer is None:  # another process was first
            answer = await _kept(house, viewer, keyed)
        if answer is None:
            raise _in_progress()
        return answer


class _Attempt:
    """One run under a key."""

    def __init__(self, house: House, viewer: Viewer, keyed: Keyed) -> None:
        self._house = house
        self._viewer = viewer
        self._keyed = keyed
        self._id = house.identity.uuid()
        self._stopped = False  # the claim began and did not succeed

    def _lost(self) -> bool:
        return self._stopped

    async def make(self, run: Callable[[], Awaitable[Outcome]]) -> Answer | None:
        """The answer; None when another process holds the key."""
        async with self._house.database.holding(self._claim) as held:
            outcome = await run()
            if self._lost():
                return None
            if outcome.codes & UNKNOWN:
                return Answer(outcome.nothing())
            if not outcome.given and not held.done:
                return Answer(outcome.answer)
            try:
                async with committing(self._house, held, self._viewer.organization_id) as unit:
                    await self._keep(unit.tx, outcome.answer)
            except Refusal:
                if self._lost():
                    return None
                raise
        return Answer(outcome.answer)

    async def _claim(self, tx: Transaction) -> None:
        """The first statement of the transaction: a copy in another process waits here until we commit or go back."""
        self._stopped = True
        viewer = self._viewer
        rows = await tx.fetch(
            "INSERT INTO idempotency_key (id, organization_id, account_id, key, created_at, personal)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, key) DO NOTHING RETURNING id",
            self._id,
            viewer.organization_id,
            viewer.account_id,
            self._keyed.key,
            self._house.clock.now(),
            self._keyed.personal,
        )
        if not rows:
            raise _in_progress()
        self._stopped = False

    async def _keep(self, tx: Transaction, answer: bytes) -> None:
        kept = {"request": self._keyed.digest, "rights": rights_of(self._viewer), "answer": answer.decode()}
        envelope = orjson.dumps(kept).decode()
        sealed = seal_text(self._house.vault, envelope, self._viewer.organization_id, self._id)
        await tx.fetch("UPDATE idempotency_key SET answer = $2 WHERE id = $1 RETURNING id", self._id, sealed)


async def _kept(house: House, viewer: Viewer, keyed: Keyed) -> Answer | None:
    """The answer of an earlier run, for whom still holds the rights that it was made for. Refuses an erased one."""
    rows = await house.database.fetch(
        "SELECT id, answer FROM idempotency_key WHERE account_id = $1 AND key = $2",
        [viewer.account_id, keyed.key],
        viewer.organization_id,
    )
    if not rows:
        return None
    if rows[0]["answer"] is None:
        raise Refusal(ErrorCode.CONFLICT, message="IDEMPOTENCY_ERASED")
    envelope = orjson.loads(open_text(house.vault, rows[0]["answer"], viewer.organization_id, UUID(str(rows[0]["id"]))))
    if envelope["request"] != keyed.digest:
        raise Refusal(ErrorCode.IDEMPOTENCY_KEY_REUSED)
    now = await house.database.call("viewers", [viewer.session_key])
    strict = house.settings.production
    fresh = viewer_of(now, viewer.session_key, house.database, house.clock.now(), strict=strict)
    if fresh is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    if not still_holds(fresh, envelope["rights"]):
        raise Refusal(ErrorCode.FORBIDDEN, message="IDEMPOTENCY_RIGHTS")
    return Answer(envelope["answer"].encode(), replayed=True)


@asynccontextmanager
async def _turn(house: House, viewer: Viewer, keyed: Keyed) -> AsyncIterator[None]:
    """Copies in this process wait here, without a connection. Raises Refusal IDEMPOTENCY_IN_PROGRESS."""
    assert viewer.account_id is not None  # noqa: S101 - GraphQL's viewers are accounts
    name = viewer.account_id, keyed.key
    turn = _turns.setdefault(name, _Turn())
    turn.users += 1
    try:
        try:
            async with asyncio.timeout(house.settings.limits.idempotency_wait_seconds):
                await turn.lock.acquire()
        except TimeoutError:
            raise _in_progress() from None
        try:
            yield
        finally:
            turn.lock.release()
    finally:
        turn.users -= 1
        if not turn.users:
            del _turns[name]


def _in_progress() -> Refusal:
    return Refusal(ErrorCode.IDEMPOTENCY_IN_PROGRESS, retry_after=RETRY_SECONDS)


async def blank_answers(unit: Unit, before: datetime) -> None:
    """Take what people are shown out of the kept answers of the Organization that were begun before an instant.

    The key stays used: what was done under it is not done again.
    """
    await unit.tx.fetch(
        "UPDATE idempotency_key SET answer = NULL WHERE organization_id = $1 AND personal AND created_at <= $2"
        " AND answer IS NOT NULL RETURNING id",
        unit.organization_id,
        before,
    )


async def prune_keys(house: House) -> None:
    """Keys and answers older than `Limits.idempotency_days` go."""
    before = house.clock.now() - timedelta(days=house.settings.limits.idempotency_days)
    while len(await house.database.call("idempotency_prune", before, BATCH)) >= BATCH:
        pass
