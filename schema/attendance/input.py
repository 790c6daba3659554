"""What the verbs of attendance take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from schema.attendance.type import Attendance
from schema.base import GeoPointInput, Payload, ref, text
from schema.place import Property

VERSION = "The version the viewer saw; a newer one is a CONFLICT."


def _client_at() -> Any:
    return text(
        "The phone's own time, kept beside the server's; of a tap made offline, when it was made.", optional=True
    )


def _location() -> Any:
    return text("Where the phone is.", optional=True)


def _device() -> Any:
    return text("What the phone is; at most 120 characters.", optional=True)


def _photos() -> Any:
    words = "Up to 9 files of fileUpload, such as of the place."
    return strawberry.field(description=words, default_factory=list, metadata={"ref": "File"})


def _shown(words: str) -> Any:
    return strawberry.field(default=None, description=words)


@strawberry.input(description="Coming to work.")
class AttendanceCheckInInput:
    """Coming to work."""

    property_id: strawberry.ID = ref("Property", "Where; the viewer has a role there.")
    client_at: datetime | None = _client_at()
    location: GeoPointInput | None = _location()
    device: str | None = _device()
    photo_ids: list[strawberry.ID] = _photos()


@strawberry.input(description="Going.")
class AttendanceCheckOutInput:
    """Going."""

    client_at: datetime | None = _client_at()
    location: GeoPointInput | None = _location()
    device: str | None = _device()
    photo_ids: list[strawberry.ID] = _photos()


@strawberry.input(description="Other times than were recorded; what is not given stays.")
class AttendanceCorrectInput:
    """Other times."""

    expected_version: int = text(VERSION)
    reason: str = text("Why; 1 to 200 characters.")
    checked_in_at: datetime | None = text(
        "When they came: within 24 hours of what was recorded, not after now; needed where the shift was missed.",
        optional=True,
    )
    checked_out_at: datetime | None = text(
        "When they went: after they came, within 24 hours of it, not after now; needed where the shift was missed.",
        optional=True,
    )


@strawberry.input(description="By how much somebody may be late, and when a check-out is forgotten.")
class PropertySetAttendanceInput:
    """The minutes of a Property."""

    expected_version: int = text(VERSION)
    tolerance_minutes: int = text("So late or early nobody counts as it; 0 to 120.")
    ahead_minutes: int = text("So long before a shift one checks in for it; 0 to 240.")
    close_minutes: int = text("So long after a shift's end a check-out is forgotten; 0 to 720.")


@strawberry.type(description="Answer to attendanceCheckIn.")
class AttendanceCheckInPayload(Payload):
    """The stay."""

    attendance: Attendance | None = _shown("The stay; who is checked in already gets the open one.")


@strawberry.type(description="Answer to attendanceCheckOut.")
class AttendanceCheckOutPayload(Payload):
    """The stay."""

    attendance: Attendance | None = _shown("The stay; who has checked out already gets it as it is.")


@strawberry.type(description="Answer to attendanceCorrect.")
class AttendanceCorrectPayload(Payload):
    """The corrected stay."""

    attendance: Attendance | None = _shown("The stay after the verb; on a conflict as it is now.")


@strawberry.type(description="Answer to propertySetAttendance.")
class PropertySetAttendancePayload(Payload):
    """The Property."""

    property: Property | None = _shown("The Property after the verb; on a conflict as it is now.")
