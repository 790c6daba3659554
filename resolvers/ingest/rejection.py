"""Messages that could not be taken: set aside for a person to look at, bounded per device."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from models.rules.ingest import OVERFLOW, REASON_CHARACTERS, kept

if TYPE_CHECKING:
    from models.errors import Refusal
    from resolvers.ingest.batch import Entry
    from resolvers.unit import Unit

_COLUMNS = {
    "id": "uuid",
    "organization_id": "uuid",
    "property_id": "uuid",
    "device_id": "uuid",
    "transport": "text",
    "digest": "text",
    "sequence": "bigint",
    "payload": "text",
    "code": "text",
    "reason": "text",
    "count": "integer",
    "last_at": "timestamptz",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
    "version": "integer",
}
_AGAIN = (
    "ON CONFLICT (device_id, digest) WHERE dismissed_at IS NULL DO UPDATE SET count = t.count + excluded.count,"
    " last_at = excluded.last_at, sequence = excluded.sequence, payload = excluded.payload, code = excluded.code,"
    " reason = excluded.reason, transport = excluded.transport"
)


@dataclass
class _Case:
    """The same message, refused so many times in this batch; its last refusal."""

    entry: Entry
    refusal: Refusal
    raw: bytes
    count: int = 0


async def set_aside(unit: Unit, refused: list[tuple[Entry, Refusal]]) -> None:
    """Keep each message once, with how often it came; beyond a device's cap one row counts the rest."""
    if not refused:
        return
    cases: dict[tuple[UUID, str], _Case] = {}
    for entry, refusal in refused:
        raw = entry.incoming.raw
        _count(cases, (entry.device_id, hashlib.sha256(raw).hexdigest()), _Case(entry, refusal, raw, 1))
    capped: dict[tuple[UUID, str], _Case] = {}
    allowed = await _allowed(unit, set(cases))
    for key, case in cases.items():
        _count(capped, key if key in allowed else (key[0], OVERFLOW), case)
    await unit.tx.insert(
        "rejected_message", _COLUMNS, [_row(unit, key[1], capped[key]) for key in sorted(capped)], _AGAIN
    )


def reason_of(refusal: Refusal) -> str:
    """Why, for the operator: at most 200 characters."""
    text = refusal.params.get("detail") or f"{refusal.field or 'message'}: {refusal.message}"
    return str(text).replace("\0", "\ufffd")[:REASON_CHARACTERS]


def _count(cases: dict[tuple[UUID, str], _Case], key: tuple[UUID, str], case: _Case) -> None:
    before = cases.get(key)
    cases[key] = _Case(case.entry, case.refusal, case.raw, case.count + (before.count if before else 0))


async def _allowed(unit: Unit, keys: set[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
    """Those that are known, and as many new ones as their device may still add."""
    devices = sorted({device_id for device_id, _ in keys})
    marks = ", ".join(f"${n}" for n in range(1, len(devices) + 1))
    rows = await unit.tx.fetch(
        "SELECT device_id, digest FROM rejected_message"  # noqa: S608 - only marks are spliced in
        f" WHERE device_id IN ({marks}) AND dismissed_at IS NULL",
        *devices,
    )
    known = {(UUID(str(row["device_id"])), row["digest"]) for row in rows}
    held = Counter(device_id for device_id, digest in known if digest != OVERFLOW)
    allowed = keys & known
    for device_id, digest in sorted(keys - known):
        if held[device_id] < unit.house.settings.limits.ingest_rejected_per_device:
            held[device_id] += 1
            allowed.add((device_id, digest))
    return allowed


def _row(unit: Unit, digest: str, case: _Case) -> list[object]:
    entry = case.entry
    values: dict[str, object] = {
        "id": unit.house.identity.uuid(),
        "organization_id": unit.organization_id,
        "property_id": entry.property_id,
        "device_id": entry.device_id,
        "transport": entry.transport.value,
        "digest": digest,
        "sequence": entry.incoming.sequence,
        "payload": kept(case.raw),
        "code": case.refusal.code.value,
        "reason": reason_of(case.refusal),
        "count": case.count,
        "last_at": unit.now,
        "created_at": unit.now,
        "updated_at": unit.now,
        "version": 1,
    }
    return [values[name] for name in _COLUMNS]
