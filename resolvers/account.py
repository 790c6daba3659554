"""Accounts: signing in and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from models import Account, Session
from models.errors import ErrorCode, Refusal
from models.query import Order, Query
from models.rules.account import SignInMethod
from models.rules.attempt import AttemptKind
from models.scope import visible
from resolvers.attempt import attempt
from resolvers.origin import current_origin
from resolvers.session import Tokens, open_session
from resolvers.unit import system_unit, unit_of_work

if TYPE_CHECKING:
    from datetime import datetime

    from models.viewer import Viewer
    from resolvers.ports import House

MAX_SECRET = 200


@dataclass(frozen=True)
class Known:
    """What is known of a login before anybody has proven who he is; `subject` is what attempts count under."""

    subject: str
    organization_id: UUID | None = None
    account_id: UUID | None = None
    password_hash: str | None = None
    activation_hash: str | None = None
    activation_expires_at: datetime | None = None


def accounts(viewer: Viewer | None, order: Order) -> Query:
    """Accounts that the viewer may see: the own one; all of the Organization for who holds account.read."""
    return Query(Account, visible(Account, viewer), order)


def subject(organization: UUID | str | None, login: str) -> str:
    """What attempts at an account are counted under."""
    return f"{organization} {login}"


async def find_account(house: House, organization: str | None, login: str) -> Known:
    """Look up a login of the Organization that is named by its slug, or else by the host that the request called."""
    named = organization.strip() if organization is not None else None
    host = current_origin().host
    rows = await house.database.call("sign_in", named, host, login)
    if not rows:
        return Known(subject(named or host, login))
    row = rows[0]
    organization_id = UUID(str(row["organization_id"]))
    if row["account_id"] is None:
        return Known(subject(organization_id, login), organization_id)
    return Known(
        subject(organization_id, login),
        organization_id,
        UUID(str(row["account_id"])),
        row["password_hash"],
        row["activation_hash"],
        house.database.value("DatetimeField", row["activation_expires_at"]),
    )


async def sign_in(
    house: House, organization: str | None, login: str, password: str, totp_code: str | None = None
) -> Tokens:
    """Open a session. A wrong organization, login or password all answer alike, after the same work.

    Raises Refusal WRONG_CREDENTIALS, TOTP_REQUIRED, TOTP_WRONG, RATE_LIMITED.
    """
    if max(len(organization or ""), len(login), len(password), len(totp_code or "")) > MAX_SECRET:
        raise Refusal(ErrorCode.WRONG_CREDENTIALS)
    known = await find_account(house, organization, login.strip())
    async with attempt(house, AttemptKind.PASSWORD, known.subject) as place:
        place.accuse(known.organization_id, known.account_id)
        try:
            tokens = await _proven(house, known, password, totp_code)
            if tokens is None:  # the hash was renewed by a sign-in beside ours, or the password is another by now
                known = await find_account(house, organization, login.strip())
                tokens = await _proven(house, known, password, totp_code)
        except Refusal as refusal:
            if refusal.code is ErrorCode.TOTP_REQUIRED:
                place.void()
            raise
        if tokens is None:
            raise Refusal(ErrorCode.WRONG_CREDENTIALS)
        place.passed()
    return tokens


async def _proven(house: House, known: Known, password: str, totp_code: str | None) -> Tokens | None:
    """The session, for the right password; None when its hash was changed while we looked."""
    if not await house.passwords.matches(known.password_hash, password):
        raise Refusal(ErrorCode.WRONG_CREDENTIALS)
    return await _open(house, known, password, totp_code)


async def _open(house: House, known: Known, password: str, totp_code: str | None) -> Tokens | None:
    """As `_proven`, of who gave the right password; a hash of weaker parameters than today's is renewed."""
    assert known.organization_id is not None and known.account_id is not None and known.password_hash  # noqa: S101, PT018 - the password matched
    stale = house.passwords.stale(known.password_hash)
    renewed = await house.passwords.hash(password) if stale else known.password_hash
    async with system_unit(house, known.organization_id) as unit:
        still = Account.filter(id=known.account_id, password_hash=known.password_hash, disabled_at=None)
        if await still.select_for_update().get_or_none() is None:
            return None
        if stale:
            await Account.filter(id=known.account_id).update(password_hash=renewed)
        return await open_session(unit, known.account_id, SignInMethod.PASSWORD, totp_code=totp_code)


async def sign_out(viewer: Viewer | None, house: House) -> None:
    """End the session that asks; its open streams end within two seconds."""
    async with unit_of_work(house, viewer) as unit:
        session = await Session.get(id=unit.viewer.session_id if unit.viewer else None)
        before = session.clone(pk=session.id)
        session.revoked_at = unit.now
        await session.save(update_fields=["revoked_at"])
        unit.audit("account.signOut", before, session)
