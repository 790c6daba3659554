"""Attendance as pure rules: for which shift a check-in counts, who is late or early, when a stay is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")

MAX_DEVICE = 120
MAX_REASON = 200
MAX_STAY = timedelta(hours=24)  # of a correction: longer is a mistyped one
FAR = timedelta(hours=24)  # a correction moves a check-in by less: it stays the same day's work
OFF_ROSTER = timedelta(hours=12)  # when whoever came without a shift is thought to be gone
# Of a Property: its column, least, most and default minutes.
MINUTES = {
    "attendance_tolerance_minutes": (0, 120),
    "attendance_ahead_minutes": (0, 240),
    "attendance_close_minutes": (0, 720),
}


class AttendanceStatus(str, Enum):
    """How a stay stands."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    FORGOTTEN = "FORGOTTEN"
    MISSED = "MISSED"


class PresenceChange(str, Enum):
    """What happened to somebody's presence."""

    CHECKED_IN = "CHECKED_IN"
    CHECKED_OUT = "CHECKED_OUT"
    FORGOTTEN = "FORGOTTEN"
    MISSED = "MISSED"
    CORRECTED = "CORRECTED"


@dataclass(frozen=True)
class Duty(Generic[T]):
    """A shift that somebody is assigned to: from an instant to the first one after it."""

    key: T
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Stay:
    """From check-in to check-out; None while it goes on."""

    came: datetime
    left: datetime | None


@dataclass(frozen=True)
class Verdict:
    """Whole minutes; 0 is in time."""

    late: int = 0
    early: int = 0


def matching(now: datetime, duties: Iterable[Duty[T]], ahead: int) -> Duty[T] | None:
    """The shift that a check-in is for: the one that goes on, else the next that starts within `ahead` minutes."""
    soon = now + timedelta(minutes=ahead)
    chosen = [duty for duty in duties if duty.start <= soon and now < duty.end]
    return min(chosen, key=lambda duty: duty.start, default=None)


def judged(duty: Duty[T] | None, stays: Sequence[Stay], tolerance: int) -> list[Verdict]:
    """For each stay of one shift, oldest first: the first may be late, the last may have gone early.

    Who goes out and comes back is neither for the time between. Beyond the tolerance every started minute counts, from
    the shift's own start or end. Without a shift nobody is late.
    """
    if duty is None:
        return [Verdict() for _ in stays]
    last = len(stays) - 1
    return [
        Verdict(
            late=_minutes_beyond(stay.came - duty.start, tolerance) if n == 0 else 0,
            early=_minutes_beyond(duty.end - stay.left, tolerance) if n == last and stay.left is not None else 0,
        )
        for n, stay in enumerate(stays)
    ]


def stay_minutes(came: datetime, left: datetime) -> int:
    """Whole minutes of a stay, breaks included."""
    return max(int((left - came).total_seconds()) // 60, 0)


def close_at(came: datetime, duty: Duty[T] | None, wait: int) -> datetime:
    """When a check-out that nobody made is closed: `wait` minutes after the shift's end."""
    return (came + OFF_ROSTER if duty is None else max(came, duty.end)) + timedelta(minutes=wait)


def forgotten_end(came: datetime, duty: Duty[T] | None) -> datetime:
    """Until when a forgotten stay counts: the shift's end; off the roster nobody knows, so it has no length."""
    return came if duty is None else max(came, duty.end)


def month_of(day: date) -> tuple[date, date]:
    """The first day of the month that `day` lies in, and of the next one; of the last that there is, its last."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) if date.max - first > timedelta(days=31) else date.max


def _minutes_beyond(gap: timedelta, tolerance: int) -> int:
    if gap <= timedelta(minutes=tolerance):
        return 0
    return int(-(-gap.total_seconds() // 60))
