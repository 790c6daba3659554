"""Telemetry (遥测): what devices measured, append-only, and the last value of each metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, reference

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class DeviceReading(Record):
    """One measured value. `occurred_at` is the device's time, `created_at` ours. Data, not an event."""

    property: Any = reference("Property")
    device: Any = reference("Device")
    metric = fields.CharField(max_length=64)
    value = fields.FloatField()
    unit = fields.CharField(max_length=16, null=True)
    occurred_at = fields.DatetimeField()

    if TYPE_CHECKING:
        property_id: UUID
        device_id: UUID

    class Meta:
        table = "telemetry"


class LatestReading(Record):
    """The newest value of one metric of a Device, by the device's time; one row per (device, metric)."""

    property: Any = reference("Property")
    device: Any = reference("Device")
    metric = fields.CharField(max_length=64)
    value = fields.FloatField()
    unit = fields.CharField(max_length=16, null=True)
    occurred_at: datetime = fields.DatetimeField()

    if TYPE_CHECKING:
        property_id: UUID
        device_id: UUID

    class Meta:
        table = "latest_reading"
