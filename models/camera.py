"""Camera (摄像头): what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.camera import CameraKind

if TYPE_CHECKING:
    from uuid import UUID


class Camera(Versioned):
    """A view of a Property; `device` is the recorder or analytics server it hangs on, or the camera itself."""

    property: Any = reference("Property")
    building: Any = reference("Building", null=True)
    device: Any = reference("Device")
    name = fields.CharField(max_length=80)
    kind = fields.CharEnumField(CameraKind, max_length=32)
    location = fields.CharField(max_length=80, null=True)
    source_key = fields.CharField(max_length=80, null=True, description="what its device calls it")
    archived_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID | None
        device_id: UUID

    class Meta:
        table = "camera"
