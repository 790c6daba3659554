"""Device (设备), the credential it signs in with and the sequences it has sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import Model, fields

from models.base import Record, Versioned, reference
from models.rules.device import DeviceKind

if TYPE_CHECKING:
    from uuid import UUID


class Device(Versioned):
    """A machine of a Property that reports to us."""

    property: Any = reference("Property")
    name = fields.CharField(max_length=80)
    kind = fields.CharEnumField(DeviceKind, max_length=32)

    if TYPE_CHECKING:
        property_id: UUID

    class Meta:
        table = "device"


class DeviceCredential(Record):
    """A secret of a Device; only its SHA-256 is kept (the secret is 256 random bits)."""

    device: Any = reference("Device")
    secret_hash = fields.CharField(max_length=64)
    revoked_at = fields.DatetimeField(null=True)

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
