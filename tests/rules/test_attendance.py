"""Attendance as pure rules: which shift a check-in is for, who is late or early, what a forgotten check-out counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from models.rules.attendance import (
    Duty,
    Stay,
    Verdict,
    close_at,
    forgotten_end,
    judged,
    matching,
    month_of,
    stay_minutes,
)


def at(clock: str, day: int = 22) -> datetime:
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), UTC)


EARLY, LATE = Duty("early", at("08:00"), at("16:00")), Duty("late", at("16:00"), at("00:00", 23))


@pytest.mark.parametrize(
    ("now", "ahead", "found"),
    [
        ("06:59", 60, None),
        ("07:00", 60, "early"),
        ("08:00", 0, "early"),
        ("07:59:59", 0, None),
        ("15:30", 60, "early"),  # the one that goes on comes before the next
        ("15:59:59", 60, "early"),
        ("16:00", 60, "late"),
    ],
)
def test_for_which_shift_a_check_in_is(now: str, ahead: int, found: str | None) -> None:
    duty = matching(at(now), [LATE, EARLY], ahead)
    assert (duty and duty.key) == found
    assert matching(at(now), [], ahead) is None


@pytest.mark.parametrize(
    ("stays", "tolerance", "verdicts"),
    [
        ([("08:05", "15:55")], 5, [(0, 0)]),
        ([("08:05:01", "15:54:59")], 5, [(6, 6)]),  # beyond the tolerance each minute begun counts, from the start
        ([("08:00:01", "16:00")], 0, [(1, 0)]),
        ([("07:10", "17:00")], 0, [(0, 0)]),
        ([("09:00", None)], 5, [(60, 0)]),  # whoever is still here has not gone early
        ([("08:00", "12:00")], 5, [(0, 240)]),
        # A way out in between is neither early nor late.
        ([("08:10", "12:00"), ("12:30", None)], 5, [(10, 0), (0, 0)]),
        ([("08:00", "12:00"), ("12:30", "15:00")], 5, [(0, 0), (0, 60)]),
        ([], 5, []),
    ],
)
def test_who_is_late_and_who_goes_early(
    stays: list[tuple[str, str | None]], tolerance: int, verdicts: list[tuple[int, int]]
) -> None:
    told = [Stay(at(came), at(left) if left else None) for came, left in stays]
    assert judged(EARLY, told, tolerance) == [Verdict(*verdict) for verdict in verdicts]
    assert judged(None, told, tolerance) == [Verdict()] * len(told), "off the roster nobody is"


@pytest.mark.parametrize(
    ("came", "duty", "until", "closed"),
    [
        (at("08:00"), EARLY, at("16:00"), at("18:00")),
        (at("17:00"), EARLY, at("17:00"), at("19:00")),  # came after its end: no length
        (at("08:00"), None, at("08:00"), at("22:00")),
    ],
)
def test_what_a_forgotten_check_out_counts(
    came: datetime, duty: Duty[str] | None, until: datetime, closed: datetime
) -> None:
    assert (forgotten_end(came, duty), close_at(came, duty, 120)) == (until, closed)


def test_minutes_and_months() -> None:
    assert stay_minutes(at("08:00"), at("16:00") - timedelta(seconds=1)) == 479
    assert stay_minutes(at("08:00"), at("07:00")) == 0, "a clock that was set back"
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2027, 1, 1))
    assert month_of(date(2028, 2, 29)) == (date(2028, 2, 1), date(2028, 3, 1))
    assert month_of(date.max) == (date(9999, 12, 1), date.max)
