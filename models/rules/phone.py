"""Mobile numbers that get a message."""

from __future__ import annotations

import re

_MOBILE = re.compile(r"1[3-9]\d{9}")


def normal_mobile(text: str) -> str | None:
    """A mainland mobile number as its 11 digits, from any spelling of it; None when it is none."""
    found = re.sub(r"[\s\-()]", "", text)
    for prefix in ("+86", "0086"):
        found = found.removeprefix(prefix)
    return found if found.isascii() and _MOBILE.fullmatch(found) else None


def spellings(mobile: str) -> tuple[str, ...]:
    """How a number of 11 digits may be kept in a table."""
    return mobile, f"+86{mobile}", f"86{mobile}"
