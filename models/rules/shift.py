"""Shifts as pure rules: when one begins and ends, and which two nobody works."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NAME = 80
MAX_MINUTES = 16 * 60  # of a shift: longer is a mistyped one
MAX_REST = 48 * 60
DEFAULT_REST = 11 * 60  # between two shifts, unless the pattern says otherwise
MAX_MANY = 200
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Clash(str, Enum):
    """Why somebody cannot work a shift beside another one."""

    OVERLAP = "OVERLAP"
    REST = "REST"


@dataclass(frozen=True)
class Span:
    """A shift that somebody works: from an instant to the first one after it, and the rest that it needs."""

    start: datetime
    end: datetime
    rest: int


def is_clock(text: str) -> bool:
    """Whether it is a time of day as HH:MM."""
    return _CLOCK.fullmatch(text) is not None


def nominal_minutes(starts_at: str, ends_at: str) -> int:
    """How long a pattern is on a day without a change of the clock; the same time twice is a whole day."""
    return (_minute(ends_at) - _minute(starts_at) - 1) % (24 * 60) + 1


def span(day: date, starts_at: str, ends_at: str, zone: str) -> tuple[datetime, datetime]:
    """The instants (UTC) of a pattern that begins on `day` in a zone.

    Wall clocks count: in the night in which the clock changes a shift is an hour longer or shorter. A time that the
    change leaves out is the one that the old offset gives; one that comes twice is the first of the two.
    """
    local = ZoneInfo(zone)
    later = day + timedelta(days=1) if _minute(ends_at) <= _minute(starts_at) else day
    return _instant(day, starts_at, local), _instant(later, ends_at, local)


def clash(new: Span, others: Iterable[Span]) -> Clash | None:
    """What forbids `new` beside the shifts that somebody works already; two need the longer rest of both."""
    found = None
    for other in others:
        if new.start < other.end and other.start < new.end:
            return Clash.OVERLAP
        gap = max(new.start - other.end, other.start - new.end)
        if gap < timedelta(minutes=max(new.rest, other.rest)):
            found = Clash.REST
    return found


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _instant(day: date, text: str, zone: ZoneInfo) -> datetime:
    minute = _minute(text)
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone).astimezone(UTC)
