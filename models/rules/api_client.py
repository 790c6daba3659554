"""API clients: their bounds, and how a secret gives way to the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

MAX_NAME = 80
MAX_RATE = 60_000  # requests a minute
MAX_OVERLAP_HOURS = 168  # a week
MOST_CLIENTS = 200  # live ones of an Organization
NO_PASSWORD = "!"  # noqa: S105 - no PHC string: nothing matches it


def login_of(client_id: UUID) -> str:
    """The login of the Account behind an API client; nobody signs in with it."""
    return f"client:{client_id.hex}"


def overlap_end(now: datetime, hours: int) -> datetime:
    """Until when the old secret holds beside the new one; without an overlap it ends now."""
    return now + timedelta(hours=hours)
