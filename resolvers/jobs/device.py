"""Notices devices that fell silent: two heartbeats missed (models/rules/device.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from models import Device
from models.rules.device import MISSED, DeviceConnectivity, silent_after
from resolvers.device import fall_silent
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resolvers.ports import House
    from resolvers.unit import Unit

BATCH = 100  # devices a transaction
_AGO = {
    "postgres": "last_seen_at + (heartbeat_seconds * $2 + $3) * interval '1 second' <= $4",
    "sqlite": "julianday(last_seen_at) + (heartbeat_seconds * $2 + $3 - 0.01) / 86400.0 <= julianday($4)",
}


async def watch_devices(house: House) -> None:
    """Set OFFLINE whatever is silent for too long, with an alarm. Whoever is OFFLINE already is left alone."""
    for row in await house.database.call("organizations"):
        organization_id = UUID(str(row["id"]))
        while ids := await _silent(house, organization_id):
            async with system_unit(house, organization_id) as unit:
                if not await _mark(unit, ids):
                    break  # all of them came back meanwhile: the next run looks again


async def _silent(house: House, organization_id: UUID) -> list[UUID]:
    """Some devices that seem silent; read without a lock."""
    database = house.database
    rows = await database.fetch(
        "SELECT id FROM device WHERE organization_id = $1 AND connection = 'ONLINE'"  # noqa: S608 - our own words
        f" AND {_AGO[database.dialect]} ORDER BY id LIMIT {BATCH}",
        [organization_id, MISSED, house.settings.limits.device_seen_seconds, house.clock.now()],
        organization_id,
    )
    return [database.value("UUIDField", row["id"]) for row in rows]


async def _mark(unit: Unit, ids: Sequence[UUID]) -> int:
    """Those that are still silent, now that they are locked, fall OFFLINE; how many."""
    mine = Device.filter(organization_id=unit.organization_id, id__in=ids, connection=DeviceConnectivity.ONLINE)
    slack, fallen = unit.house.settings.limits.device_seen_seconds, 0
    for device in await mine.order_by("id").select_for_update():
        if device.last_seen_at and silent_after(device.last_seen_at, device.heartbeat_seconds, slack) <= unit.now:
            await fall_silent(unit, device)
            fallen += 1
    return fallen
