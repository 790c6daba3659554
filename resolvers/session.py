"""Sessions: opened by every way to sign in, alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.identity import token_hash
from models import AccessToken, RefreshToken, Session
from resolvers.origin import current_origin

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from models.rules.account import SignInMethod
    from resolvers.unit import Unit


@dataclass(frozen=True)
class Tokens:
    """A pair of tokens, shown this once; `expires_at` is the access token's, `refresh_expires_at` the session's."""

    token: str
    expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime
    account_id: UUID


async def open_session(unit: Unit, account_id: UUID, method: SignInMethod) -> Tokens:
    """A new Session of an account that has proven who it is, with its first pair of tokens."""
    settings, origin = unit.house.settings, current_origin()
    session = await unit.add(
        Session,
        account_id=account_id,
        method=method,
        expires_at=unit.now + timedelta(hours=settings.session_hours),
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
