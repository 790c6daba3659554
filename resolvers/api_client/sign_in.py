"""How a program signs in: client credentials (RFC 6749 section 4.4), over HTTP and as a mutation alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from adapters.identity import token_hash
from models import AccessToken, ApiClient, ApiClientSecret, Session
from models.errors import ErrorCode, Refusal
from models.rules.account import SignInMethod
from models.rules.attempt import AttemptKind
from resolvers.attempt import attempt
from resolvers.origin import current_origin
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from resolvers.ports import House

LONGEST = 200


@dataclass(frozen=True)
class Pass:
    """An access token, shown this once. There is no refresh token: the secret buys the next one."""

    token: str
    expires_at: datetime
    client: ApiClient


async def sign_in(house: House, client_id: str, client_secret: str, wanted: Iterable[str] = ()) -> Pass:
    """A token of at most ACCESS_MINUTES, never beyond the client's own end.

    A wrong id, a wrong secret and one that has ended answer alike: Refusal WRONG_CREDENTIALS; too many of them
    RATE_LIMITED. FORBIDDEN when the client lacks one of the `wanted` scopes.
    """
    wrong = Refusal(ErrorCode.WRONG_CREDENTIALS, message="CLIENT_CREDENTIALS")
    if max(len(client_id), len(client_secret)) > LONGEST:
        raise wrong
    try:
        id_ = UUID(hex=client_id.strip())
    except ValueError:
        raise wrong from None
    async with attempt(house, AttemptKind.CLIENT, id_.hex) as place:
        rows = await house.database.call("client", id_, token_hash(client_secret), house.clock.now())
        if not rows:  # nobody's, so no company's audit has it
            raise wrong
        organization_id, account_id = (UUID(str(rows[0][name])) for name in ("organization_id", "account_id"))
        place.accuse(organization_id, account_id, client_id=id_)
        if rows[0]["secret_id"] is None:
            raise wrong
        place.passed()
    secret_id = UUID(str(rows[0]["secret_id"]))
    return await _open(house, id_, organization_id, secret_id, frozenset(wanted))


async def _open(house: House, client_id: UUID, organization_id: UUID, secret_id: UUID, wanted: frozenset[str]) -> Pass:
    """The session, unless client or secret were revoked a moment ago: verbs lock the client, and so do we."""
    token, origin = house.identity.token(), current_origin()
    async with system_unit(house, organization_id) as unit:
        client = await ApiClient.filter(id=client_id, revoked_at=None).select_for_update().get_or_none()
        used = ApiClientSecret.filter(id=secret_id, revoked_at=None)
        if client is None or not await used.update(last_used_at=unit.now):
            raise Refusal(ErrorCode.WRONG_CREDENTIALS, message="CLIENT_CREDENTIALS")
        if lacking := wanted - set(client.scopes):
            raise Refusal(ErrorCode.FORBIDDEN, permission=" ".join(sorted(lacking)))
        until = unit.now + timedelta(minutes=house.settings.access_minutes)
        session = await unit.add(
            Session,
            account_id=client.account_id,
            method=SignInMethod.CLIENT,
            expires_at=min(until, client.expires_at or until),
            address=origin.address,
            agent=origin.agent,
        )
        await unit.add(AccessToken, session_id=session.id, token_hash=token_hash(token), expires_at=session.expires_at)
        unit.audit("apiClient.signIn", None, session, account_id=client.account_id)
    return Pass(token, session.expires_at, client)
