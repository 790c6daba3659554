"""Teams as pure rules."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules.team import employed, overlaps

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@pytest.mark.parametrize(
    ("last", "day", "is_"),
    [
        (None, date(2026, 2, 28), False),
        (None, FIRST, True),
        (LAST, LAST, True),
        (LAST, date(2026, 4, 1), False),
    ],
)
def test_who_is_employed(last: date | None, day: date, is_: bool) -> None:
    assert employed(FIRST, last, day) is is_


@pytest.mark.parametrize(
    ("stays", "joined_on", "is_"),
    [
        ([], FIRST, False),
        ([(FIRST, None)], date(2026, 1, 1), True),
        ([(FIRST, None)], LAST, True),
        ([(FIRST, LAST)], LAST, True),
        ([(FIRST, LAST)], date(2026, 4, 1), False),
        ([(FIRST, LAST), (date(2026, 5, 1), None)], date(2026, 4, 1), True),
    ],
)
def test_who_is_in_the_team_already(stays: list[tuple[date, date | None]], joined_on: date, is_: bool) -> None:
    assert overlaps(stays, joined_on) is is_
