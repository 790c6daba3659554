"""Raising and clearing inside any transaction: one statement each, safe against any number of processes.

The database lets one alarm be active per (source, type); a repeat raises its count (rules.md 29). Whoever raises
several in one transaction does so in the order of (source id, type), so that two processes never wait in a ring.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import Alarm, Building, Camera, Device, Property
from models.rules.alarm import MAX_SUMMARY, AlarmChange
from subscriptions.alarm import changed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from models.base import Record
    from models.rules.alarm import AlarmSeverity, AlarmType
    from resolvers.unit import Unit

_DUE = "(excluded.severity > alarm.severity OR alarm.announced_at <= $18)"
_UPSERT = f"""
INSERT INTO alarm (id, organization_id, property_id, building_id, device_id, camera_id, source_key, type, severity,
    summary, count, announced_count, announced_at, first_at, last_at, created_at, updated_at, escalation_level, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 1)
ON CONFLICT (source_key, type) WHERE cleared_at IS NULL DO UPDATE SET
    count = alarm.count + excluded.count,
    first_at = CASE WHEN excluded.first_at < alarm.first_at THEN excluded.first_at ELSE alarm.first_at END,
    last_at = CASE WHEN excluded.last_at > alarm.last_at THEN excluded.last_at ELSE alarm.last_at END,
    summary = CASE WHEN excluded.severity > alarm.severity THEN excluded.summary ELSE alarm.summary END,
    severity = CASE WHEN excluded.severity > alarm.severity THEN excluded.severity ELSE alarm.severity END,
    announced_count = CASE WHEN {_DUE} THEN alarm.count + excluded.count ELSE alarm.announced_count END,
    announced_at = CASE WHEN {_DUE} THEN excluded.announced_at ELSE alarm.announced_at END,
    updated_at = CASE WHEN {_DUE} THEN excluded.updated_at ELSE alarm.updated_at END,
    version = CASE WHEN {_DUE} THEN alarm.version + 1 ELSE alarm.version END
RETURNING *"""  # noqa: S608 - our own words are spliced in


async def raise_alarm(  # noqa: PLR0913 - what, where, how bad, in which words, when, how often, by whom
    unit: Unit,
    source: Record,
    type_: AlarmType,
    severity: AlarmSeverity,
    summary: str,
    *,
    at: datetime | None = None,
    count: int = 1,
    actor: str = "device",
) -> Alarm:
    """Raise the alarm (source, type), or repeat the active one: its count grows by `count`, its severity never falls.

    `source` is a Device, a Camera, or any other row of a Property (a Building, the Property itself). `at` is the
    source's time, ours without it. `summary` is cut to 200 characters; that of the worst severity stays. A repeat is
    announced when the severity rises, and otherwise at most every Limits.alarm_repeat_seconds. One statement.
    """
    id_ = unit.house.identity.uuid()
    told = (type_.value, severity.value, summary.strip()[:MAX_SUMMARY], count)
    place = (*_place(source), source_key(source))
    rows = await unit.tx.fetch(_UPSERT, id_, unit.organization_id, *place, *told, *_times(unit, at or unit.now, count))
    alarm = Alarm._init_from_db(**dict(rows[0]))  # noqa: SLF001 - as Tortoise's own executor does
    new = alarm.id == id_
    if new or actor == "account":
        unit.audit("alarm.raise", None, alarm, actor=actor)
    if alarm.announced_count == alarm.count:
        unit.announce(changed(AlarmChange.RAISED if new else AlarmChange.REPEATED, alarm, unit.now))
    return alarm


async def clear_alarm(
    unit: Unit, source: Record, type_: AlarmType, reason: str, *, actor: str = "device"
) -> Alarm | None:
    """Clear the active alarm (source, type): its cause is gone. None when there is none. Acknowledging stays apart."""
    cleared = await clear_alarms(unit, [source], [type_], reason, actor=actor)
    return cleared[0] if cleared else None


async def clear_alarms(
    unit: Unit, sources: Iterable[Record], types: Iterable[AlarmType], reason: str, *, actor: str = "device"
) -> list[Alarm]:
    """Clear every active alarm of these sources and types. One statement, and one more for each that was active."""
    keys = [source_key(source) for source in sources]
    active = Alarm.filter(organization_id=unit.organization_id, cleared_at=None, source_key__in=keys)
    chosen = active.filter(type__in=list(types)).order_by("id").select_for_update()
    alarms = await chosen if keys else []
    for alarm in alarms:
        before = await unit.change(alarm, cleared_at=unit.now, clear_reason=reason)
        unit.audit("alarm.clear", before, alarm, actor=actor)
        unit.announce(changed(AlarmChange.CLEARED, alarm, unit.now))
    return alarms


def source_key(source: Record) -> str:
    """The name of a source, unique over all tables: `device:<hex>`."""
    return f"{type(source)._meta.db_table}:{source.id.hex}"


def _times(unit: Unit, when: datetime, count: int) -> tuple[Any, ...]:
    """The announced count and instants of a new alarm, and since when the last announcement is too old to wait on."""
    quiet_since = unit.now - timedelta(seconds=unit.house.settings.limits.alarm_repeat_seconds)
    return (count, unit.now, when, when, unit.now, unit.now, quiet_since)


def _place(source: Record) -> tuple[Any, ...]:
    """Property, building, device and camera of a source."""
    return (
        source.id if isinstance(source, Property) else getattr(source, "property_id", None),
        source.id if isinstance(source, Building) else getattr(source, "building_id", None),
        source.id if isinstance(source, Device) else None,
        source.id if isinstance(source, Camera) else None,
    )
