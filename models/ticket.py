"""Ticket (报修/投诉/建议/咨询): what a resident raises, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.ticket import CallOutcome, Priority, TicketEntryKind, TicketKind, TicketStatus

if TYPE_CHECKING:
    from uuid import UUID


class Ticket(Versioned):
    """A request of a resident at a place of a Property. `category` is the name of its TicketCategory, if it has one."""

    property: Any = reference("Property")
    building: Any = reference("Building", null=True)
    unit: Any = reference("Unit", null=True)
    reporter: Any = reference("Person", null=True)
    ticket_category: Any = reference("TicketCategory", null=True)
    handler: Any = reference("Staff", null=True)
    number = fields.CharField(max_length=20, description="for people, unique in the Organization")
    kind = fields.CharEnumField(TicketKind, max_length=32)
    category = fields.CharField(max_length=40)
    department = fields.CharField(max_length=80, null=True)
    text = fields.CharField(max_length=2000)
    status = fields.CharEnumField(TicketStatus, max_length=32)
    priority = fields.CharEnumField(Priority, max_length=32)
    appointment_at = fields.DatetimeField(null=True)
    remind_at = fields.DatetimeField(null=True, description="when people are to be reminded of it")
    reminded_at = fields.DatetimeField(null=True)
    resolved_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)
    close_at = fields.DatetimeField(null=True, description="when it closes by itself")
    reopen_until = fields.DatetimeField(null=True, description="until when it may be reopened")
    awaiting_since = fields.DatetimeField(null=True, description="since when it waits for its resident")
    reopen_count = fields.IntField(default=0)
    stars = fields.IntField(null=True, description="1 to 5, of this round")
    rating_text = fields.CharField(max_length=500, null=True)
    rated_at = fields.DatetimeField(null=True, description="when it was first rated in this round")

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID | None
        unit_id: UUID | None
        reporter_id: UUID | None
        ticket_category_id: UUID | None
        handler_id: UUID | None

    class Meta:
        table = "ticket"


class TicketEntry(Record):
    """One thing that happened to a Ticket; `internal` ones are staff's. `reporter` is the Ticket's.

    `staff` or `person` did it; neither: the house.
    """

    property: Any = reference("Property")
    ticket: Any = reference("Ticket")
    reporter: Any = reference("Person", null=True)
    account: Any = reference("Account", null=True)
    staff: Any = reference("Staff", null=True)
    person: Any = reference("Person", null=True)
    work_order_step: Any = reference("WorkOrderStep", null=True)
    kind = fields.CharEnumField(TicketEntryKind, max_length=32)
    internal = fields.BooleanField(default=False)
    text = fields.CharField(max_length=2000, null=True)
    status = fields.CharEnumField(TicketStatus, max_length=32, description="of the Ticket after it")
    stars = fields.IntField(null=True)
    outcome = fields.CharEnumField(CallOutcome, max_length=32, null=True)

    class Meta:
        table = "ticket_entry"
