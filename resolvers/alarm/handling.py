"""What people do with alarms: acknowledge, clear, raise by hand, open a work order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import Alarm, Building, Camera, Device, Property
from models.errors import ErrorCode, Refusal
from models.rules.alarm import MAX_NOTE, MAX_REASON, MAX_SUMMARY, AlarmChange, AlarmSeverity, AlarmType, priority_of
from models.rules.permission import Permission
from resolvers.alarm.raising import raise_alarm
from resolvers.file import attach_photos
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require
from resolvers.work_order import open_for_alarm
from subscriptions.alarm import changed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models import WorkOrder
    from models.rules.ticket import Priority
    from models.viewer import Viewer
    from resolvers.ports import House


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An alarm as staff raise it: of a device, of a camera, or of a place."""

    property_id: UUID
    type: AlarmType
    severity: AlarmSeverity
    summary: str
    device_id: UUID | None = None
    camera_id: UUID | None = None
    building_id: UUID | None = None
    photo_ids: Sequence[UUID] = ()


async def acknowledge(
    viewer: Viewer | None, house: House, id_: UUID, note: str | None = None, expected_version: int | None = None
) -> Alarm:
    """Somebody has taken note: it escalates no further. A cleared alarm may still be acknowledged (rules.md 29)."""
    async with unit_of_work(house, viewer) as unit:
        alarm = await _found(unit, id_, expected_version)
        if alarm.acknowledged_at is not None:
            raise Refusal(ErrorCode.ALARM_ALREADY_ACKNOWLEDGED, field="id", current=alarm.id)
        said = _text("note", note or "", 0, MAX_NOTE) or None
        before = await unit.change(
            alarm, acknowledged_at=unit.now, acknowledged_by_id=_viewer(unit).staff_id, acknowledge_note=said
        )
        unit.audit("alarm.acknowledge", before, alarm)
        unit.announce(changed(AlarmChange.ACKNOWLEDGED, alarm, unit.now))
    return alarm


async def clear(
    viewer: Viewer | None, house: House, id_: UUID, reason: str, expected_version: int | None = None
) -> Alarm:
    """Its cause is gone. That is not to say that anybody acknowledged it."""
    async with unit_of_work(house, viewer) as unit:
        alarm = await _found(unit, id_, expected_version)
        if alarm.cleared_at is not None:
            raise Refusal(ErrorCode.ALARM_ALREADY_CLEARED, field="id", current=alarm.id)
        said = _text("reason", reason, 1, MAX_REASON)
        before = await unit.change(alarm, cleared_at=unit.now, cleared_by_id=_viewer(unit).staff_id, clear_reason=said)
        unit.audit("alarm.clear", before, alarm)
        unit.announce(changed(AlarmChange.CLEARED, alarm, unit.now))
    return alarm


async def raise_by_hand(viewer: Viewer | None, house: House, draft: Draft) -> Alarm:
    """Staff raise an alarm; when the same one is active already, it counts as a repeat of that."""
    async with unit_of_work(house, viewer) as unit:
        place = await unit.find(Property, draft.property_id, "property_id")
        require(_viewer(unit), Permission.ALARM_HANDLE, place.id)
        summary = _text("summary", draft.summary, 1, MAX_SUMMARY)
        source = await _source(unit, place, draft)
        alarm = await raise_alarm(unit, source, draft.type, draft.severity, summary, actor="account")
        await attach_photos(unit, draft.photo_ids, alarm_id=alarm.id, property_id=place.id)
    return alarm


async def open_work_order(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    *,
    summary: str | None = None,
    priority: Priority | None = None,
    expected_version: int | None = None,
) -> tuple[Alarm, WorkOrder]:
    """One click: the order of an alarm, linked both ways. An alarm has one at most."""
    async with unit_of_work(house, viewer) as unit:
        alarm = await _found(unit, id_, expected_version)
        require(_viewer(unit), Permission.WORK_ORDER_CREATE, alarm.property_id)
        if alarm.work_order_id is not None:
            raise Refusal(ErrorCode.ALARM_HAS_WORK_ORDER, field="id", current=alarm.id)
        said = alarm.summary if summary is None else _text("summary", summary, 1, MAX_SUMMARY)
        device = await Device.get(id=alarm.device_id) if alarm.device_id else None
        order = await open_for_alarm(
            unit, alarm, device.unit_id if device else None, said, priority or priority_of(alarm.severity)
        )
        before = await unit.change(alarm, work_order_id=order.id)
        unit.audit("alarm.openWorkOrder", before, alarm)
        unit.announce(changed(AlarmChange.ORDER_OPENED, alarm, unit.now))
    return alarm, order


async def _found(unit: Unit, id_: UUID, expected_version: int | None) -> Alarm:
    """The alarm, locked, for whoever handles alarms there."""
    alarm = await unit.find(Alarm, id_, "id")
    require(_viewer(unit), Permission.ALARM_HANDLE, alarm.property_id)
    check_version(alarm, expected_version)
    return alarm


async def _source(unit: Unit, place: Property, draft: Draft) -> Device | Camera | Building | Property:
    """What the alarm is about, in the same Property."""
    if draft.device_id is not None and draft.camera_id is not None:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="camera_id", message="ONE_SOURCE")
    models: dict[str, Any] = {"device_id": Device, "camera_id": Camera, "building_id": Building}
    for name, model in models.items():
        if getattr(draft, name) is not None:
            source: Device | Camera | Building = await unit.find(model, getattr(draft, name), name)
            if source.property_id != place.id:
                raise Refusal(ErrorCode.NOT_FOUND, field=name)
            return source
    return place


def _text(field: str, text: str, low: int, high: int) -> str:
    kept = text.strip()
    if not low <= len(kept) <= high:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=low, high=high)
    return kept


def _viewer(unit: Unit) -> Viewer:
    assert unit.viewer is not None  # noqa: S101 - unit_of_work gave it
    return unit.viewer
