"""The one clock. No `now()` anywhere else: time is passed in, so tests can hold and move it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the instant in UTC."""

    def now(self) -> datetime:
        """The current instant, aware, UTC."""
        ...

    def timestamp(self) -> float:
        """The same in seconds since 1970: for what only counts, it costs a tenth."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current instant, aware, UTC."""
        return datetime.now(UTC)

    def timestamp(self) -> float:
        """Seconds since 1970."""
        return time.time()


class HeldClock:
    """A clock that stands until it is moved: the faithful fake."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The held instant."""
        return self.at

    def timestamp(self) -> float:
        """Seconds since 1970."""
        return self.at.timestamp()

    def move(self, by: timedelta) -> None:
        """Step by `by`, which may be negative."""
        self.at += by
