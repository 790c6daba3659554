"""Accounts: signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from models import Account, Session
from models.errors import ErrorCode, Refusal
from models.query import Order, Query
from models.rules.account import SignInMethod
from models.scope import visible
from resolvers.session import Tokens, open_session
from resolvers.unit import system_unit, unit_of_work

if TYPE_CHECKING:
    from models.viewer import Viewer
    from resolvers.ports import House

MAX_SECRET = 200


def accounts(viewer: Viewer | None, order: Order) -> Query:
    """Accounts that the viewer may see: the own one; all of the Organization for who holds account.read."""
    return Query(Account, visible(Account, viewer), order)


async def sign_in(house: House, organization: str, login: str, password: str) -> Tokens:
    """Open a session. A wrong organization, login or password all answer alike, after the same work."""
    if max(len(organization), len(login), len(password)) > MAX_SECRET:
        raise Refusal(ErrorCode.WRONG_CREDENTIALS)
    rows = await house.database.call("sign_in", organization.strip(), login.strip())
    kept = rows[0]["password_hash"] if rows else None
    if not await house.passwords.matches(kept, password):
        raise Refusal(ErrorCode.WRONG_CREDENTIALS)
    account_id, organization_id = UUID(str(rows[0]["account_id"])), UUID(str(rows[0]["organization_id"]))
    async with system_unit(house, organization_id) as unit:
        return await open_session(unit, account_id, SignInMethod.PASSWORD)


async def sign_out(viewer: Viewer | None, house: House) -> None:
    """End the session that asks; its open streams end within two seconds."""
    async with unit_of_work(house, viewer) as unit:
        session = await Session.get(id=unit.viewer.session_id if unit.viewer else None)
        before = session.clone(pk=session.id)
        session.revoked_at = unit.now
        await session.save(update_fields=["revoked_at"])
        unit.audit("account.signOut", before, session)
