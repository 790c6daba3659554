"""Presence live: somebody came, went, was not there, or is said to have been by a correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.rules.attendance import AttendanceStatus, PresenceChange
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import Attendance


@dataclass(frozen=True, kw_only=True)
class StaffPresenceChanged(DomainEvent):
    """Something happened to a stay; the rest says how it stands after it. Minutes."""

    TYPE: ClassVar[str] = "staff.presence_changed"

    change: PresenceChange
    status: AttendanceStatus
    late_minutes: int
    early_minutes: int
    subject_version: int


AUDIENCE = ("property_id", "staff_id")


def changed(change: PresenceChange, attendance: Attendance, at: datetime) -> StaffPresenceChanged:
    """The event of one change, on the stream of the Property."""
    return StaffPresenceChanged(
        stream=attendance.property_id,
        subject_id=attendance.id,
        occurred_at=at,
        heard_by=audience(attendance, columns=AUDIENCE),
        change=change,
        status=attendance.status,
        late_minutes=attendance.late_minutes,
        early_minutes=attendance.early_minutes,
        subject_version=attendance.version,
    )
