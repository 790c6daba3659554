"""Shifts as pure rules: midnight, a clock that changes, rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.rules.shift import Clash, Span, clash, is_clock, nominal_minutes, span

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "is_"),
    [("00:00", True), ("23:59", True), ("24:00", False), ("8:00", False), ("08:60", False), ("", False)],
)
def test_a_time_of_day(text: str, is_: bool) -> None:
    assert is_clock(text) is is_


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "minutes"),
    [("08:00", "16:00", 480), ("22:00", "06:00", 480), ("00:00", "00:00", 1440), ("00:00", "00:01", 1)],
)
def test_how_long_a_pattern_is(starts_at: str, ends_at: str, minutes: int) -> None:
    assert nominal_minutes(starts_at, ends_at) == minutes


@pytest.mark.parametrize(
    ("day", "pattern", "zone", "start", "hours"),
    [
        (DAY, ("08:00", "16:00"), "Asia/Shanghai", "2026-11-22T00:00", 8),
        (DAY, ("22:00", "06:00"), "Asia/Shanghai", "2026-11-22T14:00", 8),
        (date(2026, 12, 31), ("22:00", "06:00"), "Asia/Shanghai", "2026-12-31T14:00", 8),
        # Berlin: the clock goes forward in the night to 29 March 2026 and back in that to 25 October.
        (date(2026, 3, 28), ("22:00", "06:00"), "Europe/Berlin", "2026-03-28T21:00", 7),
        (date(2026, 10, 24), ("22:00", "06:00"), "Europe/Berlin", "2026-10-24T20:00", 9),
        # A time that is left out: by the old offset. One that comes twice: the first.
        (date(2026, 3, 29), ("02:30", "10:00"), "Europe/Berlin", "2026-03-29T01:30", 6.5),
        (date(2026, 10, 25), ("02:30", "10:00"), "Europe/Berlin", "2026-10-25T00:30", 8.5),
    ],
)
def test_when_it_begins_and_ends(day: date, pattern: tuple[str, str], zone: str, start: str, hours: float) -> None:
    begun, ended = span(day, *pattern, zone)
    assert (begun, ended - begun) == (datetime.fromisoformat(start).replace(tzinfo=UTC), timedelta(hours=hours))


@pytest.mark.parametrize(
    ("begins", "rest", "other_rest", "found"),
    [  # hours after midnight; the other one is from 8 to 16
        (15, 0, 0, Clash.OVERLAP),
        (0, 660, 660, Clash.REST),
        (16, 0, 0, None),
        (26, 660, 0, Clash.REST),
        (27, 660, 0, None),
        (27, 0, 720, Clash.REST),
        (-11, 660, 660, None),
        (-10, 660, 660, Clash.REST),
    ],
)
def test_what_nobody_works(begins: int, rest: int, other_rest: int, found: Clash | None) -> None:
    midnight = datetime(2026, 11, 22, tzinfo=UTC)

    def at(hour: int, rest: int) -> Span:
        return Span(midnight + timedelta(hours=hour), midnight + timedelta(hours=hour + 8), rest)

    assert clash(at(begins, rest), [at(8, other_rest)]) is found
    assert clash(at(begins, rest), []) is None
