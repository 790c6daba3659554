"""Keys are UUIDv7: they begin with their instant, so a period is a range of keys."""

from datetime import datetime
from uuid import UUID


def least_key(at: datetime) -> UUID:
    """The least key of that millisecond; instants before 1970 have that of 1970."""
    return UUID(int=max(0, int(at.timestamp() * 1000)) << 80)
