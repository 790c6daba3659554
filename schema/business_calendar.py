"""When a Property works, in the contract: calendars, holidays and days that are made up for."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.permission import Permission
from models.rules.working_time import DAYS
from resolvers import business_calendar as usecase
from schema.base import Info, ListOrder, Node, Payload, column, decode, many, node, one, ref, text, to_one, values, verb
from schema.place import Property
from schema.ticket_category import OF_TICKETS

HOURS = "Texts such as `08:30-12:00`, to `24:00` at the latest, in local time; [] does not work."
VERSION = "The version the viewer saw; a newer one is a CONFLICT."
ORGANIZATIONS = "Of which Property; null: of all that have none of their own."


@node(models.BusinessCalendar, "工作日历: the hours of a week. Without any, all hours are working time.")
class BusinessCalendar(Node):
    """The hours of a week."""

    property: Property | None = to_one(ORGANIZATIONS)
    monday: list[str] = column(HOURS)
    tuesday: list[str] = column(HOURS)
    wednesday: list[str] = column(HOURS)
    thursday: list[str] = column(HOURS)
    friday: list[str] = column(HOURS)
    saturday: list[str] = column(HOURS)
    sunday: list[str] = column(HOURS)
    created_at: datetime = column("When it was made.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@node(models.Holiday, "节假日/调休: a day that differs from its week; the Property's own before the company's.")
class Holiday(Node):
    """A day that differs from its week."""

    property: Property | None = to_one("Of which Property; null: of all of the company.")
    day: date = column("Which, in the Property.")
    name: str = column("Such as 国庆节; at most 40 characters.")
    hours: list[str] = column("When one works; [] is a day off, others make it a working day.")
    archived_at: datetime | None = column("When it was removed.")
    created_at: datetime = column("When it was made.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which holidays: all that is given holds.")
class HolidayFilter:
    """Which holidays."""

    property_id: strawberry.ID | None = ref("Property", "Of this Property, and of the company.", optional=True)
    since: date | None = strawberry.field(name="from", default=None, description="Only from this day on.")
    until: date | None = text("Only before this day.", optional=True)


@strawberry.input(description="The hours of a week; up to six stretches a day, none over another.")
class BusinessCalendarSetInput:
    """The hours of a week."""

    property_id: strawberry.ID | None = ref("Property", ORGANIZATIONS, optional=True)
    expected_version: int | None = text(
        "The version the viewer saw; none when there is no calendar yet.", optional=True
    )
    monday: list[str] = text(HOURS)
    tuesday: list[str] = text(HOURS)
    wednesday: list[str] = text(HOURS)
    thursday: list[str] = text(HOURS)
    friday: list[str] = text(HOURS)
    saturday: list[str] = text(HOURS)
    sunday: list[str] = text(HOURS)


@strawberry.type(description="Answer to businessCalendarSet.")
class BusinessCalendarSetPayload(Payload):
    """The calendar."""

    business_calendar: BusinessCalendar | None = strawberry.field(default=None, description="As it is now.")


@strawberry.input(description="Days that differ from their week.")
class HolidaySetInput:
    """Days that differ from their week."""

    property_id: strawberry.ID | None = ref(
        "Property", "Of which Property; null: of all of the company.", optional=True
    )
    days: list[date] = text("1 to 31, not further than five years ahead.")
    name: str = text("Such as 国庆节; 1 to 40 characters.")
    hours: list[str] = strawberry.field(
        description="When one works, such as `08:30-12:00`; [] is a day off.", default_factory=list
    )


@strawberry.type(description="Answer to holidaySet.")
class HolidaySetPayload(Payload):
    """The days."""

    results: list[Holiday] = strawberry.field(default_factory=list, description="The days, in order.")


@strawberry.input(description="Which state of the holiday the viewer saw.")
class HolidayRemoveInput:
    """Which state the viewer saw."""

    expected_version: int = text(VERSION)


@strawberry.type(description="Answer to holidayRemove.")
class HolidayRemovePayload(Payload):
    """The day."""

    holiday: Holiday | None = strawberry.field(default=None, description="As it is now.")


@strawberry.type
class BusinessCalendarQuery:
    """Reads of calendars."""

    @many("Calendars: the company's, and those that Properties have of their own.", BusinessCalendar, scopes=OF_TICKETS)
    def business_calendars(self, info: Info, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Calendars."""
        return usecase.calendars(info.context.viewer, order.order)

    @many("Holidays by day, of the company and of Properties.", Holiday, page=500, scopes=OF_TICKETS)
    def holidays(self, info: Info, filter: HolidayFilter | None = None) -> Rows:
        """Holidays."""
        return usecase.holidays(info.context.viewer, **values(filter or HolidayFilter()))

    business_calendar: BusinessCalendar | None = one("A BusinessCalendar.", "BusinessCalendar", scopes=OF_TICKETS)
    holiday: Holiday | None = one("A Holiday.", "Holiday", scopes=OF_TICKETS)


@strawberry.type
class BusinessCalendarMutation:
    """Verbs of calendars. They need ticket.manage: in the Property, or in all of the company for what is its own."""

    @verb(
        "Set the hours of a week, of a Property or of all that have none of their own.",
        shows="BusinessCalendar",
        permission=Permission.TICKET_MANAGE,
    )
    async def business_calendar_set(
        self, info: Info, input: BusinessCalendarSetInput
    ) -> BusinessCalendarSetPayload | None:
        """Set them."""
        given = values(input)
        week = {day: given.pop(day) for day in DAYS}
        row = await usecase.set_calendar(info.context.viewer, info.context.house, week, **given)
        return BusinessCalendarSetPayload(business_calendar=await info.context.show("BusinessCalendar", row.id))

    @verb(
        "Say of days that they differ from their week: off, or with hours of their own. Again: under the new name.",
        permission=Permission.TICKET_MANAGE,
    )
    async def holiday_set(self, info: Info, input: HolidaySetInput) -> HolidaySetPayload | None:
        """Set them."""
        context = info.context
        rows = await usecase.set_holidays(context.viewer, context.house, **values(input))
        return HolidaySetPayload(results=[await context.show("Holiday", row.id) for row in rows])

    @verb("Let a day be as its week says again.", shows="Holiday", permission=Permission.TICKET_MANAGE)
    async def holiday_remove(
        self, info: Info, id: strawberry.ID, input: HolidayRemoveInput
    ) -> HolidayRemovePayload | None:
        """Remove it."""
        context = info.context
        row = await usecase.remove_holiday(context.viewer, context.house, decode("Holiday", id), **values(input))
        return HolidayRemovePayload(holiday=await context.show("Holiday", row.id))
