"""Which stays a viewer lists and hears of: with attendance.read there all of a Property, otherwise the own.

With roster.read one sees who is there now, and hears who comes and goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from models import Attendance, ShiftAssignment
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, all_of, eq, exists, is_null, less, negate
from models.query import Order, Query
from models.rules.attendance import AttendanceStatus
from models.rules.permission import Permission
from models.scope import audible, visible
from resolvers.shift import on_duty
from subscriptions.attendance import StaffPresenceChanged
from subscriptions.feed import Cursor, Feed

if TYPE_CHECKING:
    from datetime import datetime

    from models.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which stays: from the day `since`, before the day `until`; None means any."""

    since: date | None = None
    until: date | None = None
    staff_id: UUID | None = None
    status: AttendanceStatus | None = None

    def where(self) -> Predicate:
        """The filter."""
        return all_of(
            EVERYTHING if self.since is None else negate(less("day", self.since)),
            EVERYTHING if self.until is None else less("day", self.until),
            EVERYTHING if self.staff_id is None else eq("staff_id", self.staff_id),
            EVERYTHING if self.status is None else eq("status", self.status.value),
        )


def in_property(viewer: Viewer | None, property_id: UUID, descending: bool, wanted: Wanted) -> Query:
    """Stays of a Property, by day."""
    order = Order("day", descending=descending)
    return Query(Attendance, visible(Attendance, viewer), order).only(eq("property_id", property_id), wanted.where())


def present(viewer: Viewer | None, property_id: UUID, at: datetime, *, on_shift: bool = True) -> Query:
    """Who is checked in in a Property now; `on_shift`: and works a shift there that goes on at an instant."""
    just_after = at + timedelta.resolution
    goes_on = all_of(
        eq("property_id", property_id),
        less("starts_at", just_after),
        negate(less("ends_at", just_after)),
        is_null("cancelled_at"),
    )
    return Query(Attendance, visible(Attendance, viewer)).only(
        eq("property_id", property_id),
        is_null("checked_out_at"),
        exists(ShiftAssignment, "staff_id", goes_on, outer="staff_id") if on_shift else EVERYTHING,
    )


def missing(viewer: Viewer | None, property_id: UUID, at: datetime) -> Query:
    """Assignments of a Property that go on at an instant and whose people are not checked in there."""
    return on_duty(viewer, property_id, at, present=False)


def changes(viewer: Viewer | None, property_id: UUID, after: str | None) -> Feed:
    """Who comes and goes in a Property."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=property_id,
        type=StaffPresenceChanged.TYPE,
        where=audible(Attendance, viewer),
        after=Cursor.decode(after) if after else None,
    )


def viewer_can_check_out(attendance: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a client should show the button."""
    mine: bool = attendance["staff_id"] == viewer.staff_id
    return mine and attendance["status"] == AttendanceStatus.OPEN.value


def viewer_sees_hours(attendance: dict[str, Any], viewer: Viewer) -> bool:
    """How late, how early: whose stay it is, and who reads attendance there."""
    mine: bool = attendance["staff_id"] == viewer.staff_id
    return mine or viewer.may(Permission.ATTENDANCE_READ, attendance["property_id"])


def viewer_sees_whereabouts(attendance: dict[str, Any], viewer: Viewer) -> bool:
    """Where the phone was, and which: whose stay it is, and who corrects stays there."""
    mine: bool = attendance["staff_id"] == viewer.staff_id
    return mine or viewer.may(Permission.STAFF_MANAGE, attendance["property_id"])


def viewer_can_correct(attendance: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a client should show the button."""
    return attendance["staff_id"] != viewer.staff_id and viewer.may(Permission.STAFF_MANAGE, attendance["property_id"])
