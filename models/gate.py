"""Gate (门禁) and AccessEvent (出入事件): who comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateKind, GateState

if TYPE_CHECKING:
    from uuid import UUID


class Gate(Versioned):
    """A door, turnstile or lift gate of a Property, driven by a Device."""

    property: Any = reference("Property")
    building: Any = reference("Building", null=True)
    device: Any = reference("Device", null=True)
    name = fields.CharField(max_length=80)
    kind = fields.CharEnumField(GateKind, max_length=32)
    state = fields.CharEnumField(GateState, max_length=32)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID | None
        device_id: UUID | None

    class Meta:
        table = "gate"


class AccessEvent(Record):
    """An attempt to pass a Gate, granted or denied. `occurred_at` is the device's time, `created_at` ours."""

    property: Any = reference("Property")
    gate: Any = reference("Gate")
    person: Any = reference("Person", null=True)
    direction = fields.CharEnumField(AccessDirection, max_length=32)
    method = fields.CharEnumField(AccessMethod, max_length=32)
    result = fields.CharEnumField(AccessResult, max_length=32)
    reason = fields.CharField(max_length=200, null=True)
    occurred_at = fields.DatetimeField()

    if TYPE_CHECKING:
        property_id: UUID
        gate_id: UUID
        person_id: UUID | None

    class Meta:
        table = "access_event"
