"""Sessions: opened by every way to sign in, alike; lived by refresh tokens; listed and revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from adapters.identity import token_hash
from models import AccessToken, RefreshToken, Session
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, all_of, eq, is_null, less, negate
from models.query import Order, Query
from models.rules.account import SignInMethod
from models.rules.permission import Permission
from models.scope import visible
from resolvers.origin import current_origin
from resolvers.totp import require_second_factor
from resolvers.unit import system_unit, unit_of_work
from resolvers.viewer import require_everywhere

if TYPE_CHECKING:
    from datetime import datetime

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

# A client whose answer was lost, or whose two tabs ask at once, shows a token that has just been used. Within these
# seconds it gets a pair of its own; later it is a thief (or the thief's victim), and the session ends.
LEEWAY = timedelta(seconds=10)


@dataclass(frozen=True)
class Tokens:
    """A pair of tokens, shown this once; `expires_at` is the access token's, `refresh_expires_at` the session's."""

    token: str
    expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    account_id: UUID


async def open_session(unit: Unit, account_id: UUID, method: SignInMethod, *, totp_code: str | None = None) -> Tokens:
    """A new Session of an account that has proven who it is, with its first pair of tokens.

    Whichever way it signs in, an account that has TOTP shows a code (or a recovery code). Raises Refusal
    TOTP_REQUIRED, TOTP_WRONG.
    """
    settings, origin = unit.house.settings, current_origin()
    second = method is not SignInMethod.CLIENT and await require_second_factor(unit, account_id, totp_code)
    session = await unit.add(
        Session,
        account_id=account_id,
        method=method,
        expires_at=unit.now + timedelta(hours=settings.session_hours),
        totp_at=unit.now if second else None,
        address=origin.address,
        agent=origin.agent,
    )
    unit.audit("account.signIn", None, session, account_id=account_id)
    return await issue_tokens(unit, session)


async def issue_tokens(unit: Unit, session: Session) -> Tokens:
    """The next pair of tokens of a Session; neither outlives it."""
    token, refresh_token = unit.house.identity.token(), unit.house.identity.token()
    expires_at = min(unit.now + timedelta(minutes=unit.house.settings.access_minutes), session.expires_at)
    await unit.add(AccessToken, session_id=session.id, token_hash=token_hash(token), expires_at=expires_at)
    await unit.add(
        RefreshToken, session_id=session.id, token_hash=token_hash(refresh_token), expires_at=session.expires_at
    )
    return Tokens(token, expires_at, refresh_token, session.expires_at, session.account_id)


async def refresh(house: House, refresh_token: str) -> Tokens:
    """The next pair for a refresh token, which is used up. Raises Refusal UNAUTHENTICATED: sign in again.

    One that was used before the LEEWAY ends its session: two hold copies, and one of them stole his.
    """
    rows = await house.database.call("refresh", token_hash(refresh_token))
    tokens = None
    if rows:
        async with system_unit(house, UUID(str(rows[0]["organization_id"]))) as unit:
            tokens = await _next(unit, UUID(str(rows[0]["id"])))
    if tokens is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return tokens


async def _next(unit: Unit, id_: UUID) -> Tokens | None:
    """None when it buys nothing; the transaction is to be committed then too."""
    shown = await RefreshToken.filter(id=id_).get()
    # The session's row is the lock of all its tokens.
    session = await Session.filter(id=shown.session_id).select_for_update().get()
    await shown.refresh_from_db()
    if session.revoked_at is not None or session.expires_at <= unit.now or await _disabled(session):
        return None
    if shown.used_at is not None and shown.used_at <= unit.now - LEEWAY:
        await _end(unit, session, "session.reuse", actor="system")
        return None
    if shown.used_at is None:
        await RefreshToken.filter(id=id_).update(used_at=unit.now)
    await Session.filter(id=session.id).update(refreshed_at=unit.now)
    return await issue_tokens(unit, session)


async def _disabled(session: Session) -> bool:
    await session.fetch_related("account")
    return session.account.disabled_at is not None


def sessions(viewer: Viewer | None, now: datetime, order: Order, account_id: UUID | None = None) -> Query:
    """Sessions that go on, of the own Account and of those the viewer manages; of one Account when told."""
    return Query(Session, visible(Session, viewer), order).only(
        all_of(is_null("revoked_at"), negate(less("expires_at", now))),
        EVERYTHING if account_id is None else eq("account_id", account_id),
    )


async def revoke(viewer: Viewer | None, house: House, id_: UUID) -> Session:
    """End a session: an own one, or with account.manage any of the Organization. Its streams end within 2 s."""
    async with unit_of_work(house, viewer) as unit:
        session = await unit.find(Session, id_, "id")
        if session.account_id != unit.signed_in.account_id:
            require_everywhere(unit.signed_in, Permission.ACCOUNT_MANAGE)
        if session.revoked_at is None:
            await _end(unit, session, "session.revoke")
    return session


async def revoke_others(viewer: Viewer | None, house: House) -> int:
    """End every session of the own Account but the one that asks; how many that were."""
    async with unit_of_work(house, viewer) as unit:
        return await end_sessions(unit, unit.signed_in.account_id, keep=unit.signed_in.session_id)


async def end_sessions(unit: Unit, account_id: UUID | None, *, keep: UUID | None = None) -> int:
    """End the sessions of an account that go on, but `keep`; how many that were. Their tokens end with them."""
    running = Session.filter(account_id=account_id, revoked_at=None, expires_at__gt=unit.now)
    ended = [session for session in await running.select_for_update() if session.id != keep]
    for session in ended:
        await _end(unit, session, "session.revoke")
    return len(ended)


async def _end(unit: Unit, session: Session, verb: str, actor: str = "account") -> None:
    before = session.clone(pk=session.id)
    session.revoked_at = unit.now
    await session.save(update_fields=["revoked_at"])
    unit.audit(verb, before, session, actor=actor, account_id=session.account_id)
