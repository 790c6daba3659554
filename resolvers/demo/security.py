"""Alarms of a month, mostly cleared; what devices measured yesterday; a message that could not be taken."""

from __future__ import annotations

import hashlib
import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.demo.day import Pace, at
from adapters.demo.talk import CLEARED, INCIDENTS
from models import Alarm, DeviceReading, LatestReading, RejectedMessage
from models.errors import ErrorCode
from models.rules.alarm import AlarmType
from models.rules.device import DeviceKind
from models.rules.ingest import Transport
from resolvers.alarm.raising import source_key

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from models import Device
    from resolvers.demo.equipment import Equipment
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew

ALARM_DAYS, ALARMS = 30, 160
READING_MINUTES = 15


async def write_alarms(load: Load, crew: Crew, equipment: Equipment) -> str:
    """Alarms of cameras and devices by the hours of the day; those of the last two hours may still be open."""
    chance = load.chance("alarms")
    guards = crew.of("", "中控")
    rows: list[Alarm] = []
    for _ in range(ALARMS):
        type_, severity, words, quiet_only = chance.choice(INCIDENTS)
        back = timedelta(days=chance.random() * ALARM_DAYS)
        when = load.now - back - timedelta(minutes=5)
        hour = (when - load.at(load.today, 0)).total_seconds() / 3600 % 24
        if chance.random() > at(Pace.INCIDENT, hour) / 1.5 or (quiet_only and 6 <= hour < 22):
            continue
        sources = equipment.cameras if type_ not in (AlarmType.LIFT, AlarmType.DEVICE_FAULT) else equipment.talking
        source = chance.choice(sources)
        if type_ is AlarmType.LIFT and getattr(source, "kind", None) is not DeviceKind.LIFT:
            continue
        acknowledged = when + timedelta(seconds=chance.randint(20, 400))
        cleared = acknowledged + timedelta(minutes=chance.randint(3, 90))
        rows.append(
            load.row(
                Alarm,
                when,
                property_id=source.property_id,
                building_id=source.building_id,
                device_id=source.id if source in equipment.talking else None,
                camera_id=None if source in equipment.talking else source.id,
                source_key=source_key(source),
                type=type_,
                severity=severity,
                summary=words.format(place=source.name),
                count=(count := chance.choice((1, 1, 1, 2, 3, 6))),
                announced_count=count,
                first_at=when,
                last_at=when + timedelta(seconds=5 * (count - 1)),
                announced_at=when,
                work_order_id=None,
                **_handled(load, guards[chance.randrange(len(guards))].id, acknowledged, cleared),
            )
        )
    kept = _one_active(rows)
    await load.save(kept)
    return f"{len(kept)} alarms of a month, {sum(row.cleared_at is None for row in kept)} of them active"


def _handled(load: Load, guard: UUID, acknowledged: datetime, cleared: datetime) -> dict[str, Any]:
    """What people did by now; an alarm that is older than a day was cleared."""
    done, seen = cleared < load.now, acknowledged < load.now
    return {
        "acknowledged_at": acknowledged if seen else None,
        "acknowledged_by_id": guard if seen else None,
        "acknowledge_note": None,
        "cleared_at": cleared if done else None,
        "cleared_by_id": guard if done else None,
        "clear_reason": CLEARED[cleared.minute % len(CLEARED)] if done else None,
        "escalation_level": 0,
        "escalated_at": None,
        "version": 1 + seen + done,
        "updated_at": cleared if done else acknowledged if seen else acknowledged - timedelta(seconds=1),
    }


def _one_active(rows: list[Alarm]) -> list[Alarm]:
    """One active alarm per (source, type), as the database holds it."""
    active: set[tuple[str, AlarmType]] = set()
    kept = []
    for row in rows:
        key = (row.source_key, row.type)
        if row.cleared_at is None and key in active:
            continue
        if row.cleared_at is None:
            active.add(key)
        kept.append(row)
    return kept


async def write_readings(load: Load, equipment: Equipment) -> str:
    """A day of what machines measure, and the newest value of each metric."""
    chance = load.chance("readings")
    rows: list[DeviceReading] = []
    latest: list[LatestReading] = []
    for device in equipment.talking:
        for metric, unit, level, swing in METRICS.get(device.kind, ()):
            base = level * chance.uniform(0.8, 1.2)
            for step in range(24 * 60 // READING_MINUTES, 0, -1):
                when = load.now - timedelta(minutes=step * READING_MINUTES - chance.random())
                hour = (when - load.at(load.today, 0)).total_seconds() / 3600 % 24
                value = base + swing * (at(Pace.PASSAGE, hour) - 0.8) + swing * 0.1 * math.sin(step)
                rows.append(_reading(load, device, metric, unit, round(value, 2), when))
            last = rows[-1]
            latest.append(_latest(load, last))
    await load.save(rows, latest)
    return f"{len(rows)} readings of a day"


# Metric, unit, level, and how far it swings with the day.
METRICS: dict[DeviceKind, tuple[tuple[str, str, float, float], ...]] = {
    DeviceKind.LIFT: (("motor_temperature", "°C", 38, 6), ("trips_per_hour", "", 22, 18)),
    DeviceKind.PUMP: (("pressure", "MPa", 0.42, 0.03), ("current", "A", 11.5, 2.5)),
    DeviceKind.METER: (("power", "kW", 46, 22),),
    DeviceKind.HVAC: (("supply_temperature", "°C", 9, 1.5),),
}


def _reading(load: Load, device: Device, metric: str, unit: str, value: float, when: datetime) -> DeviceReading:
    return load.row(
        DeviceReading,
        when,
        property_id=device.property_id,
        device_id=device.id,
        metric=metric,
        value=value,
        unit=unit or None,
        occurred_at=when,
    )


def _latest(load: Load, last: DeviceReading) -> LatestReading:
    return load.row(
        LatestReading,
        last.occurred_at,
        property_id=last.property_id,
        device_id=last.device_id,
        metric=last.metric,
        value=last.value,
        unit=last.unit,
        occurred_at=last.occurred_at,
    )


async def write_rejected(load: Load, equipment: Equipment) -> None:
    """Two messages of a controller whose clock had stopped."""
    device = equipment.talking[0]
    rows = []
    for sequence in (17, 18):
        payload = f'{{"sequence": {sequence}, "type": "access", "occurredAt": "1970-01-01"}}'
        when = load.now - timedelta(days=2, minutes=sequence)
        rows.append(
            load.row(
                RejectedMessage,
                when,
                property_id=device.property_id,
                device_id=device.id,
                transport=Transport.HTTP,
                digest=hashlib.sha256(payload.encode()).hexdigest(),
                sequence=sequence,
                payload=payload,
                code=ErrorCode.BAD_USER_INPUT.value,
                reason="occurred_at: an instant with an offset, such as 2026-11-22T10:00:00+08:00",
                count=1,
                last_at=when,
                dismissed_at=None,
                dismissed_by_id=None,
            )
        )
    await load.save(rows)
