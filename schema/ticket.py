"""Tickets in the contract."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models.query import Order
from models.query import Query as Rows
from models.rules.permission import Permission
from models.rules.ticket import Priority, TicketKind, TicketStatus
from resolvers import ticket as usecase
from schema.base import (
    ChangeOrder,
    Connection,
    Info,
    Node,
    Payload,
    column,
    decode,
    many,
    node,
    one,
    ref,
    text,
    to_many,
    to_one,
    values,
    verb,
)
from schema.file import File
from schema.person import Person
from schema.place import Building, Property, Unit

if TYPE_CHECKING:
    from schema.work_order import WorkOrder


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
    text: str = column("In the resident's words; at most 2,000 characters.")
    status: TicketStatus = column("How far it is.")
    priority: Priority = column("How urgent it is.")
    appointment_at: datetime | None = column("When the resident wishes somebody to come.")
    photos: list[File] = to_many("Up to 9 photos.", "File", "ticket_id", page=9, connection=False)
    work_orders: Connection[Annotated[WorkOrder, strawberry.lazy("schema.work_order")]] = to_many(
        "The orders that answer it.", "WorkOrder", "ticket_id", order=Order()
    )
    created_at: datetime = column("When it was raised.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which tickets.")
class TicketFilter:
    """Which tickets."""

    status: list[TicketStatus] | None = text("Only with these statuses.", optional=True)
    kind: list[TicketKind] | None = text("Only of these kinds.", optional=True)


@strawberry.input(description="A new ticket.")
class TicketCreateInput:
    """A new ticket."""

    property_id: strawberry.ID = ref("Property", "The estate.")
    unit_id: strawberry.ID | None = ref("Unit", "The Unit it is about; none for shared places.", optional=True)
    kind: TicketKind = text("What is wanted.")
    category: str = text("What it is about; 1 to 40 characters.")
    text: str = strawberry.field(description="What happened; 1 to 2,000 characters.")
    priority: Priority = strawberry.field(description="How urgent it is.", default=Priority.NORMAL)
    appointment_at: datetime | None = strawberry.field(
        description="When somebody should come; not in the past.", default=None
    )
    photo_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 9 files of fileUpload, the viewer's own and not yet used.",
        default_factory=list,
        metadata={"ref": "File"},
    )


@strawberry.type(description="Answer to ticketCreate.")
class TicketCreatePayload(Payload):
    """The ticket."""

    ticket: Ticket | None = strawberry.field(default=None, description="The new ticket.")


@strawberry.type
class TicketQuery:
    """Reads of tickets."""

    @many("Tickets of a Property; a resident sees the own ones.", Ticket, page=500)
    def tickets(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: TicketFilter | None = None,
        order: ChangeOrder = ChangeOrder.NEWEST,
    ) -> Rows:
        """Tickets of a Property."""
        wanted = filter or TicketFilter()
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, order.order, wanted.status, wanted.kind)

    ticket: Ticket | None = one("A Ticket.", "Ticket")


@strawberry.type
class TicketMutation:
    """Verbs of tickets."""

    @verb("Raise a ticket. A repair or complaint opens a WorkOrder with it.", permission=Permission.TICKET_CREATE)
    async def ticket_create(self, info: Info, input: TicketCreateInput) -> TicketCreatePayload | None:
        """Raise a ticket."""
        raised = await usecase.create(info.context.viewer, info.context.house, usecase.Draft(**values(input)))
        return TicketCreatePayload(ticket=await info.context.show("Ticket", raised.id))
