"""Passwords: changed by their owner, taken away by a manager, set by an activation code."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import Account, ApiClient
from models.errors import ErrorCode, Refusal
from models.rules import password as rule
from models.rules.attempt import AttemptKind
from models.rules.code import ACTIVATION_CHARACTERS, ACTIVATION_DAYS, made, normal
from models.rules.permission import Permission
from resolvers.account import find_account, subject
from resolvers.attempt import attempt
from resolvers.audit import PROOF_FAILED
from resolvers.session import end_sessions
from resolvers.totp import take_away
from resolvers.unit import check_version, system_unit, unit_of_work
from resolvers.viewer import account_viewer, require_everywhere

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.account import Known
    from resolvers.ports import House
    from resolvers.unit import Unit

MAX_LOGIN = 200


async def change(viewer: Viewer | None, house: House, current: str, new: str) -> Account:
    """Another password for the own Account; every other session of it ends.

    Raises Refusal WRONG_CREDENTIALS, BAD_USER_INPUT (the rules of passwords), RATE_LIMITED.
    """
    async with unit_of_work(house, viewer) as unit:
        account = await unit.find(Account, unit.signed_in.account_id, "id")
    check(new, account.login, "new_password")
    async with attempt(house, AttemptKind.PASSWORD, subject(account.organization_id, account.login)) as place:
        place.accuse(account.organization_id, account.id, PROOF_FAILED)
        if not await house.passwords.matches(account.password_hash, current[: rule.LONGEST + 1]):
            raise Refusal(ErrorCode.WRONG_CREDENTIALS, field="current_password", message="WRONG_PASSWORD")
        place.passed()
    hashed = await house.passwords.hash(new)
    async with unit_of_work(house, viewer) as unit:
        now = await unit.find(Account, account.id, "id")
        if now.password_hash != account.password_hash:  # somebody was faster
            raise Refusal(ErrorCode.WRONG_CREDENTIALS, field="current_password", message="WRONG_PASSWORD")
        await _set(unit, now, hashed, "account.passwordChange", keep=unit.signed_in.session_id)
    return now


async def reset(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, *, remove_totp: bool
) -> tuple[Account, str]:
    """Take the password away and end the sessions; the activation code that sets the next one, shown this once.

    Only of an Account that administers nothing which the viewer does not administer.
    Raises Refusal FORBIDDEN, CONFLICT, BAD_USER_INPUT.
    """
    async with unit_of_work(house, viewer) as unit:
        account = await unit.find(Account, id_, "id")
        require_everywhere(unit.signed_in, Permission.ACCOUNT_MANAGE)
        theirs = await account_viewer(unit.tx, house.database, account.id, unit.now)
        if theirs is not None and not theirs.administers <= unit.signed_in.administers:
            raise Refusal(ErrorCode.FORBIDDEN, permission=Permission.ACCOUNT_MANAGE.value, message="NOT_ABOVE_ONESELF")
        check_version(account, expected_version)
        if await ApiClient.filter(account_id=account.id).exists():
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="id", message="ACCOUNT_OF_CLIENT")
        if remove_totp and account.totp_at is not None:
            await take_away(unit, account)
        code, values = activation(unit, account.id)
        before = await unit.change(account, password_hash="", **values)
        unit.audit("account.passwordReset", before, account)
        await end_sessions(unit, account.id)
    return account, code


def activation(unit: Unit, account_id: UUID) -> tuple[str, dict[str, Any]]:
    """A new activation code, to be shown once, and the columns of the Account that remember it."""
    code = made(ACTIVATION_CHARACTERS, unit.house.identity.below)
    return code, {
        "activation_hash": _hash(unit.house, account_id, code),
        "activation_expires_at": unit.now + timedelta(days=ACTIVATION_DAYS),
    }


async def activate(house: House, organization: str | None, login: str, code: str, password: str) -> None:
    """Set the password of an Account by its code, which is used up. An unknown Account answers as a wrong code.

    Raises Refusal ACTIVATION_WRONG, BAD_USER_INPUT (the rules of passwords), RATE_LIMITED.
    """
    login = login.strip()
    if max(len(organization or ""), len(login), len(code)) > MAX_LOGIN:
        raise Refusal(ErrorCode.ACTIVATION_WRONG)
    check(password, login, "password")
    known = await find_account(house, organization, login)
    async with attempt(house, AttemptKind.ACTIVATION, known.subject) as place:
        place.accuse(known.organization_id, known.account_id)
        if known.organization_id is None or not _holds(house, known, code):
            raise Refusal(ErrorCode.ACTIVATION_WRONG)
        hashed = await house.passwords.hash(password)
        async with system_unit(house, known.organization_id) as unit:
            account = (
                await Account.filter(id=known.account_id, activation_hash=known.activation_hash, disabled_at=None)
                .select_for_update()
                .get_or_none()
            )
            if account is None:  # used meanwhile
                raise Refusal(ErrorCode.ACTIVATION_WRONG)
            await _set(unit, account, hashed, "account.activate")
        place.passed()


def _holds(house: House, known: Known, code: str) -> bool:
    if known.account_id is None or known.activation_hash is None or known.activation_expires_at is None:
        return False
    right = hmac.compare_digest(known.activation_hash, _hash(house, known.account_id, code))
    return right and house.clock.now() < known.activation_expires_at


async def _set(unit: Unit, account: Account, hashed: str, verb: str, keep: UUID | None = None) -> None:
    values = {"password_hash": hashed, "activation_hash": None, "activation_expires_at": None}
    before = await unit.change(account, **values)
    unit.audit(verb, before, account, account_id=account.id)
    await end_sessions(unit, account.id, keep=keep)


def check(password: str, login: str, field: str) -> None:
    """Raise Refusal BAD_USER_INPUT that names `field` when `password` may not be one of `login`."""
    fault = rule.fault(password, login)
    if fault is not None:
        raise Refusal(
            ErrorCode.BAD_USER_INPUT, field=field, message=fault, detail="", low=rule.SHORTEST, high=rule.LONGEST
        )


def _hash(house: House, account_id: UUID, code: str) -> str:
    return house.signer.sign(f"activation {account_id} {normal(code)}")
