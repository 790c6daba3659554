"""WorkOrder (工单): what a member of staff carries out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.dispatch import DispatchReason, DispatchState
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
    dispatch_decision: Any = reference("DispatchDecision", null=True)
    number = fields.CharField(max_length=20, description="for people, unique in the Organization")
    summary = fields.CharField(max_length=200)
    status = fields.CharEnumField(WorkOrderStatus, max_length=32)
    priority = fields.CharEnumField(Priority, max_length=32)
    skill = fields.CharField(max_length=40, null=True, description="what it takes, from the category")
    result = fields.CharField(max_length=2000, null=True)
    needs_before_photo = fields.BooleanField(default=False)
    needs_after_photo = fields.BooleanField(default=False)
    assigned_at = fields.DatetimeField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    declined_at = fields.DatetimeField(null=True)
    departed_at = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    waiting_at = fields.DatetimeField(null=True)
    completed_at = fields.DatetimeField(null=True)
    verified_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)
    reopened_at = fields.DatetimeField(null=True, description="when rework was last asked for")
    rework_count = fields.IntField(default=0, description="how often rework was asked for")
    close_at = fields.DatetimeField(null=True, description="when it closes by itself")
    reopen_until = fields.DatetimeField(null=True, description="until when it may be reopened")
    labour_minutes = fields.IntField(default=0)
    labour_cost = fields.BigIntField(default=0, description="fen")
    contractor_name = fields.CharField(max_length=80, null=True)
    contractor_phone = fields.CharField(max_length=30, null=True)
    contractor_cost = fields.BigIntField(null=True, description="fen")
    dispatch_state: Any = fields.CharEnumField(
        DispatchState, max_length=32, null=True, description="what the house is about"
    )
    dispatch_reason: Any = fields.CharEnumField(DispatchReason, max_length=32, null=True)
    dispatch_round = fields.IntField(default=0, description="how many the house has asked, one after the other")
    dispatch_due_at = fields.DatetimeField(null=True, description="when the house looks at it again")
    escalated_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        building_id: UUID | None
        unit_id: UUID | None
        ticket_id: UUID | None
        alarm_id: UUID | None
        reporter_id: UUID | None
        assignee_id: UUID | None
        dispatch_decision_id: UUID | None

    class Meta:
        table = "work_order"


class WorkOrderStep(Record):
    """One transition of a WorkOrder: who (none: the house), when, where, from, to, note.

    `assignee` carries the order out after the step; `staff` or `person` took it.
    """

    property: Any = reference("Property")
    work_order: Any = reference("WorkOrder")
    account: Any = reference("Account", null=True)
    staff: Any = reference("Staff", null=True)
    person: Any = reference("Person", null=True)
    assignee: Any = reference("Staff", null=True)
    verb = fields.CharEnumField(WorkOrderVerb, max_length=32)
    from_status = fields.CharEnumField(WorkOrderStatus, max_length=32)
    to_status = fields.CharEnumField(WorkOrderStatus, max_length=32)
    note = fields.CharField(max_length=2000, null=True)
    latitude = fields.FloatField(null=True, description="of the phone; degrees, WGS 84")
    longitude = fields.FloatField(null=True, description="of the phone; degrees, WGS 84")

    if TYPE_CHECKING:
        account_id: UUID | None
        staff_id: UUID | None
        person_id: UUID | None

    class Meta:
        table = "work_order_step"


class WorkOrderItem(Versioned):
    """One item of an order's checklist, from its category's template."""

    property: Any = reference("Property")
    work_order: Any = reference("WorkOrder")
    done_by: Any = reference("Staff", null=True)
    position = fields.IntField()
    text = fields.CharField(max_length=200)
    done_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        property_id: UUID
        work_order_id: UUID
        done_by_id: UUID | None

    class Meta:
        table = "work_order_item"


class WorkOrderLabour(Record):
    """Time that a member of staff spent on an order; a negative entry corrects an earlier one."""

    property: Any = reference("Property")
    work_order: Any = reference("WorkOrder")
    staff: Any = reference("Staff")
    account: Any = reference("Account")
    minutes = fields.IntField()
    cost = fields.BigIntField(description="fen")
    note = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "work_order_labour"
