"""Alarms as sources raise and clear them, inside any transaction: one active per (source, type), nothing lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from models import Alarm, Camera, Device
from models.rules.alarm import AlarmSeverity, AlarmType
from models.rules.camera import CameraKind
from models.rules.device import DeviceState
from resolvers.alarm import clear_alarm, raise_alarm
from resolvers.device import locked, report_state, seen
from resolvers.unit import system_unit
from tests.dump import audits, owner
from tests.factories.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from resolvers.ports import House
    from tests.factories.world import World


@pytest.fixture
async def connected(house: House) -> AsyncIterator[House]:
    await house.database.connect()
    await owner(house, "DELETE FROM alarm")  # the world's own would be counted
    try:
        yield house
    finally:
        await house.database.close()


async def intrude(house: House, world: World, severity: AlarmSeverity = AlarmSeverity.MINOR, **changes: Any) -> Alarm:
    """The device of acme tells of an intrusion."""
    async with system_unit(house, world.acme.keys["organization"]) as unit:
        device = await Device.get(id=world.acme.keys["device"])
        return await raise_alarm(unit, device, AlarmType.INTRUSION, severity, f"有人 {severity.name}", **changes)


async def read(house: House, world: World, model: Any, **where: Any) -> Any:
    """One row, as acme's."""
    async with system_unit(house, world.acme.keys["organization"]):
        return await model.get(**where)


async def heard(house: House) -> list[str]:
    """What was announced of alarms, in order."""
    rows = await owner(house, "SELECT data FROM event WHERE type = 'alarm.changed' ORDER BY position")
    return [orjson.loads(row["data"])["change"] for row in rows]


async def test_fifty_at_once_are_one_alarm(connected: House, world: World) -> None:
    await asyncio.gather(*(intrude(connected, world) for _ in range(50)))
    (alarm,) = await owner(connected, "SELECT * FROM alarm")
    assert (alarm["count"], alarm["version"]) == (50, 1)
    assert await heard(connected) == ["RAISED"], "a storm does not flood the log"
    assert len(await audits(connected, "alarm.raise")) == 1
    assert alarm["source_key"] == f"device:{world.acme.keys['device'].hex}"


async def test_a_repeat_is_announced_when_it_is_worse_or_late_enough(connected: House, world: World) -> None:
    first = await intrude(connected, world)
    await intrude(connected, world, AlarmSeverity.WARNING)
    assert await heard(connected) == ["RAISED"]
    worse = await intrude(connected, world, AlarmSeverity.CRITICAL)
    assert (worse.id, worse.severity, worse.version) == (first.id, AlarmSeverity.CRITICAL, 2)
    milder = await intrude(connected, world, AlarmSeverity.INFO)
    assert (milder.severity, milder.summary) == (AlarmSeverity.CRITICAL, "有人 CRITICAL"), "it never falls"
    assert await heard(connected) == ["RAISED", "REPEATED"]
    connected.clock.move(timedelta(seconds=10))  # type: ignore[attr-defined]
    late = await intrude(connected, world)
    assert (late.count, late.version) == (5, 3)
    assert await heard(connected) == ["RAISED", "REPEATED", "REPEATED"]


async def test_times_are_the_sources_and_may_come_in_any_order(connected: House, world: World) -> None:
    for minutes in (0, -5, 3):
        await intrude(connected, world, at=NOW + timedelta(minutes=minutes))
    alarm = await read(connected, world, Alarm, type=AlarmType.INTRUSION)
    assert (alarm.first_at, alarm.last_at) == (NOW - timedelta(minutes=5), NOW + timedelta(minutes=3))
    assert alarm.created_at == NOW


async def test_a_cleared_alarm_is_over_and_the_next_is_new(connected: House, world: World) -> None:
    first = await intrude(connected, world)
    async with system_unit(connected, world.acme.keys["organization"]) as unit:
        device = await Device.get(id=world.acme.keys["device"])
        assert await clear_alarm(unit, device, AlarmType.FIRE, "没有") is None
        cleared = await clear_alarm(unit, device, AlarmType.INTRUSION, "已离开")
    assert cleared is not None
    assert (cleared.cleared_at, cleared.clear_reason, cleared.version) == (NOW, "已离开", 2)
    assert cleared.acknowledged_at is None, "clearing is not acknowledging"
    assert (await intrude(connected, world)).id != first.id
    assert await heard(connected) == ["RAISED", "CLEARED", "RAISED"]


async def test_sources_and_types_are_apart(connected: House, world: World) -> None:
    keys = world.acme.keys
    async with system_unit(connected, keys["organization"]) as unit:
        device = await Device.get(id=keys["device"])
        camera = await unit.add(
            Camera,
            property_id=keys["home"],
            building_id=keys["building"],
            device_id=device.id,
            name="东门",
            kind=CameraKind.DOME,
        )
        one = await raise_alarm(unit, device, AlarmType.FIRE, AlarmSeverity.MAJOR, "火")
        two = await raise_alarm(unit, camera, AlarmType.FIRE, AlarmSeverity.MAJOR, "火")
        three = await raise_alarm(unit, camera, AlarmType.SMOKE, AlarmSeverity.MAJOR, "烟")
    assert len({one.id, two.id, three.id}) == 3
    assert (one.device_id, one.camera_id, one.building_id) == (device.id, None, None)
    assert (two.device_id, two.camera_id, two.building_id) == (None, camera.id, keys["building"])


async def test_a_fault_is_an_alarm_until_it_is_mended(connected: House, world: World) -> None:
    keys = world.acme.keys
    for state, at, news in (
        (DeviceState.FAULT, NOW, True),
        (DeviceState.FAULT, NOW, False),
        (DeviceState.RUNNING, NOW - timedelta(seconds=1), False),
        (DeviceState.RUNNING, NOW + timedelta(seconds=1), True),
    ):
        async with system_unit(connected, keys["organization"]) as unit:
            device = (await locked(unit, [keys["device"]]))[keys["device"]]
            assert await report_state(unit, device, state, at=at) is news, (state, at)
    alarm = await read(connected, world, Alarm, type=AlarmType.DEVICE_FAULT)
    assert (alarm.severity, alarm.count, alarm.cleared_at) == (AlarmSeverity.MAJOR, 1, NOW)
    device = await read(connected, world, Device, id=keys["device"])
    assert (device.state, device.state_version, device.version) == (DeviceState.RUNNING, 3, 1)


async def test_whoever_sends_is_online(connected: House, world: World) -> None:
    keys = world.acme.keys
    for seconds, noted in ((0, 0), (4, 0), (2, 6)):
        connected.clock.move(timedelta(seconds=seconds))  # type: ignore[attr-defined]
        async with system_unit(connected, keys["organization"]) as unit:
            await seen(unit, [keys["recorder"], keys["recorder"]])
        device = await read(connected, world, Device, id=keys["recorder"])
        assert device.last_seen_at == NOW + timedelta(seconds=noted)
    assert (device.connection.value, device.state_version, device.version) == ("ONLINE", 2, 1)
    events = await owner(connected, "SELECT * FROM event WHERE type = 'device.state_changed'")
    assert len(events) == 1
