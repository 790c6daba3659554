"""Escalates alarms that nobody acknowledged in time (rules.md 29)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from models import Alarm
from models.rules.alarm import AlarmChange, AlarmSeverity, level_at
from resolvers.alarm import effective_waits, waits_of
from resolvers.unit import system_unit
from subscriptions.alarm import changed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resolvers.ports import House
    from resolvers.unit import Unit

BATCH = 200  # alarms a transaction


async def escalate_alarms(house: House) -> None:
    """Raise the level of every waiting alarm that is due. It follows from the clock, so again changes nothing."""
    for row in await house.database.call("organizations"):
        organization_id = UUID(str(row["id"]))
        after = UUID(int=0)
        while ids := await _waiting(house, organization_id, after):
            async with system_unit(house, organization_id) as unit:
                await _escalate(unit, ids)
            after = ids[-1]


async def _waiting(house: House, organization_id: UUID, after: UUID) -> list[UUID]:
    """The next active, unacknowledged alarms that can rise; read without a lock."""
    rows = await house.database.fetch(
        "SELECT id FROM alarm WHERE organization_id = $1 AND cleared_at IS NULL AND acknowledged_at IS NULL"
        " AND severity > $2 AND id > $3 ORDER BY id LIMIT $4",
        [organization_id, AlarmSeverity.INFO.value, after, BATCH],
        organization_id,
    )
    return [house.database.value("UUIDField", row["id"]) for row in rows]


async def _escalate(unit: Unit, ids: Sequence[UUID]) -> None:
    waits = await effective_waits(unit, unit.now)
    waiting = Alarm.filter(organization_id=unit.organization_id, id__in=ids, cleared_at=None, acknowledged_at=None)
    for alarm in await waiting.order_by("id").select_for_update():
        level = level_at(waits_of(waits, alarm.property_id, alarm.severity), alarm.created_at, unit.now)
        if level > alarm.escalation_level:
            before = await unit.change(alarm, escalation_level=level, escalated_at=unit.now)
            unit.audit("alarm.escalate", before, alarm, actor="job")
            unit.announce(changed(AlarmChange.ESCALATED, alarm, unit.now))
