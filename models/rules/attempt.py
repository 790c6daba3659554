"""Attempts: how many tries to prove who one is may fail, and when there is room for another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

UNDER_WAY = timedelta(seconds=30)  # a try that has not ended by then was cut off, and counts as failed


class AttemptKind(str, Enum):
    """What is tried; each kind has counters of its own."""

    PASSWORD = "PASSWORD"  # noqa: S105 - a word
    ACTIVATION = "ACTIVATION"
    TOTP = "TOTP"
    SMS_SEND = "SMS_SEND"
    SMS_CODE = "SMS_CODE"
    OIDC = "OIDC"
    WECHAT = "WECHAT"
    CLIENT = "CLIENT"


@dataclass(frozen=True)
class Try:
    """An attempt that counts already."""

    at: datetime
    failed: bool


class Room(str, Enum):
    """Whether one more try may begin."""

    FREE = "FREE"
    BUSY = "BUSY"  # as many are under way as may still fail: wait how they end
    FULL = "FULL"


def room(tries: Sequence[Try], most: int, window: timedelta, now: datetime) -> tuple[Room, float]:
    """Whether another try may begin when `tries` were made, and if not, in how many seconds to ask again."""
    running = [one for one in tries if one.at > now - window]
    if len(running) < most:
        return Room.FREE, 0.0
    lost = sorted(one.at for one in running if one.failed or one.at <= now - UNDER_WAY)
    if len(lost) < most:
        return Room.BUSY, 1.0
    return Room.FULL, max((lost[-most] + window - now).total_seconds(), 1.0)


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 of an IPv6 one (a subscriber has a whole /64)."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return str(found)
