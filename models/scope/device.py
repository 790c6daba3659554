"""Who may see devices, cameras and alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.alarm import Alarm, AlarmEscalation
from models.camera import Camera
from models.device import Device, DeviceCredential
from models.predicate import NOTHING, Predicate, any_of, exists, is_null
from models.rules.permission import Permission
from models.scope.word import Scopes, assigned, where
from models.work_order import WorkOrder

if TYPE_CHECKING:
    from models.viewer import Viewer

_P = Permission


def _device(viewer: Viewer) -> Predicate:
    return where(viewer, _P.DEVICE_READ)


def _credential(viewer: Viewer) -> Predicate:
    return exists(Device, "id", where(viewer, _P.DEVICE_MANAGE), outer="device_id")


def _camera(viewer: Viewer) -> Predicate:
    return where(viewer, _P.CAMERA_READ)


def _alarm(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, _P.ALARM_READ), exists(WorkOrder, "alarm_id", assigned(viewer)))


def _alarm_live(viewer: Viewer) -> Predicate:
    return where(viewer, _P.ALARM_READ)


def _escalation(viewer: Viewer) -> Predicate:
    if not viewer.may(_P.ALARM_READ):
        return NOTHING
    return any_of(where(viewer, _P.ALARM_READ), is_null("property_id"))


SCOPES: Scopes = {
    Device: _device,
    DeviceCredential: _credential,
    Camera: _camera,
    Alarm: _alarm,
    AlarmEscalation: _escalation,
}
AUDIBLE: Scopes = {Alarm: _alarm_live}
