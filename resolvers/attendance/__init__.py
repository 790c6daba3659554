"""Attendance: check-in and check-out, who is present, what a manager corrects, the sheet of a month."""

from resolvers.attendance.correcting import correct, set_minutes
from resolvers.attendance.counting import Line, Presence, presence, sheet
from resolvers.attendance.reading import (
    Wanted,
    changes,
    in_property,
    missing,
    present,
    viewer_can_check_out,
    viewer_can_correct,
    viewer_sees_hours,
    viewer_sees_whereabouts,
)
from resolvers.attendance.settling import forget, note_missing
from resolvers.attendance.tapping import Tap, check_in, check_out

__all__ = [
    "Line",
    "Presence",
    "Tap",
    "Wanted",
    "changes",
    "check_in",
    "check_out",
    "correct",
    "forget",
    "in_property",
    "missing",
    "note_missing",
    "presence",
    "present",
    "set_minutes",
    "sheet",
    "viewer_can_check_out",
    "viewer_can_correct",
    "viewer_sees_hours",
    "viewer_sees_whereabouts",
]
