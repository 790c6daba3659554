"""Devices beside the gates' one, cameras and alarms."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import models
from models.rules.alarm import AlarmSeverity, AlarmType
from models.rules.camera import CameraKind
from models.rules.device import DeviceKind
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from uuid import UUID

    from tests.factories.world import Builder


def furnish(add: Builder) -> None:
    """A lift and a recorder with two cameras in `home`, a pump in `away`; three alarms of `home`, one of `away`."""
    keys, slug = add.tenant.keys, add.tenant.slug
    lift = add.add(
        "lift",
        models.Device,
        property_id=keys["home"],
        building_id=keys["building"],
        name=f"{slug} 1 号梯",
        kind=DeviceKind.LIFT,
        category="客梯",
        serial="SN-2020-A7",
        supplier=f"{slug} 供应商",
        cost=18_650_050,
    )
    recorder = add.add(
        "recorder", models.Device, property_id=keys["home"], name=f"{slug} 录像机", kind=DeviceKind.RECORDER
    )
    pump = add.add("away_pump", models.Device, property_id=keys["away"], name=f"{slug} 水泵", kind=DeviceKind.PUMP)
    for n, name in enumerate(("camera0", "camera1")):
        add.add(
            name,
            models.Camera,
            property_id=keys["home"],
            building_id=keys["building"] if n == 0 else None,
            device_id=recorder,
            name=f"{slug} 摄像头 {n}",
            kind=CameraKind.DOME,
            source_key=f"cam{n}",
        )
    _alarms(add, lift, pump)
    for name, place in (("wait", None), ("home_wait", "home"), ("away_wait", "away")):
        add.add(
            name,
            models.AlarmEscalation,
            property_id=keys[place] if place else None,
            severity=AlarmSeverity.INFO,
            minutes=[],
            effective_from=NOW,
        )


def _alarms(add: Builder, lift: UUID, pump: UUID) -> None:
    keys, slug = add.tenant.keys, add.tenant.slug
    alarms = (
        ("alarm0", "home", "device", lift, AlarmType.LIFT, AlarmSeverity.CRITICAL, 0, False),
        ("alarm1", "home", "camera", keys["camera0"], AlarmType.INTRUSION, AlarmSeverity.MAJOR, 3, False),
        ("alarm2", "home", "device", lift, AlarmType.LIFT, AlarmSeverity.WARNING, 2, True),
        ("away_alarm", "away", "device", pump, AlarmType.DEVICE_FAULT, AlarmSeverity.MINOR, 1, False),
    )
    for name, place, kind, source, type_, severity, minutes, cleared in alarms:
        add.add(
            name,
            models.Alarm,
            property_id=keys[place],
            building_id=keys["building"] if kind == "camera" else None,
            **{f"{kind}_id": source},
            source_key=f"{kind}:{source.hex}",
            type=type_,
            severity=severity,
            summary=f"{slug} {type_.value}",
            first_at=NOW - timedelta(hours=1),
            last_at=NOW + timedelta(minutes=minutes),
            announced_at=NOW,
            cleared_at=NOW if cleared else None,
            escalation_level=9,  # as far as it goes: no job changes the world when a test moves the clock
        )
