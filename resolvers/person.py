"""People and who holds which Unit; their ID numbers and faces, which few may see."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from adapters.vault import VaultError, open_text, seal_text
from models import Bill, LedgerAccount, Occupancy, Person, Property
from models.errors import ErrorCode, Refusal
from models.person import ID_NUMBER
from models.predicate import EVERYTHING, Predicate, all_of, any_of, eq, exists, is_in, negate
from models.query import Order, Query
from models.rules.audit import Personal
from models.rules.consent import MAX_NOTE, MAX_REFERENCE, ConsentChannel, ConsentKind, ErasureScope, RevealPurpose
from models.rules.id_number import SHOWN, masked, normal_id_number
from models.rules.permission import Permission
from models.rules.place import local_day
from models.scope import not_ended, permitted, visible
from resolvers.consent import request, require_consent, withdraw_all
from resolvers.erasure import erase_values, require_kept
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require_about

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from models import Erasure
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

logger = logging.getLogger("wuye.person")


def people(
    viewer: Viewer | None,
    house: House,
    property_id: UUID,
    order: Order,
    phone: str | None = None,
    id_number: str | None = None,
) -> Query:
    """People who hold, or held, a Unit of a Property, as far as the viewer may see who holds it.

    By a phone or an ID number only those are found whose phone the viewer may see, whose number he may reveal or keeps.
    Raises Refusal BAD_USER_INPUT for what is no ID number.
    """
    held = all_of(visible(Occupancy, viewer), eq("property_id", property_id))
    found = Query(Person, visible(Person, viewer), order).only(exists(Occupancy, "person_id", held))
    if phone is not None:
        found = found.only(eq("phone", phone), permitted(Person, Permission.PERSON_CONTACT, viewer))
    if id_number is not None:
        keepers = (Permission.PERSON_REVEAL, Permission.PERSON_MANAGE)
        allowed = any_of(*(permitted(Person, permission, viewer) for permission in keepers))
        found = found.only(_has_number(viewer, house, id_number), allowed)
    return found


def _has_number(viewer: Viewer | None, house: House, text: str) -> Predicate:
    hashes = house.vault.fingerprints(_number(text), viewer.organization_id) if viewer is not None else ()
    return is_in("id_number_hash", hashes)


def masked_id_number(house: House, viewer: Viewer, row: Mapping[str, Any]) -> str | None:
    """The end of the ID number of a Person's row; null when it does not open (another key), which the log says."""
    number = _opened(house, viewer.organization_id, row["id"], row["id_number_cipher"])
    return None if number is None else masked(number)


def masked_face(house: House, viewer: Viewer, row: Mapping[str, Any]) -> str | None:
    """The end of the face reference of a Person's row; null when it does not open, which the log says."""
    reference = _opened(house, viewer.organization_id, row["id"], row["face_cipher"])
    return None if reference is None else "****" + reference[-SHOWN:] if len(reference) > 2 * SHOWN else "****"


def occupancies(
    viewer: Viewer | None, property_id: UUID, order: Order, *, current: bool | None = None, today: date | None = None
) -> Query:
    """Occupancies of a Property: all, those that have not ended on `today` of the Property, or those that have."""
    chosen: Predicate = EVERYTHING
    if current is not None and today is not None:
        chosen = not_ended(today) if current else negate(not_ended(today))
    return Query(Occupancy, visible(Occupancy, viewer), order).only(eq("property_id", property_id), chosen)


async def reveal_id_number(
    viewer: Viewer | None, house: House, id_: UUID, purpose: RevealPurpose, note: str | None = None
) -> tuple[Person, str | None]:
    """The whole ID number, this once, with a record of who asked and what for. None when there is none."""
    return await _reveal(viewer, house, id_, ConsentKind.ID_NUMBER, purpose, note)


async def reveal_face(
    viewer: Viewer | None, house: House, id_: UUID, purpose: RevealPurpose, note: str | None = None
) -> tuple[Person, str | None]:
    """The whole face reference, this once, with a record of who asked and what for. None when there is none."""
    return await _reveal(viewer, house, id_, ConsentKind.FACE, purpose, note)


async def _reveal(
    viewer: Viewer | None, house: House, id_: UUID, kind: ConsentKind, purpose: RevealPurpose, note: str | None
) -> tuple[Person, str | None]:
    """Raises Refusal CONSENT_REQUIRED once it was withdrawn, though the job may not have been there yet."""
    column, permission, verb = {
        ConsentKind.ID_NUMBER: ("id_number_cipher", Permission.PERSON_REVEAL, "person.idNumberReveal"),
        ConsentKind.FACE: ("face_cipher", Permission.FACE_READ, "person.faceReveal"),
    }[kind]
    async with unit_of_work(house, viewer) as unit:
        person = await unit.find(Person, id_, "id")
        await require_about(unit.signed_in, permission, person)
        note = (note or "").strip() or None
        if note is None and purpose is RevealPurpose.OTHER:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="note", message="NOTE_REQUIRED")
        if len(note or "") > MAX_NOTE:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="note", message="TEXT_LENGTH", low=0, high=MAX_NOTE)
        sealed = getattr(person, column)
        if sealed is not None:
            await require_consent(person, kind)
        said = None if note is None else Personal(person.id, note)  # it may well be about the Person
        unit.audit_values(verb, person, None, {"purpose": purpose.value, "note": said, "kept": sealed is not None})
        found = _opened(house, unit.organization_id, person.id, sealed) if sealed is not None else None
    return person, found


