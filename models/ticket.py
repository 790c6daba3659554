"""Ticket (报修/投诉/建议/咨询): what a resident raises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.ticket import Priority, TicketKind, TicketStatus

if TYPE_CHECKING:
    from uuid import UUID


class Ticket(Versioned):
    """A request of a resident at a place of a Property."""

    property: Any = reference("Property")
    building: Any = reference("Building", null=True)
    unit: Any = reference("Unit", null=True)
    reporter: Any = reference("Person", null=True)
    number = fields.CharField(max_length=20, description="for people, unique in the Organization")
    kind = fields.CharEnumField(TicketKind, max_length=32)
    category = fields.CharField(max_length=40)
    text = fields.CharField(max_length=2000)
    status = fields.CharEnumField(TicketStatus, max_length=32)
    priority = fields.CharEnumField(Priority, max_length=32)
    appointment_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID | None
        unit_id: UUID | None
        reporter_id: UUID | None

    class Meta:
        table = "ticket"
