"""What a ticket is, what happened to it, and what is told of it live."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models.query import Order
from models.rules.ticket import CallOutcome, Priority, TicketEntryKind, TicketKind, TicketStatus, TicketVerb
from resolvers import ticket as usecase
from schema.base import (
    Connection,
    Event,
    Node,
    column,
    computed,
    event,
    happened,
    node,
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
from schema.ticket_category import TicketCategory
from subscriptions import TicketChanged as Changed
from subscriptions.ticket import TicketChange

if TYPE_CHECKING:
    from schema.sla import SlaClock
    from schema.work_order import WorkOrder
    from schema.work_order.type import WorkOrderStep


def _button(verb_: TicketVerb, description: str) -> bool:
    """Whether to show the button of a verb."""
    shown: bool = computed(
        description,
        needs=("status", "property_id", "reporter_id", "awaiting_since"),
        compute=partial(usecase.viewer_can, verb_),
    )
    return shown


@node(models.TicketEntry, "时间线: one thing that happened to a Ticket.")
class TicketEntry(Node):
    """One thing that happened to a Ticket."""

    kind: TicketEntryKind = column("What happened.")
    internal: bool = column("Whether it is staff's alone.")
    text: str | None = column("What was said with it; at most 2,000 characters.")
    status: TicketStatus = column("Of the Ticket, after it.")
    stars: int | None = column("Of a rating.")
    outcome: CallOutcome | None = column("Of a call.")
    by_staff: bool = computed(
        "Whether somebody of the staff did it.",
        needs=("staff_id",),
        personal=False,
        compute=lambda row, _viewer: row["staff_id"] is not None,
    )
    staff: Staff | None = to_one("Who of the staff did it.")
    person: Person | None = to_one("The resident who did it.")
    work_order_step: Annotated[WorkOrderStep, strawberry.lazy("schema.work_order.type")] | None = to_one(
        "The step of a WorkOrder."
    )
    occurred_at: datetime = column("When it happened.", source="created_at")


@node(models.Ticket, "报修/投诉/建议/咨询: what a resident raises.")
class Ticket(Node):
    """What a resident raises."""

    property: Property = to_one("The estate.")
    building: Building | None = to_one("The building it is about.")
    unit: Unit | None = to_one("The Unit it is about.")
    reporter: Person | None = to_one("The resident who raised it.")
    number: str = column("For people, unique in the Organization.")
    kind: TicketKind = column("What is wanted.")
    category: str = column("What it is about, such as 水管; at most 40 characters.")
    ticket_category: TicketCategory | None = to_one("The category, when one was named or found.")
    department: str | None = column("Whom it was routed to, by its category.")
    handler: Staff | None = to_one("Who of the staff sees to it, by its category.")
    text: str = column("In the resident's words; at most 2,000 characters.")
    status: TicketStatus = column("How far it is.")
    priority: Priority = column("How urgent it is.")
    appointment_at: datetime | None = column("When the resident wishes somebody to come.")
    remind_at: datetime | None = column("When resident and technician are reminded of it; null: not, or they were.")
    reminded_at: datetime | None = column("When they were reminded.")
    resolved_at: datetime | None = column("When it was settled; null while it is not.")
    closed_at: datetime | None = column("When it was closed; null while it is not.")
    cancelled_at: datetime | None = column("When its resident called it off.")
    close_at: datetime | None = column("When an answered one closes by itself; with an order, that closes it.")
    reopen_until: datetime | None = column("Until when a closed one may be reopened.")
    awaiting_since: datetime | None = column("Since when it waits for its resident; null while it does not.")
    reopen_count: int = column("How often it was reopened.")
    stars: int | None = column("1 to 5, as its resident rated it since it was last settled.")
    rating_text: str | None = column("What the resident said with it; at most 500 characters.")
    rated_at: datetime | None = column("When it was first rated since it was last settled.")
    photos: list[File] = to_many("Up to 9 photos.", "File", "ticket_id", page=9, connection=False)
    work_orders: Connection[Annotated[WorkOrder, strawberry.lazy("schema.work_order")]] = to_many(
        "The orders that answer it.", "WorkOrder", "ticket_id", order=Order()
    )
    timeline: Connection[TicketEntry] = to_many(
        "Everything that happened to it, oldest first; internal entries only for who reads notes there.",
        "TicketEntry",
        "ticket_id",
    )
    sla_clocks: Connection[Annotated[SlaClock, strawberry.lazy("schema.sla")]] = to_many(
        "时限: its clocks, oldest first; a resident sees those that the company shows.", "SlaClock", "ticket_id"
    )
    viewer_can_cancel: bool = _button(TicketVerb.CANCEL, "Whether the viewer may call it off now.")
    viewer_can_reopen: bool = _button(TicketVerb.REOPEN, "Whether the viewer may reopen it, until `reopenUntil`, now.")
    viewer_can_rate: bool = _button(TicketVerb.RATE, "Whether the viewer may rate it now.")
    viewer_can_answer: bool = _button(TicketVerb.ANSWER, "Whether the viewer may answer it now.")
    viewer_can_follow_up: bool = _button(TicketVerb.FOLLOW_UP, "Whether the viewer may record a call now.")
    viewer_can_await_resident: bool = _button(
        TicketVerb.AWAIT, "Whether the viewer may say now that it waits for its resident."
    )
    viewer_can_resume: bool = _button(
        TicketVerb.RESUME, "Whether the viewer may say now that it waits for its resident no more."
    )
    viewer_can_classify: bool = _button(
        TicketVerb.CLASSIFY, "Whether the viewer may say anew now what it is about and how urgent."
    )
    viewer_can_open_work_order: bool = _button(
        TicketVerb.OPEN_WORK_ORDER, "Whether the viewer may open a WorkOrder for it now, if none is open."
    )
    viewer_can_comment: bool = computed(
        "Whether the viewer may say something now.",
        needs=("status", "property_id", "reporter_id"),
        compute=usecase.viewer_can_comment,
    )
    created_at: datetime = column("When it was raised.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@event(Changed, "Something happened to a Ticket.")
class TicketChanged(Event):
    """Something happened to a Ticket."""

    ticket: Ticket | None = subject(
        "The ticket as it is at delivery (it may be newer than the event); null when gone or out of sight.", "Ticket"
    )
    change: TicketChange = happened("What happened.", "change")
    status: TicketStatus = happened("After it.", "status")
    version: int = happened(
        "The ticket's version after the event: apply it only if it is newer. What is internal changes none.",
        "subject_version",
    )


@strawberry.input(description="Which tickets.")
class TicketFilter:
    """Which tickets."""

    status: list[TicketStatus] | None = text("Only with these statuses.", optional=True)
    kind: list[TicketKind] | None = text("Only of these kinds.", optional=True)
    priority: list[Priority] | None = text("Only so urgent.", optional=True)
    number: str | None = text("Only the one with this number, as people say it.", optional=True)
    ticket_category_id: strawberry.ID | None = ref("TicketCategory", "Only of this category.", optional=True)
    unit_id: strawberry.ID | None = ref("Unit", "Only about this Unit.", optional=True)
    handler_id: strawberry.ID | None = ref("Staff", "Only those that this member of staff sees to.", optional=True)
