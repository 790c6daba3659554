"""What was refused, for auditors: failed sign-ins, lock-outs, verbs without the right. Bounded, never in the way."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from adapters.database import DatabaseUnavailable
from models import Account, ApiClient, Organization
from models.errors import ErrorCode, Refusal
from models.rules.audit import SECURITY
from models.rules.key import least_key
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from uuid import UUID

    from models.base import Record
    from models.viewer import Viewer
    from resolvers.ports import House

MOST_A_MINUTE = 10
MOST_FAILURES_AN_HOUR = 1_000  # of an Organization; who is locked out is noted beyond it
SIGN_IN_FAILED, PROOF_FAILED, LOCKED_OUT = "signInFailed", "proofFailed", "lockedOut"
_LATELY = (
    "SELECT count(*) AS n FROM audit_entry WHERE organization_id = $1 AND subject_id = $2 AND id >= $3 AND verb = $4"
)
_OF_COMPANY = (
    "SELECT count(*) AS n FROM"
    " (SELECT 1 FROM audit_entry WHERE organization_id = $1 AND verb = $2 AND id >= $3 LIMIT $4) AS lately"
)
_LOCKED = (
    "SELECT CAST(after AS TEXT) AS detail FROM audit_entry"
    " WHERE organization_id = $1 AND subject_id = $2 AND id >= $3 AND verb = $4"
)


@dataclass(frozen=True)
class Failure:
    """Somebody did not prove who he is: `what` of the above, by `method`; `locked_for` when that locks him out."""

    what: str
    method: str
    locked_for: timedelta | None


async def note_security(
    house: House,
    organization_id: UUID,
    what: str,
    subject: Record | Organization,
    account_id: UUID | None = None,
    **detail: Any,
) -> bool:
    """An entry `security.<what>` about `subject` (an Account; the Organization when none is known), outside any unit.

    At most MOST_A_MINUTE of a kind and subject a minute, counted in the database: a flood costs one read each. False
    when it was left out, or could not be written: what was refused stays refused. `detail` is no secret and JSON-ready.
    """
    verb, least = f"{SECURITY}{what}", least_key(house.clock.now() - timedelta(minutes=1))
    with suppress(DatabaseUnavailable, Refusal):
        rows = await house.database.fetch(_LATELY, [organization_id, subject.id, least, verb], organization_id)
        if rows[0]["n"] >= MOST_A_MINUTE:
            return False
        async with system_unit(house, organization_id) as unit:
            unit.audit_values(verb, subject, None, detail or None, account_id=account_id)
        return True
    return False


async def note_failure(
    house: House, organization_id: UUID, account_id: UUID | None, failure: Failure, client_id: UUID | None = None
) -> None:
    """Entries `security.<what>` and, once for each method and time of locking, `security.lockedOut`.

    About the Account, or the program whose Account it is (`client_id`); when neither is known about the Organization,
    with nothing that names a person. The caller has
    counted the attempt, so a subject has no more of them than its limit; a flood over many is cut for the Organization.
    What is asked and written is alike for known and unknown Accounts: a clock outside tells nothing. Nothing is written
    when the database cannot: what was refused stays refused.
    """
    if client_id is not None:
        subject: Organization | Account | ApiClient = ApiClient(id=client_id)
    else:
        subject = Organization(id=organization_id) if account_id is None else Account(id=account_id)
    detail, now = {"method": failure.method}, house.clock.now()
    verb, locked = f"{SECURITY}{failure.what}", f"{SECURITY}{LOCKED_OUT}"
    with suppress(DatabaseUnavailable, Refusal):
        hour = least_key(now - timedelta(hours=1))
        rows = await house.database.fetch(
            _OF_COMPANY, [organization_id, verb, hour, MOST_FAILURES_AN_HOUR], organization_id
        )
        verbs = [verb] if rows[0]["n"] < MOST_FAILURES_AN_HOUR else []
        if failure.locked_for is not None:
            since = least_key(now - failure.locked_for)
            found = await house.database.fetch(_LOCKED, [organization_id, subject.id, since, locked], organization_id)
            verbs += [locked] if all(orjson.loads(row["detail"] or "{}") != detail for row in found) else []
        async with system_unit(house, organization_id) as unit:
            for one in verbs:
                unit.audit_values(one, subject, None, detail, account_id=account_id)


async def note_refusal(house: House, viewer: Viewer | None, verb: str, refusal: Refusal) -> None:
    """A signed-in viewer asked for a verb that he may not do: FORBIDDEN, not what he could not know to exist."""
    if refusal.code is not ErrorCode.FORBIDDEN or viewer is None or viewer.account_id is None:
        return
    account = Account(id=viewer.account_id)
    permission = refusal.params.get("permission")
    note = partial(
        note_security,
        *(house, viewer.organization_id, "forbidden", account, viewer.account_id),
        mutation=verb,
        permission=permission,
    )
    if house.database.held is None:
        await note()
    else:  # which is undone with what was refused
        house.database.held.after.append(note)
