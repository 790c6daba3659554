"""Working time as pure rules: midnight, holidays, made-up days, clocks that change; add then between gives back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from models.rules.working_time import HORIZON, WorkingTime, add, between, parse_hours

OFFICE = ((540, 720), (780, 1080))  # 9 to 12 and 13 to 18
WEEK = (*[OFFICE] * 5, (), ())
SHANGHAI = WorkingTime(
    "Asia/Shanghai",
    WEEK,
    {date(2026, 10, 1): (), date(2026, 10, 2): (), date(2026, 10, 10): OFFICE},  # 10 October is a Saturday
)
NIGHT = WorkingTime("Asia/Shanghai", (((0, 360), (1320, 1440)),) * 7)
ALWAYS = ((0, 1440),)
BERLIN = WorkingTime("Europe/Berlin", (ALWAYS,) * 7)
NEVER = WorkingTime("Asia/Shanghai", ((),) * 7)


def at(text: str) -> datetime:
    """Of Shanghai's time."""
    return (datetime.fromisoformat(text).replace(tzinfo=UTC)) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("time", "start", "minutes", "end"),
    [
        (SHANGHAI, "2026-11-23T09:00", 30, "2026-11-23T09:30"),
        (SHANGHAI, "2026-11-23T08:00", 30, "2026-11-23T09:30"),  # before it opens
        (SHANGHAI, "2026-11-23T11:50", 30, "2026-11-23T13:20"),  # over noon
        (SHANGHAI, "2026-11-23T11:30", 30, "2026-11-23T12:00"),  # the first instant, not the next stretch
        (SHANGHAI, "2026-11-20T17:30", 60, "2026-11-23T09:30"),  # over a weekend
        (SHANGHAI, "2026-11-21T12:00", 480, "2026-11-23T18:00"),
        (SHANGHAI, "2026-09-30T17:00", 120, "2026-10-05T10:00"),  # over two holidays and a weekend
        (SHANGHAI, "2026-10-09T17:30", 60, "2026-10-10T09:30"),  # into a made-up Saturday
        (NIGHT, "2026-12-31T23:30", 60, "2027-01-01T00:30"),  # over midnight and the year
        (NIGHT, "2026-11-23T05:30", 60, "2026-11-23T22:30"),
        (None, "2026-11-21T23:59", 2, "2026-11-22T00:01"),
        (SHANGHAI, "2026-11-21T12:00", 0, "2026-11-21T12:00"),
    ],
)
def test_minutes_added_to_an_instant(time: WorkingTime | None, start: str, minutes: int, end: str) -> None:
    assert add(time, at(start), timedelta(minutes=minutes)) == at(end)
    assert between(time, at(start), at(end)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("time", "start", "end", "minutes"),
    [
        (SHANGHAI, "2026-11-21T00:00", "2026-11-23T00:00", 0),
        (SHANGHAI, "2026-11-16T00:00", "2026-11-23T00:00", 5 * 480),
        (SHANGHAI, "2026-10-01T00:00", "2026-10-03T00:00", 0),
        (SHANGHAI, "2026-10-10T00:00", "2026-10-11T00:00", 480),
        (SHANGHAI, "2026-11-23T10:00", "2026-11-23T09:00", 0),
        (None, "2026-11-23T10:00", "2026-11-23T09:00", 0),
        (NEVER, "2026-11-23T10:00", "2027-11-23T09:00", 0),
    ],
)
def test_minutes_between_two_instants(time: WorkingTime | None, start: str, end: str, minutes: int) -> None:
    assert between(time, at(start), at(end)) == timedelta(minutes=minutes)


def test_a_clock_that_changes() -> None:
    """A day of 23 hours has 23 hours of work, one of 25 has 25; an hour that comes twice is worked twice."""
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)):
        start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=24)
        spring = timedelta(hours=1) if day.month in (1, 3) else timedelta(hours=2)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - spring
        assert between(BERLIN, midnight, midnight + timedelta(hours=hours)) == timedelta(hours=hours)
        assert between(BERLIN, start, midnight) == midnight - start
    early = WorkingTime("Europe/Berlin", (((60, 180),),) * 7)  # 1 to 3: one hour in March, three in October
    assert [
        between(early, start, start + timedelta(days=1))
        for start in (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC))
    ] == [timedelta(hours=1), timedelta(hours=3)]


def test_what_never_is_worked_ends_at_the_horizon() -> None:
    start = at("2026-11-23T10:00")
    assert add(NEVER, start, timedelta(minutes=1)) == start + HORIZON


@pytest.mark.parametrize(
    ("texts", "hours"),
    [
        ([], ()),
        (["13:00-18:00", "09:00-12:00"], OFFICE),
        (["00:00-24:00"], ALWAYS),
        (["09:00-12:00", "12:00-13:00"], ((540, 720), (720, 780))),
        (["09:00-12:00", "11:59-13:00"], None),
        (["12:00-12:00"], None),
        (["12:00-09:00"], None),
        (["00:00-24:01"], None),
        (["9:00-12:00"], None),
        (["09:00-12:60"], None),
        (["09:00 - 12:00"], None),
        (["00:00-00:01"] * 7, None),
    ],
)
def test_hours_are_read(texts: list[str], hours: object) -> None:
    assert parse_hours(texts) == hours


def hours(minutes: list[int]) -> tuple[tuple[int, int], ...]:
    """Every other stretch between sorted minutes."""
    marks = sorted(set(minutes))
    return tuple(zip(marks[::2], marks[1::2], strict=False))


DAY = st.lists(st.integers(0, 1440), min_size=2, max_size=6).map(hours)
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"])
TIMES = st.builds(
    WorkingTime,
    ZONES,
    st.tuples(*[DAY] * 7),
    st.dictionaries(st.dates(date(2026, 3, 1), date(2026, 11, 30)), st.one_of(st.just(()), DAY), max_size=40),
)
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 270 * 86_400).map(lambda seconds: BEGUN + timedelta(seconds=seconds))


@budget(max_examples=150, deadline=None)
@given(TIMES, INSTANTS, st.integers(1, 2_000), st.integers(0, 40_000))
def test_add_then_between_gives_back(time: WorkingTime, start: datetime, minutes: int, later: int) -> None:
    worked = timedelta(minutes=minutes)
    end = add(time, start, worked)
    if end < start + HORIZON:
        assert between(time, start, end) == worked
        assert between(time, start, end - timedelta.resolution) < worked, "the first such instant"
    middle = start + timedelta(minutes=later)
    whole = between(time, start, middle + worked)
    assert whole == between(time, start, middle) + between(time, middle, middle + worked)
    assert timedelta(0) <= whole <= middle + worked - start
