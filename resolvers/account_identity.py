"""Identities that are bound to accounts: found, bound, claimed, removed."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from adapters.database import UniqueViolation
from adapters.identity import token_hash
from models import Account, AccountIdentity, BindTicket, Person, Staff
from models.errors import ErrorCode, Refusal
from models.predicate import eq
from models.query import Order, Query
from models.rules.attempt import AttemptKind
from models.rules.identity_provider import TICKET_FOR, ProviderKind
from models.rules.permission import Permission
from models.rules.phone import spellings
from models.scope import visible
from resolvers.attempt import attempt
from resolvers.unit import unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from models.viewer import Viewer
    from resolvers.attempt import Place
    from resolvers.ports import House
    from resolvers.unit import Unit

_NOBODY = UUID(int=0)


def own(viewer: Viewer) -> Query:
    """The identities that are bound to the viewer's Account, the oldest first."""
    return Query(AccountIdentity, visible(AccountIdentity, viewer), Order()).only(eq("account_id", viewer.account_id))


async def bind_wechat(viewer: Viewer | None, house: House, ticket: str) -> AccountIdentity:
    """Claim the identity that a ticket stands for. Raises Refusal BAD_USER_INPUT, IDENTITY_TAKEN."""
    try:
        async with unit_of_work(house, viewer) as unit:
            who = unit.signed_in
            if who.account_id is None or who.api_client_id is not None:
                raise Refusal(ErrorCode.FORBIDDEN, permission="account")
            kept = (
                await BindTicket.filter(organization_id=unit.organization_id, ticket_hash=token_hash(ticket))
                .select_for_update()
                .get_or_none()
            )
            if kept is None or kept.used_at is not None or kept.expires_at <= unit.now:
                raise Refusal(ErrorCode.BAD_USER_INPUT, field="ticket", message="BIND_TICKET_WRONG")
            kept.used_at = unit.now
            await kept.save(update_fields=["used_at"])
            return await bind(unit, who.account_id, ProviderKind.WECHAT, kept.issuer, kept.subject)
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.IDENTITY_TAKEN) from None


async def remove(viewer: Viewer | None, house: House, id_: UUID) -> None:
    """End the binding: its owner may, and who manages accounts. Sessions that it opened go on until they are ended."""
    async with unit_of_work(house, viewer) as unit:
        identity = await unit.find(AccountIdentity, id_, "id")
        if identity.account_id != unit.signed_in.account_id:
            require(unit.signed_in, Permission.ACCOUNT_MANAGE)
        before = identity.clone(pk=identity.id)
        identity.removed_at = unit.now
        await identity.save(update_fields=["removed_at"])
        unit.audit("identity.remove", before, identity)


async def bind(unit: Unit, account_id: UUID, kind: ProviderKind, issuer: str, subject: str) -> AccountIdentity:
    """A new binding. Raises Refusal IDENTITY_TAKEN when either side has one; else UniqueViolation."""
    live = AccountIdentity.filter(organization_id=unit.organization_id, issuer=issuer, removed_at=None)
    if await live.filter(subject=subject).exists() or await live.filter(account_id=account_id).exists():
        raise Refusal(ErrorCode.IDENTITY_TAKEN)
    identity = await unit.add(
        AccountIdentity, account_id=account_id, kind=kind, issuer=issuer, subject=subject, used_at=None, removed_at=None
    )
    unit.audit("identity.bind", None, identity, account_id=account_id)
    return identity


async def known_account(unit: Unit, issuer: str, subject: str) -> UUID | None:
    """The Account that a subject is bound to, if it is not disabled; notes that the binding was used."""
    identity = (
        await AccountIdentity.filter(
            organization_id=unit.organization_id, issuer=issuer, subject=subject, removed_at=None
        )
        .select_for_update()
        .get_or_none()
    )
    if identity is None:
        return None
    if not await Account.filter(id=identity.account_id, disabled_at=None).exists():
        raise Refusal(ErrorCode.WRONG_CREDENTIALS, message=f"{identity.kind.value}_WRONG")
    identity.used_at = unit.now
    await identity.save(update_fields=["used_at"])
    return identity.account_id


@asynccontextmanager
async def vouched_for(house: House, issuer: str, subject: str) -> AsyncIterator[Place]:
    """Open a session inside for whom a provider has vouched: guesses at the second factor count by the person.

    However many codes of the provider somebody fetches, five wrong ones in 15 minutes are all. Accuse the Account once
    it is known.
    """
    async with attempt(house, AttemptKind.TOTP, f"{issuer} {subject}") as place:
        try:
            yield place
        except Refusal as refusal:
            if refusal.code is not ErrorCode.TOTP_WRONG:
                place.void()
            raise
        place.passed()


async def bind_ticket(unit: Unit, issuer: str, subject: str) -> tuple[str, datetime]:
    """A ticket for a proven subject without an Account, and until when it holds."""
    ticket, until = unit.house.identity.token(), unit.now + TICKET_FOR
    await unit.add(
        BindTicket, ticket_hash=token_hash(ticket), issuer=issuer, subject=subject, expires_at=until, used_at=None
    )
    return ticket, until


async def account_by_phone(unit: Unit, mobile: str) -> UUID | None:
    """The one live Account whose Person or Staff has this number; None when there is none, or several.

    As many statements for an unknown number as for a known one.
    """
    return await _only_account(unit, "phone__in", spellings(mobile))


async def account_by_email(unit: Unit, email: str) -> UUID | None:
    """The one live Account whose Person or Staff has this address, in any case of letters."""
    return await _only_account(unit, "email__iexact", email)


async def account_by_login(unit: Unit, login: str) -> UUID | None:
    """The live Account of this login."""
    found = await Account.filter(organization_id=unit.organization_id, login=login, disabled_at=None).get_or_none()
    return None if found is None else found.id


async def _only_account(unit: Unit, condition: str, wanted: object) -> UUID | None:
    wall = {"organization_id": unit.organization_id}
    live = Account.filter(**wall, disabled_at=None)
    found: set[UUID] = set()
    for model, column in ((Person, "person_id__in"), (Staff, "staff_id__in")):
        people = await model.filter(**wall, **{condition: wanted}).limit(10).values_list("id", flat=True)
        accounts = live.filter(**{column: people or [_NOBODY]})  # type: ignore[list-item]
        found |= set(await accounts.limit(2).values_list("id", flat=True))  # type: ignore[arg-type]
    return found.pop() if len(found) == 1 else None
