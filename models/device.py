"""Device (设备): its file, what it reports, the credential it signs in with and the sequences it has sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import Model, fields

from models.base import Record, Versioned, reference
from models.rules.device import DeviceConnectivity, DeviceKind, DeviceState, DeviceStatus

if TYPE_CHECKING:
    from uuid import UUID


class Device(Versioned):
    """A machine of a Property.

    `version` grows with its file, which people change; `state_version` with what the machine reports. So nobody who
    edits the file is told CONFLICT because the machine went offline meanwhile.
    """

    property: Any = reference("Property")
    building: Any = reference("Building", null=True)
    unit: Any = reference("Unit", null=True)
    name = fields.CharField(max_length=80)
    kind = fields.CharEnumField(DeviceKind, max_length=32)
    category = fields.CharField(max_length=80, null=True)
    brand = fields.CharField(max_length=80, null=True)
    model = fields.CharField(max_length=80, null=True)
    serial = fields.CharField(max_length=80, null=True)
    location = fields.CharField(max_length=80, null=True)
    supplier = fields.CharField(max_length=80, null=True)
    purchased_on = fields.DateField(null=True)
    installed_on = fields.DateField(null=True)
    warranty_until = fields.DateField(null=True)
    expected_life_months = fields.IntField(null=True)
    cost = fields.BigIntField(null=True, description="fen")
    notes = fields.CharField(max_length=2000, null=True)
    heartbeat_seconds = fields.IntField(default=60)
    status = fields.CharEnumField(DeviceStatus, max_length=32, default=DeviceStatus.IN_SERVICE)
    retired_at = fields.DatetimeField(null=True)
    state = fields.CharEnumField(DeviceState, max_length=32, default=DeviceState.UNKNOWN)
    state_at = fields.DatetimeField(null=True, description="the device's time of its last report")
    connection = fields.CharEnumField(DeviceConnectivity, max_length=32, default=DeviceConnectivity.NEVER_SEEN)
    last_seen_at = fields.DatetimeField(null=True)
    state_version = fields.IntField(default=1)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID | None
        unit_id: UUID | None

    class Meta:
        table = "device"


class DeviceCredential(Record):
    """A secret of a Device; only its SHA-256 is kept (the secret is 256 random bits).

    It holds in the Property for which it was issued: a device that is moved to another one needs a new credential.
    """

    device: Any = reference("Device")
    property: Any = reference("Property")
    secret_hash = fields.CharField(max_length=64)
    expires_at = fields.DatetimeField(null=True, description="the end of the overlap with the next one")
    revoked_at = fields.DatetimeField(null=True)
    last_used_on = fields.DateField(null=True, description="the last day (UTC) on which the device signed in with it")

    if TYPE_CHECKING:
        device_id: UUID
        property_id: UUID

    class Meta:
        table = "device_credential"


class DeviceSequence(Model):
    """A message number that a Device has sent: ingestion is idempotent by (device, sequence)."""

    organization: Any = reference("Organization")
    device: Any = reference("Device")
    sequence = fields.BigIntField(primary_key=True, generated=False)
    recorded_at = fields.DatetimeField()

    class Meta:
        table = "device_sequence"
