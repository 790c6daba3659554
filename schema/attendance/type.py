"""What a stay at work shows, its corrections, and what is told of presence live."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import strawberry

import models
from models.rules.attendance import AttendanceStatus, PresenceChange
from resolvers import attendance as usecase
from schema.base import (
    Connection,
    Event,
    GeoPoint,
    Node,
    column,
    computed,
    event,
    happened,
    node,
    point,
    ref,
    subject,
    text,
    to_many,
    to_one,
)
from schema.file import File
from schema.place import Property
from schema.shift import ShiftAssignment
from schema.staff import Staff
from subscriptions import StaffPresenceChanged as Changed

if TYPE_CHECKING:
    from collections.abc import Callable


def _unless_missed(name: str) -> Any:
    return lambda row, _viewer: None if row["status"] == AttendanceStatus.MISSED.value else row[name]


def _guarded(words: str, names: tuple[str, ...], compute: Callable[[Any], Any]) -> Any:
    """Where somebody was is for himself and for who corrects it, not for all who count hours."""
    return computed(
        f"{words} Null for a viewer without staff.manage there, unless it is their own.",
        needs=(*names, "staff_id", "property_id"),
        compute=lambda row, viewer: compute(row) if usecase.viewer_sees_whereabouts(row, viewer) else None,
    )


def _judged(name: str, words: str) -> Any:
    """How punctual somebody is is for himself and for who counts hours."""
    return computed(
        f"Minutes {words}, each begun one; 0 within the Property's tolerance. Null for a viewer without attendance.read"
        " there, unless it is their own.",
        needs=(name, "staff_id", "property_id"),
        compute=lambda row, viewer: row[name] if usecase.viewer_sees_hours(row, viewer) else None,
    )


def _place(side: str) -> Any:
    latitude, longitude = f"{side}_latitude", f"{side}_longitude"
    return _guarded(
        "Where the phone was.",
        (latitude, longitude),
        lambda row: point({"latitude": row[latitude], "longitude": row[longitude]}),
    )


def _device(name: str) -> Any:
    return _guarded("What the phone said it is.", (name,), lambda row: row[name])


@node(models.AttendanceCorrection, "考勤更正: what a stay was, what it became, why; it is never changed.")
class AttendanceCorrection(Node):
    """A correction of a stay."""

    reason: str = column("Why; at most 200 characters.")
    corrected_by: Staff | None = to_one("Who corrected it.")
    from_status: AttendanceStatus = column("How it stood before.")
    from_checked_in_at: datetime | None = column("The check-in before; null when it was missed.")
    from_checked_out_at: datetime | None = column("The check-out before; null when it was open or missed.")
    to_checked_in_at: datetime = column("The check-in that it became.")
    to_checked_out_at: datetime | None = column("The check-out that it became; null when it stayed open.")
    created_at: datetime = column("When it was corrected.")


@node(models.Attendance, "考勤: a stay at work, from check-in to check-out; or a shift that nobody came to.")
class Attendance(Node):
    """A stay at work."""

    property: Property | None = to_one("The estate.")
    staff: Staff | None = to_one("Who.")
    shift_assignment: ShiftAssignment | None = to_one("For which shift; null: off the roster.")
    status: AttendanceStatus = column("How it stands.")
    day: date = column("To which day it belongs, in the Property: a night shift's is the one on which it begins.")
    checked_in_at: datetime | None = computed(
        "When they came, by the server's clock; null when the shift was missed.",
        needs=("checked_in_at", "status"),
        personal=False,
        compute=_unless_missed("checked_in_at"),
    )
    checked_out_at: datetime | None = computed(
        "When they went, by the server's clock; the shift's end when they forgot to check out; null while it is open.",
        needs=("checked_out_at", "status"),
        personal=False,
        compute=_unless_missed("checked_out_at"),
    )
    minutes: int | None = column("Whole minutes from check-in to check-out, breaks included; null while it is open.")
    late_minutes: int | None = _judged("late_minutes", "after the shift's start")
    early_minutes: int | None = _judged("early_minutes", "before the shift's end")
    check_in_client_at: datetime | None = column("The phone's time of the check-in.", source="in_client_at")
    check_in_location: GeoPoint | None = _place("in")
    check_in_device: str | None = _device("in_device")
    check_out_client_at: datetime | None = column("The phone's time of the check-out.", source="out_client_at")
    check_out_location: GeoPoint | None = _place("out")
    check_out_device: str | None = _device("out_device")
    photos: Connection[File] = to_many(
        "Photos of the check-in and check-out, oldest first; for themselves and who holds staff.manage there.",
        "File",
        "attendance_id",
    )
    corrected_at: datetime | None = column("When it was last corrected.")
    corrections: Connection[AttendanceCorrection] = to_many(
        "What managers corrected, oldest first.", "AttendanceCorrection", "attendance_id"
    )
    viewer_can_check_out: bool = computed(
        "Whether the viewer may check out of it now.",
        needs=("status", "staff_id"),
        compute=usecase.viewer_can_check_out,
    )
    viewer_can_correct: bool = computed(
        "Whether the viewer may correct it.",
        needs=("staff_id", "property_id"),
        compute=usecase.viewer_can_correct,
    )
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@event(Changed, "Somebody came to work or went, did not come, or a stay was corrected.")
class StaffPresenceChanged(Event):
    """Something happened to a stay."""

    attendance: Attendance | None = subject(
        "The stay as it is at delivery (it may be newer than the event); null when out of sight.", "Attendance"
    )
    change: PresenceChange = happened("What happened.", "change")
    status: AttendanceStatus = happened("How the stay stood after the event.", "status")
    version: int = happened("The stay's version after the event: apply it only if it is newer.", "subject_version")


def _figure(words: str) -> Any:
    return strawberry.field(description=words)


@strawberry.type(description="到岗情况: how many of a Property are on duty and present at this moment.")
class Presence:
    """How many, at one instant."""

    on_duty: int = _figure("People whose shift goes on; who they are: `staffOnDuty`.")
    present: int = _figure("Of them, checked in; who they are: `staffOnDuty(present: true)`.")
    missing: int = _figure("Of them, not checked in; who they are: `staffMissing`.")
    off_roster: int = _figure("Checked in without a shift that goes on.")


@strawberry.type(description="考勤月报: a month of one member of staff in a Property.")
class AttendanceLine:
    """A line of the sheet."""

    staff: Staff | None = _figure("Who.")
    shifts: int = _figure("Shifts on the roster that begin in the month.")
    days: int = _figure("Days with a stay.")
    minutes: int = _figure("Whole minutes of all stays, breaks included.")
    late: int = _figure("How often late.")
    late_minutes: int = _figure("Minutes late, together.")
    early: int = _figure("How often gone early.")
    early_minutes: int = _figure("Minutes early, together.")
    missed: int = _figure("Shifts that they did not come to.")
    forgotten: int = _figure("Check-outs that they forgot.")
    corrected: int = _figure("Stays that were corrected.")


@strawberry.input(description="Which stays: all that is given holds.")
class AttendanceFilter:
    """Which stays."""

    since: date | None = strawberry.field(name="from", default=None, description="Only from this day on.")
    until: date | None = text("Only before this day.", optional=True)
    staff_id: strawberry.ID | None = ref("Staff", "Only of this member of staff.", optional=True)
    status: AttendanceStatus | None = text("Only those that stand so.", optional=True)
