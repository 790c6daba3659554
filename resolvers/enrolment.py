"""Accounts made, disabled and enabled by who manages them, and changed by their owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.database import UniqueViolation
from models import Account, ApiClient, Person, Staff
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.role import LOCALES, LONGEST_LOGIN
from resolvers.password import activation
from resolvers.role import keep_an_administrator, lock_administrators
from resolvers.session import end_sessions
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import account_viewer, require_everywhere

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


async def create(
    viewer: Viewer | None,
    house: House,
    login: str,
    person_id: UUID | None = None,
    staff_id: UUID | None = None,
    locale: str = LOCALES[0],
) -> tuple[Account, str]:
    """An Account without a password, and the activation code that sets one, shown this once. It holds no role yet.

    Raises Refusal FORBIDDEN, ACCOUNT_EXISTS, NAME_TAKEN, BAD_USER_INPUT.
    """
    login = login.strip()
    if not 1 <= len(login) <= LONGEST_LOGIN:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="login", message="TEXT_LENGTH", low=1, high=LONGEST_LOGIN)
    _check_locale(locale)
    if person_id is None and staff_id is None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="staff_id", message="PERSON_OR_STAFF")
    try:
        async with unit_of_work(house, viewer) as unit:
            require_everywhere(unit.signed_in, Permission.ACCOUNT_MANAGE)
            if person_id is not None:
                await unit.see(Person, person_id, "person_id")
                await _without_account(unit, person_id=person_id)
            if staff_id is not None:
                await unit.see(Staff, staff_id, "staff_id")
                await _without_account(unit, staff_id=staff_id)
            if await Account.filter(organization_id=unit.organization_id, login=login).exists():
                raise Refusal(ErrorCode.NAME_TAKEN, field="login", name=login)
            id_ = house.identity.uuid()
            code, activates = activation(unit, id_)
            who = {"login": login, "person_id": person_id, "staff_id": staff_id, "locale": locale}
            account = await unit.add(Account, id=id_, password_hash="", disabled_at=None, **who, **activates)
            unit.audit("account.create", None, account)
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.NAME_TAKEN, field="login", name=login) from None
    return account, code


async def disable(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Account:
    """Nobody signs in by it any more; its sessions end, and its streams within two seconds.

    Raises Refusal FORBIDDEN (who administers more than the viewer), LAST_ADMINISTRATOR, CONFLICT.
    """
    async with unit_of_work(house, viewer) as unit:
        administrators = await lock_administrators(unit)
        account = await _managed(unit, id_, expected_version)
        if account.disabled_at is None:
            keep_an_administrator(administrators, [one for one in administrators if one.account_id == account.id])
            before = await unit.change(account, disabled_at=unit.now)
            unit.audit("account.disable", before, account)
            await end_sessions(unit, account.id)
    return account


async def enable(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Account:
    """It signs in again, with the roles that it still holds. Raises Refusal FORBIDDEN, CONFLICT."""
    async with unit_of_work(house, viewer) as unit:
        account = await _managed(unit, id_, expected_version)
        if account.disabled_at is not None:
            before = await unit.change(account, disabled_at=None)
            unit.audit("account.enable", before, account)
    return account


async def update(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, locale: str) -> Account:
    """The language of an Account: by its owner, or by who manages accounts."""
    _check_locale(locale)
    async with unit_of_work(house, viewer) as unit:
        account = await unit.find(Account, id_, "id")
        if account.id != unit.signed_in.account_id:
            require_everywhere(unit.signed_in, Permission.ACCOUNT_MANAGE)
        check_version(account, expected_version)
        before = await unit.change(account, locale=locale)
        unit.audit("account.update", before, account)
    return account


async def _managed(unit: Unit, id_: UUID, expected_version: int) -> Account:
    """An Account of somebody else, who administers nothing that the viewer does not administer."""
    account = await unit.find(Account, id_, "id")
    require_everywhere(unit.signed_in, Permission.ACCOUNT_MANAGE)
    if account.id == unit.signed_in.account_id:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="id", message="NOT_ONESELF")
    theirs = await account_viewer(unit.tx, unit.house.database, account.id, unit.now)
    if theirs is not None and not theirs.administers <= unit.signed_in.administers:
        raise Refusal(ErrorCode.FORBIDDEN, permission=Permission.ACCOUNT_MANAGE.value, message="NOT_ABOVE_ONESELF")
    check_version(account, expected_version)
    if await ApiClient.filter(account_id=account.id).exists():
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="id", message="ACCOUNT_OF_CLIENT")
    return account


async def _without_account(unit: Unit, **who: UUID) -> None:
    there = await Account.filter(organization_id=unit.organization_id, **who).first()
    if there is not None:
        raise Refusal(ErrorCode.ACCOUNT_EXISTS, field=next(iter(who)), current=there.id)


def _check_locale(locale: str) -> None:
    if locale not in LOCALES:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="locale", message="LOCALE_UNKNOWN", known=", ".join(LOCALES))
