"""Shift (班次) and ShiftAssignment (排班): who works when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference

if TYPE_CHECKING:
    from uuid import UUID


class Shift(Versioned):
    """A pattern of a Property, in its local time; one that ends before it starts ends on the next day."""

    property: Any = reference("Property")
    name = fields.CharField(max_length=80, description="unique in the Property while not archived")
    starts_at = fields.CharField(max_length=5, description="HH:MM")
    ends_at = fields.CharField(max_length=5, description="HH:MM")
    break_minutes = fields.IntField(default=0)
    rest_minutes = fields.IntField(default=660, description="free time it needs before and after it")
    archived_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID

    class Meta:
        table = "shift"


class ShiftAssignment(Versioned):
    """Somebody works a Shift that begins on `day`. The database lets two of one person never overlap."""

    property: Any = reference("Property")
    shift: Any = reference("Shift")
    staff: Any = reference("Staff")
    day = fields.DateField(description="in the Property's zone")
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    cancelled_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True, description="when it was looked at after its end: did anybody come")

    if TYPE_CHECKING:
        property_id: UUID
        shift_id: UUID
        staff_id: UUID

    class Meta:
        table = "shift_assignment"
