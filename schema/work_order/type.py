"""What a work order is, what it holds, and what is told of it live."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models.query import Order
from models.rules.dispatch import DispatchReason, DispatchState
from models.rules.permission import Permission
from models.rules.ticket import Priority
from models.rules.work_order import WorkOrderStatus, WorkOrderVerb
from resolvers import work_order as usecase
from schema.base import (
    Connection,
    Event,
    GeoPoint,
    Money,
    Node,
    column,
    computed,
    event,
    happened,
    money,
    node,
    point,
    ref,
    subject,
    text,
    to_many,
    to_one,
)
from schema.file import File
from schema.person import Person
from schema.place import Building, Property, Unit
from schema.staff import Staff
from schema.ticket import Ticket
from subscriptions import WorkOrderChanged as Changed
from subscriptions.work_order import WorkOrderChange

if TYPE_CHECKING:
    from schema.alarm import Alarm
    from schema.bill import Bill
    from schema.dispatch import DispatchDecision
    from schema.sla import SlaClock
    from schema.stock import WorkOrderMaterial


def _button(verb_: WorkOrderVerb, description: str) -> bool:
    """Whether to show the button of a verb."""
    shown: bool = computed(
        description, needs=("status", "property_id", "assignee_id"), compute=partial(usecase.viewer_can, verb_)
    )
    return shown


def _held(description: str) -> Any:
    """A column that is for who reads the Property's orders."""
    words = f"{description} Null for a viewer without work_order.read there."
    return column(words, permission=Permission.WORK_ORDER_READ)


@node(models.WorkOrderStep, "One step in the life of a WorkOrder.")
class WorkOrderStep(Node):
    """One step."""

    verb: WorkOrderVerb = column("What was done.")
    from_status: WorkOrderStatus = column("Before the step.")
    to_status: WorkOrderStatus = column("After it.")
    note: str | None = column(
        "What was said with it, among staff; null for a viewer without note.read there.",
        permission=Permission.NOTE_READ,
    )
    staff: Staff | None = to_one("Who of the staff took it; null when the resident or the house did.")
    person: Person | None = to_one("The resident who took it, by a verb of the Ticket.")
    assignee: Staff | None = to_one("Who carries the order out after it.")
    location: GeoPoint | None = computed(
        "Where the phone was, as it said; null for a viewer without note.read there.",
        needs=("latitude", "longitude", "property_id"),
        compute=lambda row, viewer: point(row) if viewer.may(Permission.NOTE_READ, row["property_id"]) else None,
    )
    occurred_at: datetime = column("When it was taken.", source="created_at")


@node(models.WorkOrderItem, "检查清单: one item of a WorkOrder's checklist.")
class WorkOrderItem(Node):
    """One item of a checklist."""

    text: str = column("What is to be done or looked at; at most 200 characters.")
    position: int = column("Its place in the list, from 0.")
    done_at: datetime | None = column("When it was ticked off; null while it is open.")
    done_by: Staff | None = to_one("Who ticked it off.")
    version: int = column("Grows by one with each change.")


@node(models.WorkOrderLabour, "工时: time that a member of staff spent on a WorkOrder.")
class WorkOrderLabour(Node):
    """Time spent."""

    staff: Staff | None = to_one("Who spent it.")
    minutes: int = column("Minutes; negative when it corrects an earlier entry.")
    cost: Money | None = money(
        "What it costs the company; null for a viewer without cost.read there.",
        source="cost",
        permission=Permission.COST_READ,
    )
    note: str | None = column("What is said with it; at most 200 characters.")
    occurred_at: datetime = column("When it was recorded.", source="created_at")


