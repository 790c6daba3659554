"""What devices report, inside any transaction: that they live, and how they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import Device
from models.predicate import any_of, eq, is_null, less, negate, to_q
from models.rules.alarm import AlarmType, trouble_severity
from models.rules.device import DeviceConnectivity, DeviceState, silence_alarms
from resolvers.alarm import clear_alarms, raise_alarm
from subscriptions.device import state_changed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from resolvers.unit import Unit


_TROUBLE = {AlarmType.DEVICE_OFFLINE: "离线", AlarmType.DEVICE_FAULT: "故障"}


async def seen(unit: Unit, device_ids: Iterable[UUID]) -> None:
    """Note that we hear from these devices now. Whatever a device sends is a heartbeat.

    One statement when all were noted within Limits.device_seen_seconds, two otherwise; a device that comes back
    costs a few more: it is ONLINE again, which is announced, and its DEVICE_OFFLINE alarm is cleared.
    """
    ids = list(set(device_ids))
    stale = unit.now - timedelta(seconds=unit.house.settings.limits.device_seen_seconds)
    mine = Device.filter(organization_id=unit.organization_id, id__in=ids)
    away = negate(eq("connection", DeviceConnectivity.ONLINE.value))
    due = any_of(is_null("last_seen_at"), less("last_seen_at", stale), away)
    devices = await mine.filter(to_q(due)).order_by("id").select_for_update() if ids else []
    if not devices:
        return
    await Device.filter(id__in=[device.id for device in devices]).update(last_seen_at=unit.now)
    back = [device for device in devices if device.connection is not DeviceConnectivity.ONLINE]
    for device in back:
        await _restate(unit, device, connection=DeviceConnectivity.ONLINE)
    if back:
        await clear_alarms(unit, back, [AlarmType.DEVICE_OFFLINE], "设备恢复在线")


async def report_state(unit: Unit, device: Device, state: DeviceState, *, at: datetime | None = None) -> bool:
    """A device says how it is, at its own time `at`; whether that was news. The row must be locked by the caller.

    A report older than the last one changes nothing. FAULT raises DEVICE_FAULT while the device is in service;
    any other state clears it. No statement when nothing changed; three or so otherwise.
    """
    when = at or unit.now
    if device.state is state or (device.state_at is not None and when < device.state_at):
        return False
    was = device.state
    await _restate(unit, device, state=state, state_at=when)
    if state is DeviceState.FAULT and silence_alarms(device.status):
        await _trouble(unit, device, AlarmType.DEVICE_FAULT, at=when)
    elif was is DeviceState.FAULT:
        await clear_alarms(unit, [device], [AlarmType.DEVICE_FAULT], "设备恢复正常")
    return True


async def fall_silent(unit: Unit, device: Device) -> None:
    """Nothing was heard of a locked device for too long: OFFLINE, and an alarm while it is in service."""
    await _restate(unit, device, connection=DeviceConnectivity.OFFLINE)
    if silence_alarms(device.status):
        await _trouble(unit, device, AlarmType.DEVICE_OFFLINE, actor="job")


async def follow_status(unit: Unit, device: Device) -> None:
    """People changed the status of a locked device: out of service its own alarms end, back in service they return."""
    if not silence_alarms(device.status):
        await clear_alarms(unit, [device], list(_TROUBLE), "设备已停用、维修或报废", actor="account")
        return
    if device.connection is DeviceConnectivity.OFFLINE:
        await _trouble(unit, device, AlarmType.DEVICE_OFFLINE, actor="account")
    if device.state is DeviceState.FAULT:
        await _trouble(unit, device, AlarmType.DEVICE_FAULT, actor="account")


async def _trouble(unit: Unit, device: Device, type_: AlarmType, **details: Any) -> None:
    summary = f"{device.name} {_TROUBLE[type_]}"
    await raise_alarm(unit, device, type_, trouble_severity(device.kind), summary, **details)


async def locked(unit: Unit, device_ids: Iterable[UUID]) -> dict[UUID, Device]:
    """Devices that are not retired, locked in the order of their ids: for `report_state`."""
    mine = Device.filter(organization_id=unit.organization_id, id__in=list(set(device_ids)))
    live = mine.filter(retired_at=None).order_by("id").select_for_update()
    return {device.id: device for device in await live}


async def _restate(unit: Unit, device: Device, **values: object) -> None:
    """What the machine tells moves `state_version`, never the file's `version`."""
    before = device.clone(pk=device.id)
    device.update_from_dict({**values, "state_version": device.state_version + 1})
    await device.save(update_fields=[*values, "state_version"])
    unit.announce(state_changed(before, device, unit.now))
