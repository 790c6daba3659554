"""Vehicle (车辆): a car that a Property knows by its plate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.vehicle import VehicleKind

if TYPE_CHECKING:
    from uuid import UUID


class Vehicle(Versioned):
    """One live row per plate and Property; it ends by `archived_at`, it is never deleted."""

    property: Any = reference("Property")
    unit: Any = reference("Unit", null=True)
    owner: Any = reference("Person", null=True)
    plate = fields.CharField(max_length=10, description="as models.rules.vehicle.normal_plate spells it")
    kind = fields.CharEnumField(VehicleKind, max_length=32)
    brand = fields.CharField(max_length=40, null=True)
    colour = fields.CharField(max_length=40, null=True)
    archived_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        unit_id: UUID | None
        owner_id: UUID | None

    class Meta:
        table = "vehicle"
