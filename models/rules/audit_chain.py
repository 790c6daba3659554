"""The hash chain over an Organization's audit, as docs/audit.md specifies it for third parties. Pure."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "wuye.audit.1"
FIRST = "0" * 64  # what the first seal of an Organization follows
# What of an entry is hashed; a column that comes later needs a new form.
COLUMNS = (
    "account_id",
    "actor",
    "address",
    "after",
    "agent",
    "api_client_id",
    "before",
    "created_at",
    "device_id",
    "id",
    "organization_id",
    "person_id",
    "property_id",
    "session_id",
    "subject_id",
    "subject_type",
    "verb",
)
# No transaction is open for so long: an entry that is older than one sealed before it was added behind our back.
MOST_LATE = timedelta(minutes=10)


class FindingKind(str, Enum):
    """What is wrong at a place of the chain."""

    CHANGED = "CHANGED"
    REMOVED = "REMOVED"
    GAP = "GAP"
    BROKEN = "BROKEN"
    BACKDATED = "BACKDATED"
    UNSEALED = "UNSEALED"
    HEAD = "HEAD"


def seal_hash(previous: str, sequence: int, sealed_at: datetime, entry: Mapping[str, Any]) -> str:
    """SHA-256 in hex over five lines: form, sequence, instant of sealing, the hash before, the canonical entry."""
    shown = {name: _shown(entry[name]) for name in COLUMNS}
    lines = (FORM, str(sequence), instant(sealed_at), previous, canonical(shown))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _shown(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return instant(value) if isinstance(value, datetime) else value


_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def canonical(value: Any) -> str:
    """JSON after RFC 8785: members by name, no spaces, nothing escaped that need not be, numbers as ECMAScript's."""
    return _written(value) if _has_float(value) else _WRITER.encode(value)


def _has_float(value: Any) -> bool:
    """Python's own writer, which is much faster, spells everything as RFC 8785 does but fractions."""
    if isinstance(value, dict):
        return any(_has_float(part) for part in value.values())
    if isinstance(value, list):
        return any(_has_float(part) for part in value)
    return isinstance(value, float)


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{_written(name)}:{_written(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_written(part) for part in value) + "]"
    if isinstance(value, float):
        return _number(value)
    return _WRITER.encode(value)


def instant(at: datetime) -> str:
    """UTC with microseconds: 2026-11-22T02:44:24.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _number(value: float) -> str:
    """The shortest decimal that reads back as the same double, as ECMAScript's Number::toString spells it."""
    if value == 0:
        return "0"
    sign, figures, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, figures))
    point = len(digits) + int(exponent)  # how many figures stand before the decimal point
    minus = "-" if sign else ""
    if len(digits) <= point <= 21:
        return minus + digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{minus}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{digits}"
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{minus}{mantissa}e{point - 1:+d}"
