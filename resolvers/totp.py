"""TOTP: the second factor of an Account, and what replaces it when the phone is lost."""

from __future__ import annotations

import base64
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.vault import open_text, seal_text
from models import Account, AccountTotp, Organization, RecoveryCode, Session
from models.errors import ErrorCode, Refusal
from models.rules.attempt import AttemptKind
from models.rules.code import RECOVERY_CHARACTERS, RECOVERY_CODES, made, normal
from models.rules.totp import SECRET_BYTES, otpauth, step_of
from resolvers.attempt import attempt
from resolvers.audit import PROOF_FAILED
from resolvers.unit import unit_of_work

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.attempt import Place
    from resolvers.ports import House
    from resolvers.unit import Unit


@dataclass(frozen=True)
class Enrolment:
    """What the authenticator app needs, shown this once: the secret in base32, and the same as an address."""

    secret: str
    uri: str


async def begin(viewer: Viewer | None, house: House) -> Enrolment:
    """A new secret for the own Account; it counts once `confirm` has seen a code of it. Raises Refusal TOTP_ON."""
    async with unit_of_work(house, viewer) as unit:
        account = await _own(unit)
        if account.totp_at is not None:
            raise Refusal(ErrorCode.TOTP_ON)
        await AccountTotp.filter(account_id=account.id, removed_at=None).update(removed_at=unit.now)
        secret = base64.b32encode(house.identity.secret(SECRET_BYTES)).decode()
        id_ = house.identity.uuid()
        sealed = seal_text(house.vault, secret, unit.organization_id, id_)
        await unit.add(AccountTotp, id=id_, account_id=account.id, secret_cipher=sealed, last_step=0)
        company = await Organization.get(id=unit.organization_id)
    return Enrolment(secret, otpauth(secret, company.name, account.login))


async def confirm(viewer: Viewer | None, house: House, code: str) -> list[str]:
    """From now on signing in asks for a code; the recovery codes, shown this once. This session counts as strong.

    Raises Refusal TOTP_OFF (nothing was begun), TOTP_ON, TOTP_WRONG, RATE_LIMITED.
    """
    async with _proving(viewer, house) as place:
        async with unit_of_work(house, viewer) as unit:
            account = await _own(unit)
            if account.totp_at is not None:
                raise Refusal(ErrorCode.TOTP_ON)
            totp = await _live(unit, account.id)
            if totp is None:
                raise Refusal(ErrorCode.TOTP_OFF)
            if not await _use_step(unit, totp, code):
                raise Refusal(ErrorCode.TOTP_WRONG, field="code")
            codes = [made(RECOVERY_CHARACTERS, house.identity.below) for _ in range(RECOVERY_CODES)]
            for one in codes:
                await unit.add(RecoveryCode, totp_id=totp.id, code_hash=_hash(house, totp, one))
            before = await unit.change(account, totp_at=unit.now)
            await Session.filter(id=unit.signed_in.session_id).update(totp_at=unit.now)
            unit.audit("account.totpConfirm", before, account)
        place.passed()
    return codes


async def remove(viewer: Viewer | None, house: House, code: str) -> Account:
    """Signing in asks for no code any more. `code` is one of the app, or a recovery code.

    Raises Refusal TOTP_OFF, TOTP_WRONG, RATE_LIMITED.
    """
    async with _proving(viewer, house) as place:
        async with unit_of_work(house, viewer) as unit:
            account = await _own(unit)
            totp = await _live(unit, account.id)
            if account.totp_at is None or totp is None:
                raise Refusal(ErrorCode.TOTP_OFF)
            if not await _use(unit, totp, code):
                raise Refusal(ErrorCode.TOTP_WRONG, field="code")
            await take_away(unit, account)
        place.passed()
    return account


async def take_away(unit: Unit, account: Account) -> None:
    """Without a second factor again; no session counts as strong."""
    await AccountTotp.filter(account_id=account.id, removed_at=None).update(removed_at=unit.now)
    await Session.filter(account_id=account.id).exclude(totp_at=None).update(totp_at=None)
    before = await unit.change(account, totp_at=None)
    unit.audit("account.totpRemove", before, account)


async def require_second_factor(unit: Unit, account_id: UUID, code: str | None) -> bool:
    """Whether the account has a second factor; then `code` is one of it, used up by this.

    Raises Refusal TOTP_REQUIRED (no code), TOTP_WRONG.
    """
    account = await Account.filter(id=account_id).select_for_update().get()
    totp = await _live(unit, account_id) if account.totp_at is not None else None
    if totp is None:
        return False
    if code is None or not code.strip():
        raise Refusal(ErrorCode.TOTP_REQUIRED, field="totp_code")
    if not await _use(unit, totp, code):
        raise Refusal(ErrorCode.TOTP_WRONG, field="totp_code")
    return True


async def _own(unit: Unit) -> Account:
    return await unit.find(Account, unit.signed_in.account_id, "id")


async def _live(unit: Unit, account_id: UUID) -> AccountTotp | None:
    rows = AccountTotp.filter(account_id=account_id, removed_at=None, organization_id=unit.organization_id)
    found: AccountTotp | None = await rows.select_for_update().get_or_none()
    return found


async def _use(unit: Unit, totp: AccountTotp, code: str) -> bool:
    """Whether `code` is one of the app or a recovery code; each is taken once."""
    if await _use_step(unit, totp, code):
        return True
    spent = RecoveryCode.filter(totp_id=totp.id, code_hash=_hash(unit.house, totp, code), used_at=None)
    return bool(await spent.update(used_at=unit.now))


async def _use_step(unit: Unit, totp: AccountTotp, code: str) -> bool:
    secret = base64.b32decode(open_text(unit.house.vault, totp.secret_cipher, unit.organization_id, totp.id))
    step = step_of(secret, code, unit.now.timestamp(), totp.last_step)
    if step is None:
        return False
    await AccountTotp.filter(id=totp.id).update(last_step=step)
    return True


def _hash(house: House, totp: AccountTotp, code: str) -> str:
    return house.signer.sign(f"recovery {totp.id} {normal(code)}")


@asynccontextmanager
async def _proving(viewer: Viewer | None, house: House) -> AsyncIterator[Place]:
    """An attempt of who is signed in already."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    async with attempt(house, AttemptKind.TOTP, str(viewer.account_id)) as place:
        place.accuse(viewer.organization_id, viewer.account_id, PROOF_FAILED)
        yield place
