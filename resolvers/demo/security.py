"""Alarms of a month, mostly cleared; what devices measured yesterday; a message that could not be taken."""

from __future__ import annotations

import hashlib
import math
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.demo.day import Pace, at, quiet
from adapters.demo.metric import METRICS
from adapters.demo.talk import CLEARED, INCIDENTS
from models import Alarm, Camera, Device, DeviceReading, LatestReading, RejectedMessage
from models.errors import ErrorCode
from models.rules.alarm import AlarmType
from models.rules.device import DeviceKind
from models.rules.ingest import Transport
from resolvers.alarm.raising import source_key
from resolvers.demo.still import write_stills

if TYPE_CHECKING:
    from datetime import datetime

    from models.rules.alarm import AlarmSeverity
    from resolvers.demo.equipment import Equipment
    from resolvers.demo.load import Load
    from resolvers.demo.people import Crew

ALARM_DAYS, ALARMS = 30, 200
# What is active when the demo begins: type, since how many minutes, whether somebody has taken note.
ACTIVE = ((AlarmType.VEHICLE, 12, False), (AlarmType.FALL, 35, True), (AlarmType.CROWD, 50, True))
READING_MINUTES = 15


async def write_alarms(load: Load, crew: Crew, equipment: Equipment) -> str:
    """Alarms of cameras and machines by the hours of the day, and three that are active."""
    history = _Alarms(load, crew, equipment)
    for _ in range(ALARMS):
        history.one(load.now - timedelta(days=history.chance.random() * ALARM_DAYS, hours=4))
    history.still_active()
    await load.save(history.rows)
    stills = await write_stills(load, crew, equipment, history.rows)
    return f"{len(history.rows)} alarms of a month, {len(ACTIVE)} of them active; {stills}"


class _Alarms:
    def __init__(self, load: Load, crew: Crew, equipment: Equipment) -> None:
        self.rows: list[Alarm] = []
        self.chance = load.chance("alarms")
        self._load = load
        self._guards = crew.of("", "中控")
        self._cameras = equipment.cameras
        self._machines = equipment.talking
        self._lifts = [device for device in equipment.talking if device.kind is DeviceKind.LIFT]

    def one(self, when: datetime) -> None:
        """An alarm of long ago: noted, handled, cleared. In quiet hours there are more."""
        hour = (when - self._load.at(self._load.today, 0)).total_seconds() / 3600 % 24
        if self.chance.random() > at(Pace.INCIDENT, hour) / 1.5:
            return
        kinds = [kind for kind in INCIDENTS if not kind[3] or quiet(hour)]
        type_, severity, words, _ = self.chance.choice(kinds)
        noted = when + timedelta(seconds=self.chance.randint(20, 400))
        cleared = noted + timedelta(minutes=self.chance.randint(3, 90))
        self._add(self._source(type_), (type_, severity, words), when, noted, cleared)

    def _source(self, type_: AlarmType) -> Camera | Device:
        if type_ is AlarmType.LIFT:
            return self.chance.choice(self._lifts)
        if type_ is AlarmType.DEVICE_FAULT:
            return self.chance.choice(self._machines)
        return self.chance.choice(self._cameras)

    def still_active(self) -> None:
        """What the control room has on its screen when the demo begins."""
        for n, (type_, minutes, noted) in enumerate(ACTIVE):
            _, severity, words, _ = next(kind for kind in INCIDENTS if kind[0] is type_)
            when = self._load.now - timedelta(minutes=minutes)
            seen = when + timedelta(minutes=1) if noted else None
            self._add(self._cameras[3 * n], (type_, severity, words), when, seen, None)

    def _add(
        self,
        source: Camera | Device,
        kind: tuple[AlarmType, AlarmSeverity, str],
        when: datetime,
        noted: datetime | None,
        cleared: datetime | None,
    ) -> None:
        guard, count = self.chance.choice(self._guards).id, self.chance.choice((1, 1, 1, 2, 3, 6))
        reason = self.chance.choice(CLEARED)
        type_, severity, words = kind
        self.rows.append(
            self._load.row(
                Alarm,
                when,
                property_id=source.property_id,
                building_id=source.building_id,
                device_id=source.id if isinstance(source, Device) else None,
                camera_id=source.id if isinstance(source, Camera) else None,
                source_key=source_key(source),
                type=type_,
                severity=severity,
                summary=words.format(place=source.name),
                count=count,
                announced_count=count,
                first_at=when,
                last_at=when + timedelta(seconds=5 * (count - 1)),
                announced_at=when,
                acknowledged_at=noted,
                acknowledged_by_id=guard if noted else None,
                cleared_at=cleared,
                cleared_by_id=guard if cleared else None,
                clear_reason=reason if cleared else None,
                version=1 + (noted is not None) + (cleared is not None),
                updated_at=cleared or noted or when,
            )
        )


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
