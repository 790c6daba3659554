"""How a day goes in an estate: pure functions of the local hour, from 0 to below 24."""

from __future__ import annotations

from enum import Enum


class Pace(str, Enum):
    """What of an estate's life a curve tells of."""

    PASSAGE = "PASSAGE"  # residents at gates and doors
    HOMECOMING = "HOMECOMING"  # which share of passages goes in
    TALK = "TALK"  # tickets, posts and replies
    OFFICE = "OFFICE"  # what is done at counters and desks
    INCIDENT = "INCIDENT"  # what cameras and guards meet


# The value at each full hour in hundredths; between them it changes evenly. 100 is an average busy hour;
# HOMECOMING is a share.
CURVES: dict[Pace, str] = {
    #              0   1   2   3   4   5   6   7   8   9  10  11  12  13  14  15  16  17  18  19  20  21  22  23
    Pace.PASSAGE: "6   4   3   3   4  10  55 190 220 110  70  80 100  80  60  60  90 190 220 190 120  80  45  10",
    Pace.HOMECOMING: "80 80 70 60 40 30 20 12 15 30 40 55 55 45 45 50 60 80 85 80 70 75 80 80",
    Pace.TALK: "8   4   3   3   3   6  20  70 110 110 100  90  90  70  70  80  90 110 140 150 150 120  70  20",
    Pace.OFFICE: "0   0   0   0   0   0   0  10  80 130 140 120  40  60 120 130 120  80  30  10   0   0   0   0",
    Pace.INCIDENT: "130 140 150 150 140 110 70 60 60 50 50 50 60 50 50 50 60 80 90 90 90 100 110 120",
}
_VALUES = {pace: tuple(int(value) / 100 for value in line.split()) for pace, line in CURVES.items()}


def at(pace: Pace, hour: float) -> float:
    """The value of a curve at an hour of the day."""
    curve, whole = _VALUES[pace], int(hour)
    here, after = curve[whole % 24], curve[(whole + 1) % 24]
    return here + (after - here) * (hour - whole)


def quiet(hour: float) -> bool:
    """Whether an estate sleeps: from 23 to 6."""
    return hour >= 23 or hour < 6
