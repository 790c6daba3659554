"""Work orders in the contract."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models.query import Query as Rows
from models.rules.permission import Permission
from models.rules.ticket import Priority
from models.rules.work_order import WorkOrderStatus, WorkOrderVerb
from resolvers import work_order as usecase
from schema.base import (
    ChangeOrder,
    Connection,
    Cursor,
    Event,
    Info,
    Node,
    Payload,
    column,
    computed,
    decode,
    event,
    happened,
    live,
    many,
    node,
    one,
    ref,
    subject,
    text,
    to_many,
    to_one,
    values,
    verb,
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
    from schema.stock import WorkOrderMaterial


def _button(verb_: WorkOrderVerb, description: str) -> bool:
    """Whether to show the button of a verb."""
    shown: bool = computed(
        description, needs=("status", "property_id", "assignee_id"), compute=partial(usecase.viewer_can, verb_)
    )
    return shown


@node(models.WorkOrderStep, "One step in the life of a WorkOrder.")
class WorkOrderStep(Node):
    """One step."""

    from_status: WorkOrderStatus = column("Before the step.")
    to_status: WorkOrderStatus = column("After it.")
    note: str | None = column(
        "What was said with it, among staff; null for a viewer without note.read there.",
        permission=Permission.NOTE_READ,
    )
    occurred_at: datetime = column("When it was taken.", source="created_at")


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
    started_at: datetime | None = column("When the work began.")
    completed_at: datetime | None = column("When the work was done.")
    photos: list[File] = to_many("Up to 9 photos of the result.", "File", "work_order_id", page=9, connection=False)
    steps: Connection[WorkOrderStep] = to_many("Its history, oldest first.", "WorkOrderStep", "work_order_id")
    materials: Connection[Annotated[WorkOrderMaterial, strawberry.lazy("schema.stock")]] = to_many(
        "What it took from the warehouses, oldest first.", "WorkOrderMaterial", "work_order_id"
    )
    viewer_can_assign: bool = _button(WorkOrderVerb.ASSIGN, "Whether the viewer may assign it now.")
    viewer_can_accept: bool = _button(WorkOrderVerb.ACCEPT, "Whether the viewer may accept it now.")
    viewer_can_start: bool = _button(WorkOrderVerb.START, "Whether the viewer may start it now.")
    viewer_can_complete: bool = _button(WorkOrderVerb.COMPLETE, "Whether the viewer may complete it now.")
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
    assignee_id: strawberry.ID | None = text("Only those assigned to this member of staff.", optional=True)


@strawberry.input(description="To whom the order goes.")
class WorkOrderAssignInput:
    """To whom the order goes."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    staff_id: strawberry.ID = ref("Staff", "Who carries it out: does work orders in this Property.")
    note: str | None = text("For the assignee; at most 2,000 characters.", optional=True)


@strawberry.input(description="The assignee takes the order on.")
class WorkOrderAcceptInput:
    """The assignee takes the order on."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str | None = text("What is said with it; at most 2,000 characters.", optional=True)


@strawberry.input(description="The assignee begins the work.")
class WorkOrderStartInput:
    """The assignee begins the work."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    note: str | None = text("What is said with it; at most 2,000 characters.", optional=True)


@strawberry.input(description="What was done.")
class WorkOrderCompleteInput:
    """What was done."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    result: str = text("What was done; 1 to 2,000 characters.")
    photo_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 9 files of fileUpload.", default_factory=list, metadata={"ref": "File"}
    )


AFTER_VERB = "The order after the verb; on CONFLICT and TRANSITION_NOT_ALLOWED as it is now."


@strawberry.type(description="Answer to workOrderAssign.")
class WorkOrderAssignPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to workOrderAccept.")
class WorkOrderAcceptPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to workOrderStart.")
class WorkOrderStartPayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to workOrderComplete.")
class WorkOrderCompletePayload(Payload):
    """The order after the verb."""

    work_order: WorkOrder | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type
class WorkOrderQuery:
    """Reads of work orders."""

    @many("Work orders of a Property: all, the own (resident) or the assigned ones (technician).", WorkOrder, page=500)
    def work_orders(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: WorkOrderFilter | None = None,
        order: ChangeOrder = ChangeOrder.NEWEST,
    ) -> Rows:
        """Work orders of a Property."""
        wanted = filter or WorkOrderFilter()
        assignee = decode("Staff", wanted.assignee_id, "assignee_id") if wanted.assignee_id else None
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, order.order, wanted.status, assignee)

    work_order: WorkOrder | None = one("A WorkOrder.", "WorkOrder")


@strawberry.type
class WorkOrderMutation:
    """Verbs of work orders."""

    @verb(
        "Assign an order to a member of staff, or to another one.",
        shows="WorkOrder",
        permission=Permission.WORK_ORDER_ASSIGN,
    )
    async def work_order_assign(
        self, info: Info, id: strawberry.ID, input: WorkOrderAssignInput
    ) -> WorkOrderAssignPayload | None:
        """Assign."""
        context = info.context
        done = await usecase.assign(context.viewer, context.house, decode("WorkOrder", id), **values(input))
        return WorkOrderAssignPayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Accept an order; its assignee only.", shows="WorkOrder", permission=Permission.WORK_ORDER_WORK)
    async def work_order_accept(
        self, info: Info, id: strawberry.ID, input: WorkOrderAcceptInput
    ) -> WorkOrderAcceptPayload | None:
        """Accept."""
        context = info.context
        done = await usecase.accept(context.viewer, context.house, decode("WorkOrder", id), **values(input))
        return WorkOrderAcceptPayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Begin the work; its assignee only.", shows="WorkOrder", permission=Permission.WORK_ORDER_WORK)
    async def work_order_start(
        self, info: Info, id: strawberry.ID, input: WorkOrderStartInput
    ) -> WorkOrderStartPayload | None:
        """Start."""
        context = info.context
        done = await usecase.start(context.viewer, context.house, decode("WorkOrder", id), **values(input))
        return WorkOrderStartPayload(work_order=await context.show("WorkOrder", done.id))

    @verb("Report the work done; its assignee only.", shows="WorkOrder", permission=Permission.WORK_ORDER_WORK)
    async def work_order_complete(
        self, info: Info, id: strawberry.ID, input: WorkOrderCompleteInput
    ) -> WorkOrderCompletePayload | None:
        """Complete."""
        context = info.context
        done = await usecase.complete(context.viewer, context.house, decode("WorkOrder", id), **values(input))
        return WorkOrderCompletePayload(work_order=await context.show("WorkOrder", done.id))


@strawberry.type
class WorkOrderSubscription:
    """Work orders live."""

    @live("Every step of the work orders of a Property that the viewer may see.", WorkOrderChanged, states=True)
    def work_order_changed(self, info: Info, property_id: strawberry.ID, after: Cursor | None = None) -> object:
        """Work orders live."""
        return usecase.changes(info.context.viewer, decode("Property", property_id, "property_id"), after)
