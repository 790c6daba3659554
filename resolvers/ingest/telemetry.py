"""Measured values: appended, and the newest of each metric kept at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import DeviceReading

if TYPE_CHECKING:
    from uuid import UUID

    from resolvers.ingest.batch import Entry
    from resolvers.ingest.message import TelemetryMessage
    from resolvers.unit import Unit

_LATEST = {
    "id": "uuid",
    "organization_id": "uuid",
    "property_id": "uuid",
    "device_id": "uuid",
    "metric": "text",
    "value": "double precision",
    "unit": "text",
    "occurred_at": "timestamptz",
    "created_at": "timestamptz",
}
# A late value of the past does not replace a newer one; of one instant the one that came last stands.
_NEWER = (
    "ON CONFLICT (device_id, metric) DO UPDATE SET value = excluded.value, unit = excluded.unit,"
    " occurred_at = excluded.occurred_at, created_at = excluded.created_at WHERE t.occurred_at <= excluded.occurred_at"
)


async def record_readings(unit: Unit, messages: list[tuple[Entry, TelemetryMessage]]) -> None:
    """Two statements for any number of readings."""
    rows: list[DeviceReading] = []
    newest: dict[tuple[UUID, str], DeviceReading] = {}
    for entry, message in messages:
        for reading in message.readings:
            row = DeviceReading(
                id=unit.house.identity.uuid(),
                organization_id=unit.organization_id,
                created_at=unit.now,
                property_id=entry.property_id,
                device_id=entry.device_id,
                metric=reading.metric,
                value=reading.value,
                unit=reading.unit,
                occurred_at=message.occurred_at,
            )
            rows.append(row)
            kept = newest.get((entry.device_id, reading.metric))
            if kept is None or kept.occurred_at <= row.occurred_at:
                newest[entry.device_id, reading.metric] = row
    if not rows:
        return
    await unit.add_all(rows)
    # In one order: processes that touch the same metrics never wait for each other in a ring.
    latest = [newest[key] for key in sorted(newest)]
    await unit.tx.insert(
        "latest_reading",
        _LATEST,
        [[unit.house.identity.uuid(), *(getattr(row, name) for name in list(_LATEST)[1:])] for row in latest],
        _NEWER,
    )
