"""Consents to sensitive personal data: given, withdrawn, never forgotten (rules.md 25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Consent, ConsentText, Erasure, Person
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq
from models.query import Order, Query
from models.rules.consent import (
    ERASED_WITHIN,
    MAX_BODY,
    MAX_EDITION,
    MAX_PURPOSE,
    ConsentAct,
    ConsentChannel,
    ConsentKind,
    ErasureScope,
)
from models.rules.permission import Permission
from models.scope import visible
from resolvers.erasure import erase_values, require_kept
from resolvers.unit import unit_of_work
from resolvers.viewer import require_about

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


def texts(viewer: Viewer | None, order: Order, kind: ConsentKind | None = None) -> Query:
    """The texts that people consented to, in every edition."""
    return Query(ConsentText, visible(ConsentText, viewer), order).only(
        EVERYTHING if kind is None else eq("kind", kind.value)
    )


async def publish(
    viewer: Viewer | None,
    house: House,
    kind: ConsentKind,
    edition: str,
    body: str,
    effective_from: datetime | None = None,
) -> ConsentText:
    """A new edition, from an instant on that is not past. Raises Refusal NAME_TAKEN, BAD_USER_INPUT."""
    try:
        async with unit_of_work(house, viewer) as unit:
            if Permission.PERSON_MANAGE not in unit.signed_in.everywhere:
                raise Refusal(ErrorCode.FORBIDDEN, permission=Permission.PERSON_MANAGE.value)
            if effective_from is not None and effective_from < unit.now:
                raise Refusal(ErrorCode.BAD_USER_INPUT, field="effective_from", message="IN_THE_PAST")
            text = await unit.add(
                ConsentText,
                kind=kind,
                edition=_text("edition", edition, MAX_EDITION),
                body=_text("body", body, MAX_BODY),
                effective_from=effective_from or unit.now,
            )
            unit.audit("consent.textPublish", None, text)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="edition", name=edition) from None
    return text


async def give(
    viewer: Viewer | None, house: House, person_id: UUID, kind: ConsentKind, edition: str, purpose: str
) -> Consent:
    """The Person himself agrees in the app, or the desk records it. Given again in the same words, nothing happens.

    Raises Refusal CONSENT_EDITION_OLD, PERSON_ERASED.
    """
    async with unit_of_work(house, viewer) as unit:
        person = await unit.find(Person, person_id, "person_id")
        channel = await _channel(unit, person)
        await require_kept(person)
        purpose = _text("purpose", purpose, MAX_PURPOSE)
        await _in_effect(unit, kind, edition)
        for erasure in await Erasure.filter(person_id=person.id, scope=kind.value, erased_at=None):
            await erase_values(unit, person, erasure)  # what was withdrawn before does not come back to life
        last = (await last_acts([person.id], kind)).get(person.id)
        same = last is not None and (last.act, last.edition, last.purpose) == (ConsentAct.GIVEN, edition, purpose)
        if last is not None and same:
            return last
        act = await _add(unit, person, last, ConsentAct.GIVEN, channel, kind=kind, edition=edition, purpose=purpose)
        unit.audit("consent.give", None, act)
    return act


async def withdraw(viewer: Viewer | None, house: House, person_id: UUID, kind: ConsentKind) -> tuple[Consent, Erasure]:
    """The Person himself, or the desk for him; what was kept is erased within a day. Raises CONSENT_NOT_RUNNING."""
    async with unit_of_work(house, viewer) as unit:
        person = await unit.find(Person, person_id, "person_id")
        channel = await _channel(unit, person)
        last = (await last_acts([person.id], kind)).get(person.id)
        if last is None or last.act is not ConsentAct.GIVEN:
            raise Refusal(ErrorCode.CONSENT_NOT_RUNNING, field="kind")
        act = await _add(unit, person, last, ConsentAct.WITHDRAWN, channel, **_said(last))
        unit.audit("consent.withdraw", last, act)
        erasure = await request(unit, person, ErasureScope(kind.value))
    return act, erasure


async def request(unit: Unit, person: Person, scope: ErasureScope) -> Erasure:
    """The open request of that scope, or a new one."""
    found = await Erasure.filter(person_id=person.id, scope=scope, erased_at=None).get_or_none()
    if found is not None:
        return found
    erasure = await unit.add(
        Erasure,
        person_id=person.id,
        account_id=unit.signed_in.account_id,
        scope=scope,
        due_at=unit.now + ERASED_WITHIN,
    )
    unit.audit("erasure.request", None, erasure)
    return erasure


async def withdraw_all(unit: Unit, person: Person, channel: ConsentChannel) -> None:
    """End every running consent of a Person who is to be forgotten."""
    for kind in ConsentKind:
        last = (await last_acts([person.id], kind)).get(person.id)
        if last is not None and last.act is ConsentAct.GIVEN:
            act = await _add(unit, person, last, ConsentAct.WITHDRAWN, channel, **_said(last))
            unit.audit("consent.withdraw", last, act)


async def last_acts(person_ids: Iterable[UUID], kind: ConsentKind) -> dict[UUID, Consent]:
    """The newest act of that kind of each Person who has one; inside a unit of work."""
    acts = await Consent.filter(person_id__in=list(person_ids), kind=kind).order_by("number")
    return {act.person_id: act for act in acts}


async def require_consent(person: Person, kind: ConsentKind) -> Consent:
    """The running consent. Raises Refusal CONSENT_REQUIRED."""
    last = (await last_acts([person.id], kind)).get(person.id)
    if last is None or last.act is not ConsentAct.GIVEN:
        raise Refusal(ErrorCode.CONSENT_REQUIRED, field="id")
    return last


async def _channel(unit: Unit, person: Person) -> ConsentChannel:
    """APP for the Person himself, DESK for who keeps such data there. Raises Refusal FORBIDDEN."""
    if unit.signed_in.person_id == person.id:
        return ConsentChannel.APP
    await require_about(unit.signed_in, Permission.PERSON_MANAGE, person)
    return ConsentChannel.DESK


async def _in_effect(unit: Unit, kind: ConsentKind, edition: str) -> None:
    """Only the newest edition that is in effect can be agreed to."""
    newest = (
        await ConsentText.filter(organization_id=unit.organization_id, kind=kind, effective_from__lte=unit.now)
        .order_by("-effective_from", "-id")
        .first()
    )
    if newest is None:
        raise Refusal(ErrorCode.CONSENT_EDITION_OLD, field="edition", message="CONSENT_TEXT_MISSING")
    if newest.edition != edition:
        raise Refusal(ErrorCode.CONSENT_EDITION_OLD, field="edition", edition=newest.edition)


async def _add(
    unit: Unit, person: Person, last: Consent | None, act: ConsentAct, channel: ConsentChannel, **said: Any
) -> Consent:
    """The next act; `said`: kind, edition and purpose."""
    return await unit.add(
        Consent,
        person_id=person.id,
        account_id=unit.signed_in.account_id,
        number=last.number + 1 if last is not None else 1,
        act=act,
        channel=channel,
        occurred_at=unit.now,
        **said,
    )


def _said(act: Consent) -> dict[str, Any]:
    return {"kind": act.kind, "edition": act.edition, "purpose": act.purpose}


def _text(field: str, text: str, most: int) -> str:
    text = text.strip()
    if not 1 <= len(text) <= most:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=1, high=most)
    return text