async def set_id_number(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, id_number: str | None
) -> Person:
    """Set, change or (None) remove the ID number. Raises Refusal CONSENT_REQUIRED, ID_NUMBER_TAKEN, BAD_USER_INPUT."""
    try:
        async with unit_of_work(house, viewer) as unit:
            person = await _managed(unit, id_, expected_version)
            values: dict[str, Any] = dict.fromkeys(ID_NUMBER)
            if id_number is not None:
                values = await _kept_number(unit, person, _number(id_number))
            before = await unit.change(person, **values)
            unit.audit("person.idNumberSet" if id_number is not None else "person.idNumberRemove", before, person)
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.ID_NUMBER_TAKEN, field="id_number") from None
    return person


async def set_face(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, reference: str | None
) -> Person:
    """Set or (None) remove the face reference. Raises Refusal CONSENT_REQUIRED, BAD_USER_INPUT."""
    async with unit_of_work(house, viewer) as unit:
        person = await _managed(unit, id_, expected_version)
        cipher = None
        if reference is not None:
            if not 1 <= len(reference.strip()) <= MAX_REFERENCE:
                raise Refusal(
                    ErrorCode.BAD_USER_INPUT, field="reference", message="TEXT_LENGTH", low=1, high=MAX_REFERENCE
                )
            await require_consent(person, ConsentKind.FACE)
            cipher = seal_text(house.vault, reference.strip(), unit.organization_id, person.id)
        before = await unit.change(person, face_cipher=cipher)
        unit.audit("person.faceSet" if reference is not None else "person.faceRemove", before, person)
    return person


async def erase(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> tuple[Person, Erasure]:
    """Forget a Person who left: at once, but for the sheets of exports, which the job removes.

    Bills, tickets and passages stay, and lead to nobody. Needs person.manage wherever the Person held a Unit.
    Raises Refusal PERSON_HAS_HOME, PERSON_HAS_BALANCE.
    """
    async with unit_of_work(house, viewer) as unit:
        person = await _managed(unit, id_, expected_version)
        held = await Occupancy.filter(person_id=person.id)
        estates = {estate.id: estate for estate in await Property.filter(id__in=[one.property_id for one in held])}
        if not all(unit.signed_in.may(Permission.PERSON_MANAGE, estate) for estate in estates):
            raise Refusal(ErrorCode.FORBIDDEN, permission=Permission.PERSON_MANAGE.value)
        for one in held:
            today = local_day(unit.now, estates[one.property_id].time_zone)
            if one.move_out_on is None or one.move_out_on >= today:
                raise Refusal(ErrorCode.PERSON_HAS_HOME, field="id")
        receivables = await Bill.filter(payer_id=person.id).values_list("receivable_id", flat=True)
        for accounts in (LedgerAccount.filter(id__in=list(receivables)), LedgerAccount.filter(person_id=person.id)):
            if await accounts.exclude(balance=0).exists():
                raise Refusal(ErrorCode.PERSON_HAS_BALANCE, field="id")
        await withdraw_all(unit, person, ConsentChannel.DESK)
        erasure = await request(unit, person, ErasureScope.PERSON)
        await erase_values(unit, person, erasure)
    return person, erasure


async def _managed(unit: Unit, id_: UUID, expected_version: int) -> Person:
    person = await unit.find(Person, id_, "id")
    await require_about(unit.signed_in, Permission.PERSON_MANAGE, person)
    check_version(person, expected_version)
    await require_kept(person)
    return person


async def _kept_number(unit: Unit, person: Person, number: str) -> dict[str, Any]:
    """The columns of a number, kept for what the running consent says; unique in the Organization."""
    consent = await require_consent(person, ConsentKind.ID_NUMBER)
    vault, organization_id = unit.house.vault, unit.organization_id
    hashes = vault.fingerprints(number, organization_id)
    taken = Person.filter(organization_id=organization_id, id_number_hash__in=list(hashes)).exclude(id=person.id)
    if await taken.exists():
        raise Refusal(ErrorCode.ID_NUMBER_TAKEN, field="id_number")
    kept = (
        seal_text(vault, number, organization_id, person.id),
        hashes[0],
        consent.purpose,
        consent.occurred_at.date(),
        consent.edition,
    )
    return dict(zip(ID_NUMBER, kept, strict=True))


def _number(text: str) -> str:
    """The number in its one spelling. Raises Refusal, which never echoes it."""
    number = normal_id_number(text)
    if number is None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="id_number", message="ID_NUMBER_WRONG")
    return number


def _opened(house: House, organization_id: UUID, id_: UUID, sealed: str) -> str | None:
    try:
        return open_text(house.vault, sealed, organization_id, id_)
    except VaultError:
        logger.exception("what is sealed of person %s does not open", id_)
        return None
