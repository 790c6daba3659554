"""The hour that is played: real time in the estates, or from a chosen hour on; a higher speed lives faster."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from adapters.demo.day import Pace, at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from adapters.clock import Clock

ZONE = ZoneInfo("Asia/Shanghai")
SATURDAY = 6
# The command line's options: type, default, help. Each is a field of Manner.
OPTIONS: dict[str, tuple[type[int | float], float | None, str]] = {
    "speed": (float, 1.0, "1 lives a day in a day, 24 in an hour (default 1)"),
    "seed": (int, 1, "the same seed plays the same day (default 1)"),
    "hour": (float, None, "begin at this hour of the day, such as 7.5 (default: now)"),
    "day": (int, None, "begin on this day of the week, Monday is 1 (default: today)"),
    "minutes": (float, None, "stop by itself after so long"),
}


@dataclass(frozen=True)
class Manner:
    """How a day is played. `hour` (0 to below 24) and `day` (ISO weekday, 1 is Monday) None: as they are now."""

    seed: int = 1
    speed: float = 1.0
    minutes: float | None = None
    hour: float | None = None
    day: int | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Manner:
        """From the options of the command line; others among them are left alone."""
        return cls(**{item.name: options[item.name] for item in fields(cls) if item.name in options})

    def arguments(self) -> list[str]:
        """As options of the command line."""
        given = ((item.name, getattr(self, item.name)) for item in fields(self))
        return [f"--{name}={value}" for name, value in given if value is not None]

    def fault(self) -> str | None:
        """What is wrong with it, in words for the command line."""
        if not self.speed > 0 or (self.minutes is not None and not self.minutes > 0):
            return "--speed and --minutes must be above 0"
        if self.hour is not None and not 0 <= self.hour < 24:
            return "--hour must be from 0 to below 24"
        if self.day is not None and not 1 <= self.day <= 7:
            return "--day must be from 1 (Monday) to 7 (Sunday)"
        return None


class PlayedDay:
    """Tells the hour of the play; starts when it is made."""

    def __init__(self, clock: Clock, manner: Manner) -> None:
        self._clock = clock
        self._speed = manner.speed
        self._begun = clock.now()
        local = self._begun.astimezone(ZONE)
        own = local.hour + local.minute / 60 + local.second / 3600
        self._start = own if manner.hour is None else manner.hour
        self._weekday = local.isoweekday() if manner.day is None else manner.day

    def hour(self) -> float:
        """From 0 to below 24."""
        return self._hours() % 24

    def weekend(self) -> bool:
        """Whether it is Saturday or Sunday."""
        return (self._weekday - 1 + int(self._hours() // 24)) % 7 + 1 >= SATURDAY

    def pace(self, pace: Pace) -> float:
        """How busy it is: the day's curve; at a weekend offices rest and nobody hurries to work."""
        value = at(pace, self.hour())
        if not self.weekend():
            return value
        return {Pace.OFFICE: value * 0.2, Pace.PASSAGE: min(value, 1.1)}.get(pace, value)

    def _hours(self) -> float:
        return self._start + hours_between(self._begun, self._clock.now()) * self._speed


def hours_between(first: datetime, last: datetime) -> float:
    """Hours from one instant to another."""
    return (last - first).total_seconds() / 3600
