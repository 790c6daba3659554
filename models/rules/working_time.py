"""Working time as pure rules: the hours of a week in a zone, holidays, days that are made up for (调休).

A WorkingTime says when a Property works; None stands for around the clock. All instants are aware and UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_HOURS = 6  # stretches of a day
MAX_NAME = 40  # of a holiday
MAX_DAYS = 31  # set at once
MAX_AHEAD = 5 * 366  # days that a holiday lies ahead
DAY_MINUTES = 24 * 60
HORIZON = timedelta(days=3_660)  # no further is looked for time to work: a calendar may be of holidays alone
_TEXT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")

Hours = tuple[tuple[int, int], ...]
"""Stretches of a local day in minutes from its midnight, in order, none touching another's inside."""


@dataclass(frozen=True)
class WorkingTime:
    """When a Property works: by the day of the week (Monday first) in its zone, and on `days` as they say."""

    zone: str
    week: tuple[Hours, ...]
    days: Mapping[date, Hours] = field(default_factory=dict)

    def hours(self, day: date) -> Hours:
        """When it works on a day; () not at all."""
        return self.days.get(day, self.week[day.weekday()])


def parse_hours(texts: Sequence[str]) -> Hours | None:
    """`08:30-12:00`, `13:30-24:00` as Hours, sorted; None for what is no such text, overlaps, or is too much."""
    if len(texts) > MAX_HOURS:
        return None
    found = []
    for text in texts:
        match = _TEXT.fullmatch(text)
        if match is None:
            return None
        begins, ends = (int(match[n]) * 60 + int(match[n + 1]) for n in (1, 3))
        if not begins < ends <= DAY_MINUTES:
            return None
        found.append((begins, ends))
    found.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(found)):
        return None
    return tuple(found)


def add(time: WorkingTime | None, at: datetime, worked: timedelta) -> datetime:
    """The first instant until which `worked` is worked from `at` on; ten years later where that never is."""
    if time is None or worked <= timedelta(0):
        return at + max(worked, timedelta(0))
    for start, end in _stretches(time, at):
        if end - start >= worked:
            return start + worked
        worked -= end - start
    return at + HORIZON


def between(time: WorkingTime | None, start: datetime, end: datetime) -> timedelta:
    """What is worked from one instant to a later one."""
    if time is None or end <= start:
        return max(end - start, timedelta(0))
    total = timedelta(0)
    for begins, ends in _stretches(time, start):
        if begins >= end:
            break
        total += min(ends, end) - begins
    return total


def _stretches(time: WorkingTime, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of work from `at` on, in order; where a change of the clock lays two over each other, both are one."""
    zone, last = ZoneInfo(time.zone), at
    day = at.astimezone(zone).date() - timedelta(days=1)
    for _ in range(HORIZON.days):
        for begins, ends in time.hours(day):
            start, end = max(_instant(day, begins, zone), last), _instant(day, ends, zone)
            if start < end:
                yield start, end
                last = end
        day += timedelta(days=1)


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Of a local time; one that a change of the clock leaves out is by the old offset; of two the first."""
    days, rest = divmod(minute, DAY_MINUTES)
    day += timedelta(days=days)
    return datetime(day.year, day.month, day.day, rest // 60, rest % 60, tzinfo=zone).astimezone(UTC)