@node(models.WorkOrder, "工单: what a member of staff carries out.")
class WorkOrder(Node):
    """What a member of staff carries out."""

    property: Property = to_one("The estate.")
    building: Building | None = to_one("The building.")
    unit: Unit | None = to_one("The Unit.")
    ticket: Ticket | None = to_one("The Ticket it answers.")
    alarm: Annotated[Alarm, strawberry.lazy("schema.alarm")] | None = to_one("The Alarm it answers.")
    reporter: Person | None = to_one("The resident whose Ticket it answers.")
    assignee: Staff | None = to_one("Who carries it out.")
    number: str = column("For people, unique in the Organization.")
    summary: str = column("What is to be done; at most 200 characters.")
    status: WorkOrderStatus = column("How far it is.")
    priority: Priority = column("How urgent it is.")
    result: str | None = column("What was done, once it is.")
    assigned_at: datetime | None = column("When it was last assigned.")
    accepted_at: datetime | None = column("When it was accepted.")
    declined_at: datetime | None = column("When its assignee last gave it back.")
    departed_at: datetime | None = column("When its assignee set out.")
    started_at: datetime | None = column("When the work began.")
    waiting_at: datetime | None = column("When it last began to wait for parts.")
    completed_at: datetime | None = column("When the work was done; null again once rework is asked for.")
    verified_at: datetime | None = column("When somebody else checked it; null again once rework is asked for.")
    closed_at: datetime | None = column("When it was closed; null again once it is reopened.")
    cancelled_at: datetime | None = column("When it was called off.")
    reopened_at: datetime | None = column("When rework was last asked for.")
    rework_count: int = column("How often rework was asked for.")
    close_at: datetime | None = column("When it closes by itself, unless somebody objects.")
    reopen_until: datetime | None = column("Until when it may be reopened; null while it is not closed.")
    skill: str | None = column("What it takes, by its category; at most 40 characters.")
    needs_before_photo: bool = column("Whether the work begins with a photo.")
    needs_after_photo: bool = column("Whether the work ends with a photo.")
    labour_minutes: int = column("Minutes spent on it, all together.")
    labour_cost: Money | None = money(
        "What they cost the company; null for a viewer without cost.read there.",
        source="labour_cost",
        permission=Permission.COST_READ,
    )
    contractor_name: str | None = column(
        "Who outside does it; null for a viewer without note.read there.", permission=Permission.NOTE_READ
    )
    contractor_phone: str | None = column(
        "How to reach them; null for a viewer without note.read there.", permission=Permission.NOTE_READ
    )
    contractor_cost: Money | None = money(
        "What they cost the company; null for a viewer without cost.read there.",
        source="contractor_cost",
        permission=Permission.COST_READ,
    )
    why_assigned: Annotated[DispatchDecision, strawberry.lazy("schema.dispatch")] | None = to_one(
        "Why its assignee got it, who gave it, who else was considered; staff's to see.", source="dispatch_decision"
    )
    decisions: Connection[Annotated[DispatchDecision, strawberry.lazy("schema.dispatch")]] = to_many(
        "Everything that was decided about who gets it, oldest first; staff's to see.",
        "DispatchDecision",
        "work_order_id",
    )
    dispatch_state: DispatchState | None = _held("What the house is about with it; null: nothing, or not yet.")
    dispatch_reason: DispatchReason | None = _held("Why nobody could be given it, or nobody took it.")
    dispatch_due_at: datetime | None = _held("Until when it has to be accepted, or when the house looks again.")
    escalated_at: datetime | None = _held("When nobody had taken it in time, the last time.")
    photos: list[File] = to_many(
        "Up to 9 photos of before and 9 of after.", "File", "work_order_id", page=18, connection=False
    )
    steps: Connection[WorkOrderStep] = to_many("Its history, oldest first.", "WorkOrderStep", "work_order_id")
    items: Connection[WorkOrderItem] = to_many(
        "Its checklist.", "WorkOrderItem", "work_order_id", order=Order("position")
    )
    labour: Connection[WorkOrderLabour] = to_many(
        "Time spent on it, oldest first; staff's to see.", "WorkOrderLabour", "work_order_id"
    )
    materials: Connection[Annotated[WorkOrderMaterial, strawberry.lazy("schema.stock")]] = to_many(
        "What it took from the warehouses, oldest first.", "WorkOrderMaterial", "work_order_id"
    )
    bills: Connection[Annotated[Bill, strawberry.lazy("schema.bill")]] = to_many(
        "What residents were charged for it, oldest first; one at most is not credited.", "Bill", "work_order_id"
    )
    sla_clocks: Connection[Annotated[SlaClock, strawberry.lazy("schema.sla")]] = to_many(
        "时限: its clocks, or those of the Ticket it was opened for, oldest first.", "SlaClock", "work_order_id"
    )
    viewer_can_assign: bool = _button(WorkOrderVerb.ASSIGN, "Whether the viewer may assign it now.")
    viewer_can_accept: bool = _button(WorkOrderVerb.ACCEPT, "Whether the viewer may accept it now.")
    viewer_can_start: bool = _button(WorkOrderVerb.START, "Whether the viewer may start it now.")
    viewer_can_complete: bool = _button(WorkOrderVerb.COMPLETE, "Whether the viewer may complete it now.")
    viewer_can_decline: bool = _button(WorkOrderVerb.DECLINE, "Whether the viewer may give it back now.")
    viewer_can_depart: bool = _button(WorkOrderVerb.DEPART, "Whether the viewer may set out now.")
    viewer_can_wait: bool = _button(WorkOrderVerb.WAIT, "Whether the viewer may let it wait for parts now.")
    viewer_can_verify: bool = _button(WorkOrderVerb.VERIFY, "Whether the viewer may pass it now.")
    viewer_can_return: bool = _button(WorkOrderVerb.RETURN, "Whether the viewer may ask for rework now.")
    viewer_can_close: bool = _button(WorkOrderVerb.CLOSE, "Whether the viewer may close it now.")
    viewer_can_cancel: bool = _button(WorkOrderVerb.CANCEL, "Whether the viewer may call it off now.")
    viewer_can_reopen: bool = _button(
        WorkOrderVerb.REOPEN, "Whether the viewer may reopen it, until `reopenUntil`, now."
    )
    viewer_can_charge: bool = computed(
        "Whether the viewer may charge it now, unless it was charged before.",
        needs=("status", "property_id", "unit_id"),
        compute=usecase.viewer_can_charge,
    )
    viewer_can_check: bool = computed(
        "Whether the viewer may tick off its checklist now.",
        needs=("status", "property_id", "assignee_id"),
        compute=usecase.viewer_can_work,
    )
    created_at: datetime = column("When it was created.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@event(Changed, "A WorkOrder was created or took a step.")
class WorkOrderChanged(Event):
    """A WorkOrder was created or took a step."""

    work_order: WorkOrder | None = subject(
        "The order as it is at delivery (it may be newer than the event); null when gone or out of sight.", "WorkOrder"
    )
    change: WorkOrderChange = happened("What happened.", "change")
    from_status: WorkOrderStatus | None = happened("Before; null for a new order.", "from_status")
    to_status: WorkOrderStatus = happened("After.", "to_status")
    version: int = happened("The order's version after the event: apply it only if it is newer.", "subject_version")


@strawberry.input(description="Which work orders.")
class WorkOrderFilter:
    """Which work orders."""

    status: list[WorkOrderStatus] | None = text("Only with these statuses.", optional=True)
    assignee_id: strawberry.ID | None = ref("Staff", "Only those assigned to this member of staff.", optional=True)
    priority: list[Priority] | None = text("Only so urgent.", optional=True)
    number: str | None = text("Only the one with this number, as people say it.", optional=True)
