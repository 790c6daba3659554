"""When the demo's company works: its week, and the public holidays of two years with the days made up for (调休)."""

from __future__ import annotations

from datetime import date, timedelta

HOURS = ["08:30-12:00", "13:30-18:00"]
WEEKEND = ["09:00-16:00"]
WEEK = [HOURS] * 5 + [WEEKEND, list[str]()]  # Monday first
# First day, how many, name.
OFF = (
    (date(2025, 10, 1), 8, "国庆节、中秋节"),
    (date(2026, 1, 1), 3, "元旦"),
    (date(2026, 2, 15), 9, "春节"),
    (date(2026, 4, 4), 3, "清明节"),
    (date(2026, 5, 1), 5, "劳动节"),
    (date(2026, 6, 19), 3, "端午节"),
    (date(2026, 9, 25), 3, "中秋节"),
    (date(2026, 10, 1), 7, "国庆节"),
    (date(2027, 1, 1), 3, "元旦"),
)
MADE_UP = (
    *(date(2025, 9, 28), date(2025, 10, 11), date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)),
    *(date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)),
)


def days() -> dict[date, tuple[str, list[str]]]:
    """By day: its name and hours."""
    found: dict[date, tuple[str, list[str]]] = dict.fromkeys(MADE_UP, ("调休上班", HOURS))
    for first, count, name in OFF:
        found |= {first + timedelta(days=n): (name, []) for n in range(count)}
    return found
