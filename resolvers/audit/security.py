"""What was refused, for auditors: failed sign-ins, lock-outs, verbs without the right. Bounded, never in the way."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from adapters.database import DatabaseUnavailable
from models import Account
from models.errors import ErrorCode, Refusal
from models.rules.audit import SECURITY
from models.rules.key import least_key
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from uuid import UUID

    from models import Organization
    from models.base import Record
    from models.viewer import Viewer
    from resolvers.ports import House

MOST_A_MINUTE = 10
_LATELY = (
    "SELECT count(*) AS n FROM audit_entry WHERE organization_id = $1 AND subject_id = $2 AND id >= $3 AND verb = $4"
)


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
