"""The ways out of the house: which ones somebody wants, when one may be used, how often it is tried."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.rules.notification.kind import NotificationChannel

if TYPE_CHECKING:
    from datetime import tzinfo

WAYS_OUT = (NotificationChannel.PUSH, NotificationChannel.SMS, NotificationChannel.EMAIL)
DEFAULT_CHANNELS = frozenset({NotificationChannel.APP, NotificationChannel.PUSH})
"""Of who has said nothing: a message and a letter are asked for."""

MOST_TRIES = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)
MOST_DEVICES = 10  # of one Account
MAX_TOKEN = 100
_TOKEN = re.compile(r"[A-Za-z0-9_:.\-]{8,100}")


def again_in(tries: int) -> timedelta:
    """How long to wait after the `tries`-th failure: 10 s, doubled each time, at most an hour."""
    return min(FIRST_WAIT * (1 << min(max(tries - 1, 0), 20)), LONGEST_WAIT)


def after_quiet(at: datetime, quiet_from: str | None, quiet_until: str | None, zone: str) -> datetime:
    """When somebody may be told: `at`, or the end of the quiet hours (HH:MM, local) that it falls into.

    They may go over midnight; the same time twice, or none, is no quiet at all.
    """
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return at
    local = at.astimezone(ZoneInfo(zone))
    start, end, now = time.fromisoformat(quiet_from), time.fromisoformat(quiet_until), local.time()
    quiet = start <= now < end if start < end else now >= start or now < end
    if not quiet:
        return at
    day = local.date() + timedelta(days=1 if now >= end else 0)
    return _instant(datetime.combine(day, end), local.tzinfo).astimezone(at.tzinfo)


def is_token(text: str) -> bool:
    """Whether it can be a device's registration id."""
    return _TOKEN.fullmatch(text) is not None


def _instant(local: datetime, zone: tzinfo | None) -> datetime:
    return local.replace(tzinfo=zone)
