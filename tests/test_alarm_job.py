"""Alarms that wait and devices that fall silent: idempotent jobs, any number of workers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from models import Alarm, AlarmEscalation, Device
from models.rules.alarm import AlarmSeverity, AlarmType
from models.rules.device import DeviceConnectivity, DeviceStatus
from resolvers.alarm import raise_alarm
from resolvers.device import seen
from resolvers.jobs.alarm import escalate_alarms
from resolvers.jobs.device import watch_devices
from resolvers.unit import system_unit
from tests.dump import audits, dump, owner
from tests.factories.world import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from resolvers.ports import House
    from tests.factories.world import Tenant, World


@pytest.fixture
async def connected(house: House) -> AsyncIterator[House]:
    await house.database.connect()
    await owner(house, "DELETE FROM alarm")  # the world's own would be counted
    try:
        yield house
    finally:
        await house.database.close()


def later(house: House, **time: float) -> None:
    house.clock.move(timedelta(**time))  # type: ignore[attr-defined]


async def smoke(house: House, tenant: Tenant, severity: AlarmSeverity, **changes: Any) -> Alarm:
    """The device of a tenant tells of smoke."""
    async with system_unit(house, tenant.keys["organization"]) as unit:
        device = await Device.get(id=tenant.keys["recorder"])
        alarm = await raise_alarm(unit, device, AlarmType.SMOKE, severity, "烟")
        if changes:
            await unit.change(alarm, **changes)
    return alarm


async def levels(house: House) -> list[int]:
    rows = await owner(house, "SELECT escalation_level FROM alarm WHERE type = 'SMOKE' ORDER BY id")
    return [row["escalation_level"] for row in rows]


async def rule(house: House, tenant: Tenant, minutes: list[int], place: str | None = None, after: int = 0) -> None:
    """The tenant's own waits of a MAJOR alarm, from `after` minutes on."""
    async with system_unit(house, tenant.keys["organization"]) as unit:
        await unit.add(
            AlarmEscalation,
            property_id=tenant.keys[place] if place else None,
            severity=AlarmSeverity.MAJOR,
            minutes=minutes,
            effective_from=NOW + timedelta(minutes=after),
        )


async def told(house: House, type_: str) -> list[dict[str, Any]]:
    rows = await owner(house, "SELECT data FROM event WHERE type = $1 ORDER BY stream_id, position", type_)
    return [orjson.loads(row["data"]) for row in rows]


async def test_levels_follow_the_clock(connected: House, world: World) -> None:
    await smoke(connected, world.acme, AlarmSeverity.MAJOR)
    seen_levels = []
    for minutes in (9, 1, 19, 1, 600):
        later(connected, minutes=minutes)
        await escalate_alarms(connected)
        seen_levels += await levels(connected)
    assert seen_levels == [0, 1, 1, 2, 3], "10, 20 and 30 minutes, then no further"
    before = await dump(connected)
    await escalate_alarms(connected)
    assert await dump(connected) == before, "again changes nothing"
    changes = [(event["change"], event["escalation_level"]) for event in await told(connected, "alarm.changed")]
    assert changes == [("RAISED", 0), ("ESCALATED", 1), ("ESCALATED", 2), ("ESCALATED", 3)]
    assert [entry["actor"] for entry in await audits(connected, "alarm.escalate")] == ["job"] * 3


async def test_one_effect_with_many_workers(connected: House, world: World) -> None:
    for tenant in (world.acme, world.rival):
        await smoke(connected, tenant, AlarmSeverity.CRITICAL)
    later(connected, minutes=3)
    await asyncio.gather(*(escalate_alarms(connected) for _ in range(8)))
    assert await levels(connected) == [1, 1]
    assert len(await audits(connected, "alarm.escalate")) == 2


async def test_who_is_acknowledged_or_cleared_waits_no_more(connected: House, world: World) -> None:
    await smoke(connected, world.acme, AlarmSeverity.CRITICAL, acknowledged_at=NOW)
    await smoke(connected, world.rival, AlarmSeverity.CRITICAL, cleared_at=NOW)
    later(connected, hours=5)
    await escalate_alarms(connected)
    assert await levels(connected) == [0, 0]


