"""Person (住户) and Occupancy (入住关系): who holds a Unit, from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.person import OccupancyKind

if TYPE_CHECKING:
    from uuid import UUID


ID_NUMBER = (
    "id_number_cipher",
    "id_number_hash",
    "id_number_purpose",
    "id_number_consent_on",
    "id_number_consent_version",
)
"""The columns of an ID number: set and emptied together."""


class Person(Versioned):
    """A natural person known to an Organization."""

    name = fields.CharField(max_length=80)
    phone = fields.CharField(max_length=20, null=True)
    email = fields.CharField(max_length=254, null=True)
    id_number_cipher = fields.CharField(max_length=200, null=True, description="sealed by adapters/vault.py")
    id_number_hash = fields.CharField(max_length=64, null=True, description="keyed, unique in the Organization")
    id_number_purpose = fields.CharField(max_length=120, null=True, description="what it is kept for (rules.md 25)")
    id_number_consent_on = fields.DateField(null=True)
    id_number_consent_version = fields.CharField(max_length=20, null=True)
    face_cipher = fields.CharField(max_length=1000, null=True, description="the gates' own reference, sealed")
    erased_at = fields.DatetimeField(null=True, description="since when nothing personal is left")

    class Meta:
        table = "person"


class Occupancy(Versioned):
    """A Person holds a Unit; it ends by `move_out_on`, it is never deleted. Share in 1/10,000 of the Unit."""

    property: Any = reference("Property")
    building: Any = reference("Building")
    unit: Any = reference("Unit")
    person: Any = reference("Person")
    kind = fields.CharEnumField(OccupancyKind, max_length=32)
    share = fields.IntField(null=True)
    move_in_on = fields.DateField()
    move_out_on = fields.DateField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID
        unit_id: UUID
        person_id: UUID

    class Meta:
        table = "occupancy"
