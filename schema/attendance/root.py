"""Reads, verbs and the stream of attendance."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import date
from typing import Annotated

import strawberry

from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import attendance as usecase
from schema.attendance.input import (
    AttendanceCheckInInput,
    AttendanceCheckInPayload,
    AttendanceCheckOutInput,
    AttendanceCheckOutPayload,
    AttendanceCorrectInput,
    AttendanceCorrectPayload,
    PropertySetAttendanceInput,
    PropertySetAttendancePayload,
)
from schema.attendance.type import Attendance, AttendanceFilter, AttendanceLine, Presence, StaffPresenceChanged
from schema.base import Cursor, Info, ListOrder, decode, live, many, one, values, verb
from schema.base.argument import ARGUMENTS
from schema.shift import ShiftAssignment

_PROPERTY = strawberry.argument(description=ARGUMENTS["property_id"])
_ROSTER = frozenset({Permission.ROSTER_READ})
_ATTENDANCE = frozenset({Permission.ATTENDANCE_READ})


@strawberry.type
class AttendanceQuery:
    """Reads of attendance."""

    attendance: Attendance | None = one("An Attendance.", "Attendance")

    @many(
        "考勤: stays at work in a Property, by day; with attendance.read there of all, otherwise the own.",
        Attendance,
        page=500,
    )
    def attendances(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: AttendanceFilter | None = None,
        order: ListOrder = ListOrder.NEWEST,
    ) -> Rows:
        """Stays of a Property."""
        place = decode("Property", property_id, "property_id")
        wanted = usecase.Wanted(**values(filter or AttendanceFilter()))
        return usecase.in_property(info.context.viewer, place, order is ListOrder.NEWEST, wanted)

    @many(
        "在岗: who is checked in in a Property now; with roster.read there of all, otherwise the own.",
        Attendance,
        page=500,
    )
    def staff_present(
        self,
        info: Info,
        property_id: strawberry.ID,
        on_shift: Annotated[
            bool, strawberry.argument(description="True: only those whose shift there goes on now.")
        ] = False,
    ) -> Rows:
        """Who is present."""
        place, now = decode("Property", property_id, "property_id"), info.context.house.clock.now()
        return usecase.present(info.context.viewer, place, now, on_shift=on_shift)

    @many(
        "未到岗: assignments of a Property that go on now and whose people are not checked in there.",
        ShiftAssignment,
        page=500,
    )
    def staff_missing(self, info: Info, property_id: strawberry.ID) -> Rows:
        """Who is missing."""
        place = decode("Property", property_id, "property_id")
        return usecase.missing(info.context.viewer, place, info.context.house.clock.now())

    @strawberry.field(
        description="到岗情况: how many are on duty, present, missing now; null without roster.read there.",
        metadata={"scopes": _ROSTER},
    )
    async def presence(self, info: Info, property_id: Annotated[strawberry.ID, _PROPERTY]) -> Presence | None:
        """How many are present."""
        context, place = info.context, decode("Property", property_id, "property_id")
        if context.viewer is None or await context.show("Property", place) is None:
            return None
        found = await usecase.presence(context.viewer, context.house, place, context.house.clock.now())
        return None if found is None else Presence(**asdict(found))

    @strawberry.field(
        description="考勤月报: a line for each of the staff with a shift or a stay in the month; with attendance.read"
        " there of all, otherwise the own. At most 500 lines, by the id of the staff.",
        metadata={"scopes": _ATTENDANCE},
    )
    async def attendance_sheet(
        self,
        info: Info,
        property_id: Annotated[strawberry.ID, _PROPERTY],
        month: Annotated[date, strawberry.argument(description="Any day of the month.")],
        after_staff_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The staff of the last line before: the next 500 follow it."),
        ] = None,
    ) -> list[AttendanceLine]:
        """The sheet of a month."""
        context, place = info.context, decode("Property", property_id, "property_id")
        after = decode("Staff", after_staff_id, "after_staff_id") if after_staff_id else None
        lines = [vars(line).copy() for line in await usecase.sheet(context.viewer, context.house, place, month, after)]
        people = await asyncio.gather(*(context.show("Staff", line.pop("staff_id")) for line in lines))
        return [AttendanceLine(staff=staff, **line) for staff, line in zip(people, lines, strict=True)]


@strawberry.type
class AttendanceMutation:
    """Verbs of attendance."""

    @verb(
        "签到: come to work, for oneself. For the shift that goes on, or that starts soon; otherwise off the roster."
        " Again changes nothing: it answers the stay that is open.",
        shows="Attendance",
    )
    async def attendance_check_in(self, info: Info, input: AttendanceCheckInInput) -> AttendanceCheckInPayload | None:
        """Come."""
        context, given = info.context, values(input)
        place = given.pop("property_id")
        row = await usecase.check_in(context.viewer, context.house, place, usecase.Tap(**given))
        return AttendanceCheckInPayload(attendance=await context.show("Attendance", row.id))

    @verb("签退: go, for oneself. Again changes nothing.", shows="Attendance")
    async def attendance_check_out(
        self, info: Info, id: strawberry.ID, input: AttendanceCheckOutInput
    ) -> AttendanceCheckOutPayload | None:
        """Go."""
        context = info.context
        tap = usecase.Tap(**values(input))
        row = await usecase.check_out(context.viewer, context.house, decode("Attendance", id), tap)
        return AttendanceCheckOutPayload(attendance=await context.show("Attendance", row.id))

    @verb(
        "更正考勤: other times than recorded, for a reason; the original stays on record. Nobody corrects the own.",
        shows="Attendance",
        permission=Permission.STAFF_MANAGE,
    )
    async def attendance_correct(
        self, info: Info, id: strawberry.ID, input: AttendanceCorrectInput
    ) -> AttendanceCorrectPayload | None:
        """Correct."""
        context = info.context
        row = await usecase.correct(context.viewer, context.house, decode("Attendance", id), **values(input))
        return AttendanceCorrectPayload(attendance=await context.show("Attendance", row.id))

    @verb(
        "Say by how much one may be late in a Property, and when a check-out is forgotten: from the next tap on.",
        shows="Property",
        permission=Permission.STAFF_MANAGE,
    )
    async def property_set_attendance(
        self, info: Info, id: strawberry.ID, input: PropertySetAttendanceInput
    ) -> PropertySetAttendancePayload | None:
        """Set the minutes."""
        context = info.context
        done = await usecase.set_minutes(context.viewer, context.house, decode("Property", id), **values(input))
        return PropertySetAttendancePayload(property=await context.show("Property", done.id))


@strawberry.type
class AttendanceSubscription:
    """Presence live."""

    @live(
        "Who comes to work in a Property and who goes, live; with roster.read there of all, otherwise the own.",
        StaffPresenceChanged,
        states=True,
    )
    def staff_presence_changed(self, info: Info, property_id: strawberry.ID, after: Cursor | None = None) -> object:
        """Presence live."""
        return usecase.changes(info.context.viewer, decode("Property", property_id, "property_id"), after)
