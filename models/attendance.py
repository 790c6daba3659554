"""Attendance (考勤): when somebody came to work and went, and what a manager corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.attendance import AttendanceStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class Attendance(Versioned):
    """A stay at work, from check-in to check-out; `checked_out_at` is null while it is open.

    The database lets one be open per person, in whichever Property. A shift for which nobody came is a row too: MISSED,
    with no length, at the shift's end. Who writes a person's rows holds the lock of the Staff.
    """

    property: Any = reference("Property")
    staff: Any = reference("Staff")
    shift_assignment: Any = reference("ShiftAssignment", null=True)
    status = fields.CharEnumField(AttendanceStatus, max_length=32)
    day = fields.DateField(description="of the assignment, or of the check-in, in the Property's zone")
    checked_in_at = fields.DatetimeField(description="the server's time")
    checked_out_at = fields.DatetimeField(null=True, description="the server's time, or the planned end if forgotten")
    close_at = fields.DatetimeField(description="when a forgotten check-out is closed")
    minutes = fields.IntField(null=True, description="whole minutes of the stay")
    late_minutes = fields.IntField(default=0, description="0 within the tolerance")
    early_minutes = fields.IntField(default=0, description="0 within the tolerance")
    in_client_at = fields.DatetimeField(null=True, description="the phone's time")
    in_latitude = fields.FloatField(null=True, description="degrees, WGS 84")
    in_longitude = fields.FloatField(null=True, description="degrees, WGS 84")
    in_device = fields.CharField(max_length=120, null=True)
    out_client_at = fields.DatetimeField(null=True, description="the phone's time")
    out_latitude = fields.FloatField(null=True, description="degrees, WGS 84")
    out_longitude = fields.FloatField(null=True, description="degrees, WGS 84")
    out_device = fields.CharField(max_length=120, null=True)
    corrected_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        staff_id: UUID
        shift_assignment_id: UUID | None

    class Meta:
        table = "attendance"


class AttendanceCorrection(Record):
    """What a stay was before a manager corrected it, what it became, and why; never changed."""

    property: Any = reference("Property")
    attendance: Any = reference("Attendance")
    staff: Any = reference("Staff")
    account: Any = reference("Account")
    corrected_by: Any = reference("Staff", null=True)
    reason = fields.CharField(max_length=200)
    from_status = fields.CharEnumField(AttendanceStatus, max_length=32)
    from_checked_in_at: datetime | None = fields.DatetimeField(null=True)
    from_checked_out_at: datetime | None = fields.DatetimeField(null=True)
    to_checked_in_at: datetime = fields.DatetimeField()
    to_checked_out_at: datetime | None = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        attendance_id: UUID
        staff_id: UUID
        account_id: UUID
        corrected_by_id: UUID | None

    class Meta:
        table = "attendance_correction"
