"""When a Property works: its calendar, or the company's; holidays and days that are made up for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import BusinessCalendar, Holiday, Organization, Property
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, any_of, eq, is_null, less, negate
from models.query import Order, Query
from models.rules.permission import Permission
from models.rules.place import local_day
from models.rules.working_time import DAYS, MAX_AHEAD, MAX_DAYS, MAX_HOURS, MAX_NAME, WorkingTime, parse_hours
from models.scope import visible
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require, require_everywhere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

BY_DAY = Order("day")
EARLIER = timedelta(days=2)  # a stretch that goes on now began on a day not longer ago, in whichever zone


def calendars(viewer: Viewer | None, order: Order, property_id: UUID | None = None) -> Query:
    """The company's calendar and those of Properties; of one Property: what it has of its own, and the company's."""
    return Query(BusinessCalendar, visible(BusinessCalendar, viewer), order).only(_of(property_id))


def holidays(
    viewer: Viewer | None, property_id: UUID | None = None, since: date | None = None, until: date | None = None
) -> Query:
    """Holidays by day, of the company and of Properties (or of one), from the day `since`, before the day `until`."""
    return Query(Holiday, visible(Holiday, viewer), BY_DAY).only(
        is_null("archived_at"),
        _of(property_id),
        EVERYTHING if since is None else negate(less("day", since)),
        EVERYTHING if until is None else less("day", until),
    )


async def set_calendar(
    viewer: Viewer | None,
    house: House,
    week: Mapping[str, Sequence[str]],
    property_id: UUID | None = None,
    expected_version: int | None = None,
) -> BusinessCalendar:
    """The hours of a week, of a Property or of all that have none of their own; made, or changed when it is there.

    `expected_version` is None for one that is not there yet. Raises Refusal CONFLICT, BAD_USER_INPUT.
    """
    async with unit_of_work(house, viewer) as unit:
        await _manages(unit, property_id)
        kept = {day: _hours(day, week[day]) for day in DAYS}
        if not any(kept.values()):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=DAYS[0], message="NO_HOURS")
        held = BusinessCalendar.filter(organization_id=unit.organization_id, property_id=property_id)
        row = await held.select_for_update().get_or_none()
        if row is None:
            row = await unit.add(BusinessCalendar, property_id=property_id, **kept)
            unit.audit("businessCalendar.set", None, row)
            return row
        check_version(row, expected_version or 0)
        before = await unit.change(row, **kept)
        unit.audit("businessCalendar.set", before, row)
    return row


async def set_holidays(
    viewer: Viewer | None,
    house: House,
    days: Sequence[date],
    name: str,
    hours: Sequence[str] = (),
    property_id: UUID | None = None,
) -> list[Holiday]:
    """These days differ from their week: off, or with `hours` of their own. Again: under the new name and hours."""
    async with unit_of_work(house, viewer) as unit:
        await _manages(unit, property_id)
        wanted = _days(days, unit)
        kept = {"name": _name(name), "hours": _hours("hours", hours)}
        held = Holiday.filter(organization_id=unit.organization_id, property_id=property_id, archived_at=None)
        there = {row.day: row for row in await held.filter(day__in=wanted).order_by("id").select_for_update()}
        done = []
        for day in wanted:
            row, before = there.get(day), None
            if row is None:
                row = await unit.add(Holiday, property_id=property_id, day=day, archived_at=None, **kept)
            else:
                before = await unit.change(row, **kept)
            unit.audit("holiday.set", before, row)
            done.append(row)
    return done


async def remove_holiday(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Holiday:
    """The day is as its week says. Again changes nothing."""
    async with unit_of_work(house, viewer) as unit:
        row = await unit.find(Holiday, id_, "id")
        await _manages(unit, row.property_id)
        check_version(row, expected_version)
        if row.archived_at is None:
            before = await unit.change(row, archived_at=unit.now)
            unit.audit("holiday.remove", before, row)
    return row


async def working_time(unit: Unit, place: Property, since: date) -> WorkingTime | None:
    """When the Property works, from the day `since` on; None: around the clock, for it has no calendar."""
    own = sorted(await unit.unscoped(BusinessCalendar, _of(place.id)), key=lambda row: row.property_id is None)
    if not own:
        return None
    days: dict[date, Any] = {}
    listed = await unit.unscoped(Holiday, _of(place.id), is_null("archived_at"), negate(less("day", since - EARLIER)))
    for row in sorted(listed, key=lambda row: row.property_id is not None):
        days[row.day] = parse_hours(row.hours) or ()
    week = tuple(parse_hours(getattr(own[0], day)) or () for day in DAYS)
    return WorkingTime(place.time_zone, week, days)


async def _manages(unit: Unit, property_id: UUID | None) -> None:
    """Lock whose it is, so that two verbs take turns. Raises Refusal NOT_FOUND, FORBIDDEN."""
    if property_id is None:
        require_everywhere(unit.signed_in, Permission.TICKET_MANAGE)
        await unit.find(Organization, unit.organization_id, "property_id")  # type: ignore[type-var]
        return
    place = await unit.find(Property, property_id, "property_id")
    require(unit.signed_in, Permission.TICKET_MANAGE, place.id)


def _of(property_id: UUID | None) -> Predicate:
    return EVERYTHING if property_id is None else any_of(eq("property_id", property_id), is_null("property_id"))


def _hours(field: str, texts: Sequence[str]) -> list[str]:
    """Sorted, as they are kept. Raises Refusal BAD_USER_INPUT."""
    if parse_hours(texts) is None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="BUSINESS_HOURS", max=MAX_HOURS)
    return sorted(texts)


def _name(name: str) -> str:
    kept = name.strip()
    if not 1 <= len(kept) <= MAX_NAME:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="name", message="TEXT_LENGTH", low=1, high=MAX_NAME)
    return kept


def _days(days: Sequence[date], unit: Unit) -> list[date]:
    wanted = sorted(set(days))
    if not 1 <= len(wanted) <= MAX_DAYS:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="days", message="TOO_MANY_ITEMS", max=MAX_DAYS)
    if wanted[-1] > local_day(unit.now, "UTC") + timedelta(days=MAX_AHEAD):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="days", message="TOO_FAR_AHEAD", max=MAX_AHEAD)
    return wanted
