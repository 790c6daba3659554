"""Categories of tickets: what a Property's tickets may be about, and the rules of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Property, Staff, TicketCategory
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq, is_null, negate
from models.query import Order, Query
from models.rules.permission import Permission
from models.rules.ticket import MAX_CATEGORY, MAX_DAYS, MAX_ITEM, MAX_KEYWORD, MAX_REMIND, MAX_TEXTS
from models.scope import visible
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

IN_PLACE = Order("position")
_LENGTHS = {"name": (1, MAX_CATEGORY), "icon": (1, 40), "skill": (1, 40), "department": (1, 80)}
_NUMBERS = {
    "reopen_days": (0, MAX_DAYS),
    "close_days": (1, MAX_DAYS),
    "remind_minutes": (0, MAX_REMIND),
    "position": (0, 10_000),
}
_TEXTS = {"keywords": MAX_KEYWORD, "checklist": MAX_ITEM}
_NEVER_EMPTY = ("name", "position", "before_photo", "after_photo", "opens_work_order", *_TEXTS)


def in_property(viewer: Viewer | None, property_id: UUID, archived: bool | None = None) -> Query:
    """Categories of a Property in their places: all, or only those that are (not) archived."""
    ended = negate(is_null("archived_at")) if archived else is_null("archived_at")
    return Query(TicketCategory, visible(TicketCategory, viewer), IN_PLACE).only(
        eq("property_id", property_id), EVERYTHING if archived is None else ended
    )


async def create(viewer: Viewer | None, house: House, property_id: UUID, values: Mapping[str, Any]) -> TicketCategory:
    """A new category, of the first level or below one of it. Raises Refusal NAME_TAKEN."""
    try:
        async with unit_of_work(house, viewer) as unit:
            place = await unit.see(Property, property_id, "property_id")
            require(unit.signed_in, Permission.TICKET_MANAGE, place.id)
            kept = await _checked(unit, place.id, values)
            category = await unit.add(TicketCategory, property_id=place.id, **kept)
            unit.audit("ticketCategory.create", None, category)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", name=values["name"].strip()) from None
    return category


async def update(
    viewer: Viewer | None, house: House, id_: UUID, expected_version: int, values: Mapping[str, Any]
) -> TicketCategory:
    """Other values for what is sent. Tickets that have it keep the name they were raised under."""
    try:
        async with unit_of_work(house, viewer) as unit:
            category = await _found(unit, id_, expected_version)
            if category.archived_at is not None:
                raise Refusal(ErrorCode.TICKET_CATEGORY_ARCHIVED, field="id", current=category.id)
            before = await unit.change(category, **await _checked(unit, category.property_id, values))
            unit.audit("ticketCategory.update", before, category)
    except UniqueViolation:
        raise Refusal(ErrorCode.NAME_TAKEN, field="name", current=id_, name=values["name"].strip()) from None
    return category


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> TicketCategory:
    """No further tickets about it. Refused while categories below it are in use; again changes nothing."""
    async with unit_of_work(house, viewer) as unit:
        category = await _found(unit, id_, expected_version)
        if await TicketCategory.filter(parent_id=category.id, archived_at=None).exists():
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="id", message="CATEGORY_HAS_OTHERS", current=category.id)
        if category.archived_at is None:
            before = await unit.change(category, archived_at=unit.now)
            unit.audit("ticketCategory.archive", before, category)
    return category


async def set_days(
    viewer: Viewer | None,
    house: House,
    property_id: UUID,
    expected_version: int,
    reopen_days: int,
    close_days: int,
    remind_minutes: int | None = None,
) -> Property:
    """How long tickets of the Property may be reopened, when they close by themselves; categories may differ.

    And how long before an appointment people are reminded, of tickets that are raised from then on; None: as it is.
    """
    async with unit_of_work(house, viewer) as unit:
        place = await unit.find(Property, property_id, "property_id")
        require(unit.signed_in, Permission.TICKET_MANAGE, place.id)
        check_version(place, expected_version)
        given = {"reopen_days": reopen_days, "close_days": close_days}
        given |= {} if remind_minutes is None else {"remind_minutes": remind_minutes}
        for name, value in given.items():
            _number(name, value)
        before = await unit.change(place, **given)
        unit.audit("property.setTicketDays", before, place)
    return place


async def _found(unit: Unit, id_: UUID, expected_version: int) -> TicketCategory:
    category = await unit.find(TicketCategory, id_, "id")
    require(unit.signed_in, Permission.TICKET_MANAGE, category.property_id)
    check_version(category, expected_version)
    return category


async def _checked(unit: Unit, property_id: UUID, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Refusal BAD_USER_INPUT or NOT_FOUND."""
    values = {name: _kept(name, value) for name, value in given.items()}
    if values.get("parent_id") is not None:
        parent = await unit.see(TicketCategory, values["parent_id"], "parent_id")
        if parent.property_id != property_id:
            raise Refusal(ErrorCode.NOT_FOUND, field="parent_id")
        if parent.parent_id is not None or parent.archived_at is not None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="parent_id", message="CATEGORY_LEVELS")
    if values.get("handler_id") is not None:
        await unit.see(Staff, values["handler_id"], "handler_id")
    return values


def _kept(name: str, value: Any) -> Any:
    if value is None:
        if name in _NEVER_EMPTY:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="NOT_EMPTY")
    elif name in _LENGTHS:
        value = _text(name, value, *_LENGTHS[name])
    elif name in _NUMBERS:
        _number(name, value)
    elif name in _TEXTS:
        most = _TEXTS[name]
        value = [text.strip() for text in value]
        if len(value) > MAX_TEXTS or not all(1 <= len(text) <= most for text in value):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="TOO_MANY_TEXTS", max=MAX_TEXTS, high=most)
    return value


def _text(name: str, value: str, low: int, high: int) -> str:
    kept = value.strip()
    if not low <= len(kept) <= high:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="TEXT_LENGTH", low=low, high=high)
    return kept


def _number(name: str, value: int) -> None:
    low, high = _NUMBERS[name]
    if not low <= value <= high:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="WHOLE_NUMBER", low=low, high=high)
