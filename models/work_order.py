"""WorkOrder (工单): what a member of staff carries out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.ticket import Priority
from models.rules.work_order import WorkOrderStatus, WorkOrderVerb

if TYPE_CHECKING:
    from uuid import UUID


class WorkOrder(Versioned):
    """Work at a place of a Property; `reporter` is the Person whose Ticket it answers."""

    property: Any = reference("Property")
    building: Any = reference("Building", null=True)
    unit: Any = reference("Unit", null=True)
    ticket: Any = reference("Ticket", null=True)
    alarm: Any = reference("Alarm", null=True)
    reporter: Any = reference("Person", null=True)
    assignee: Any = reference("Staff", null=True)
    number = fields.CharField(max_length=20, description="for people, unique in the Organization")
    summary = fields.CharField(max_length=200)
    status = fields.CharEnumField(WorkOrderStatus, max_length=32)
    priority = fields.CharEnumField(Priority, max_length=32)
    result = fields.CharField(max_length=2000, null=True)
    assigned_at = fields.DatetimeField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    completed_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID | None
        unit_id: UUID | None
        ticket_id: UUID | None
        alarm_id: UUID | None
        reporter_id: UUID | None
        assignee_id: UUID | None

    class Meta:
        table = "work_order"


class WorkOrderStep(Record):
    """One transition of a WorkOrder: who, when, from, to, note."""

    property: Any = reference("Property")
    work_order: Any = reference("WorkOrder")
    account: Any = reference("Account")
    verb = fields.CharEnumField(WorkOrderVerb, max_length=32)
    from_status = fields.CharEnumField(WorkOrderStatus, max_length=32)
    to_status = fields.CharEnumField(WorkOrderStatus, max_length=32)
    note = fields.CharField(max_length=2000, null=True)

    class Meta:
        table = "work_order_step"
