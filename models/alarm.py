"""Alarm (告警) = (active | cleared) × (unacknowledged | acknowledged), and how long one may wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.alarm import AlarmSeverity, AlarmType

if TYPE_CHECKING:
    from uuid import UUID


class Alarm(Versioned):
    """What a source tells of; the database lets one be active per (source, type).

    `source_key` names the source (`device:<hex>`, `camera:<hex>`, …): one unique key serves sources of any table.
    `version` grows with each change that is announced; a repeat that is not announced raises `count` alone.
    """

    property: Any = reference("Property")
    building: Any = reference("Building", null=True)
    device: Any = reference("Device", null=True)
    camera: Any = reference("Camera", null=True)
    work_order: Any = reference("WorkOrder", null=True)
    acknowledged_by: Any = reference("Staff", null=True)
    cleared_by: Any = reference("Staff", null=True)
    source_key = fields.CharField(max_length=60)
    type = fields.CharEnumField(AlarmType, max_length=32)
    severity = fields.IntEnumField(AlarmSeverity)
    summary = fields.CharField(max_length=200)
    count = fields.IntField(default=1)
    first_at = fields.DatetimeField(description="the source's time")
    last_at = fields.DatetimeField(description="the source's time")
    announced_at = fields.DatetimeField(description="when it was last announced that it was raised or repeated")
    announced_count = fields.IntField(default=1)
    escalation_level = fields.IntField(default=0)
    escalated_at = fields.DatetimeField(null=True)
    acknowledged_at = fields.DatetimeField(null=True)
    acknowledge_note = fields.CharField(max_length=2000, null=True)
    cleared_at = fields.DatetimeField(null=True)
    clear_reason = fields.CharField(max_length=200, null=True)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID | None
        device_id: UUID | None
        camera_id: UUID | None
        work_order_id: UUID | None
        acknowledged_by_id: UUID | None
        cleared_by_id: UUID | None

    class Meta:
        table = "alarm"


class AlarmEscalation(Record):
    """From `effective_from` on: the minutes an alarm of `severity` waits at each level, of a Property or of all."""

    property: Any = reference("Property", null=True)
    severity = fields.IntEnumField(AlarmSeverity)
    minutes: Any = fields.JSONField(description="whole minutes at level 0, 1, …; [] never escalates")
    effective_from = fields.DatetimeField()

    if TYPE_CHECKING:
        property_id: UUID | None

    class Meta:
        table = "alarm_escalation"
