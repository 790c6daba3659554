"""Attendance in the contract: check-in and check-out, presence, corrections, the sheet of a month."""

from schema.attendance.root import AttendanceMutation, AttendanceQuery, AttendanceSubscription
from schema.attendance.type import Attendance, StaffPresenceChanged

__all__ = [
    "Attendance",
    "AttendanceMutation",
    "AttendanceQuery",
    "AttendanceSubscription",
    "StaffPresenceChanged",
]
