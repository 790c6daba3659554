"""Teams as pure rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

MAX_NAME = 80


def employed(first: date, last: date | None, day: date) -> bool:
    """Whether somebody employed from `first` to `last` (inclusive) is on `day`."""
    return first <= day and (last is None or day <= last)


def overlaps(stays: Iterable[tuple[date, date | None]], joined_on: date) -> bool:
    """Whether somebody who joins on a day is in the team then or later already: the last day still counts."""
    return any(left_on is None or joined_on <= left_on for _, left_on in stays)