async def test_information_never_escalates(connected: House, world: World) -> None:
    await smoke(connected, world.acme, AlarmSeverity.INFO)
    later(connected, days=30)
    await escalate_alarms(connected)
    assert await levels(connected) == [0]


async def test_the_companys_own_waits_and_the_propertys_before_them(connected: House, world: World) -> None:
    await smoke(connected, world.acme, AlarmSeverity.MAJOR)
    await smoke(connected, world.rival, AlarmSeverity.MAJOR)
    await rule(connected, world.acme, [100])
    await rule(connected, world.acme, [1], "away")
    later(connected, minutes=15)
    await escalate_alarms(connected)
    assert await levels(connected) == [0, 1], "another company's waits, and another Property's, are not ours"
    await rule(connected, world.acme, [5], "home", after=16)
    await escalate_alarms(connected)
    assert await levels(connected) == [0, 1], "not effective yet"
    later(connected, minutes=1)
    await escalate_alarms(connected)
    assert await levels(connected) == [1, 1]
    await rule(connected, world.rival, [])
    await escalate_alarms(connected)
    assert await levels(connected) == [1, 1], "a level never falls"


async def connection(house: House, tenant: Tenant) -> tuple[str, int]:
    (found,) = await owner(house, "SELECT connection, state_version FROM device WHERE id = $1", tenant.keys["recorder"])
    return found["connection"], found["state_version"]


async def heartbeat(house: House, tenant: Tenant) -> None:
    async with system_unit(house, tenant.keys["organization"]) as unit:
        await seen(unit, [tenant.keys["recorder"]])


async def test_two_missed_heartbeats_are_offline_until_it_is_heard_again(connected: House, world: World) -> None:
    await watch_devices(connected)
    assert await connection(connected, world.acme) == ("NEVER_SEEN", 1)
    await heartbeat(connected, world.acme)
    later(connected, seconds=124)
    await watch_devices(connected)
    assert await connection(connected, world.acme) == ("ONLINE", 2)
    later(connected, seconds=1)
    await asyncio.gather(*(watch_devices(connected) for _ in range(6)))
    assert await connection(connected, world.acme) == ("OFFLINE", 3)
    (alarm,) = await owner(connected, "SELECT * FROM alarm")
    assert (alarm["type"], alarm["severity"], alarm["count"], alarm["cleared_at"]) == ("DEVICE_OFFLINE", 4, 1, None)
    assert [entry["actor"] for entry in await audits(connected, "alarm.raise")] == ["job"]
    await heartbeat(connected, world.acme)
    assert await connection(connected, world.acme) == ("ONLINE", 4)
    (alarm,) = await owner(connected, "SELECT * FROM alarm")
    assert alarm["cleared_at"] is not None
    events = await told(connected, "device.state_changed")
    ways = [(event["from_connection"], event["to_connection"]) for event in events]
    assert ways == [("NEVER_SEEN", "ONLINE"), ("ONLINE", "OFFLINE"), ("OFFLINE", "ONLINE")]


async def test_each_device_has_its_own_interval(connected: House, world: World) -> None:
    for tenant, seconds in ((world.acme, 10), (world.rival, 3_600)):
        await owner(
            connected, "UPDATE device SET heartbeat_seconds = $1 WHERE id = $2", seconds, tenant.keys["recorder"]
        )
        await heartbeat(connected, tenant)
    later(connected, seconds=60)
    await watch_devices(connected)
    assert (await connection(connected, world.acme))[0] == "OFFLINE"
    assert (await connection(connected, world.rival))[0] == "ONLINE"


async def test_what_is_out_of_service_falls_silent_without_an_alarm(connected: House, world: World) -> None:
    await heartbeat(connected, world.acme)
    await owner(
        connected,
        "UPDATE device SET status = $1 WHERE id = $2",
        DeviceStatus.UNDER_REPAIR.value,
        world.acme.keys["recorder"],
    )
    later(connected, minutes=5)
    await watch_devices(connected)
    assert (await connection(connected, world.acme))[0] == DeviceConnectivity.OFFLINE.value
    assert await owner(connected, "SELECT 1 FROM alarm") == []
