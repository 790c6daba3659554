"""What the verbs of a ticket take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models.rules.ticket import CallOutcome, Priority, TicketKind
from schema.base import Payload, ref, text
from schema.ticket.type import Ticket

if TYPE_CHECKING:
    from schema.work_order import WorkOrder

AFTER_VERB = "The ticket after the verb; on a refusal because of its status or version, as it is now."
OPTIONAL_VERSION = "The version the viewer saw; a newer one is a CONFLICT. Without it the newest is taken."


@strawberry.input(description="A new ticket.")
class TicketCreateInput:
    """A new ticket."""

    property_id: strawberry.ID = ref("Property", "The estate.")
    unit_id: strawberry.ID | None = ref("Unit", "The Unit it is about; none for shared places.", optional=True)
    building_id: strawberry.ID | None = ref(
        "Building", "The building whose shared place it is about; not together with `unitId`.", optional=True
    )
    reporter_id: strawberry.ID | None = ref(
        "Person",
        "Whose ticket it is, of a resident who called: they hold a home there, `unitId` if it is named. Needs"
        " ticket.handle. Without it: the viewer's own.",
        optional=True,
    )
    kind: TicketKind = text("What is wanted.")
    category_id: strawberry.ID | None = ref(
        "TicketCategory",
        "What it is about, of ticketCategories. Without it the Property's keywords find one, if they can.",
        optional=True,
    )
    category: str | None = text(
        "What it is about, where no category fits; 1 to 40 characters. Not together with `categoryId`.", optional=True
    )
    text: str = strawberry.field(description="What happened; 1 to 2,000 characters.")
    priority: Priority = strawberry.field(description="How urgent it is.", default=Priority.NORMAL)
    appointment_at: datetime | None = strawberry.field(
        description="When somebody should come; not in the past, and at most 90 days ahead.", default=None
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


@strawberry.input(description="It is called off.")
class TicketCancelInput:
    """It is called off."""

    reason: str | None = text("Why; at most 2,000 characters.", optional=True)
    expected_version: int | None = text(OPTIONAL_VERSION, optional=True)


@strawberry.type(description="Answer to ticketCancel.")
class TicketCancelPayload(Payload):
    """The ticket after the verb."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="It is not settled.")
class TicketReopenInput:
    """It is not settled."""

    reason: str = text("What is not; 1 to 2,000 characters.")
    expected_version: int | None = text(OPTIONAL_VERSION, optional=True)


@strawberry.type(description="Answer to ticketReopen.")
class TicketReopenPayload(Payload):
    """The ticket after the verb."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="How it went.")
class TicketRateInput:
    """How it went."""

    stars: int = text("1 to 5.")
    text: str | None = strawberry.field(description="In words; at most 500 characters.", default=None)


@strawberry.type(description="Answer to ticketRate.")
class TicketRatePayload(Payload):
    """The ticket after the verb."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="Something to say.")
class TicketCommentInput:
    """Something to say."""

    text: str = strawberry.field(description="1 to 2,000 characters.")
    internal: bool = strawberry.field(description="For staff alone.", default=False)


@strawberry.type(description="Answer to ticketComment.")
class TicketCommentPayload(Payload):
    """The ticket after the verb."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="The company's answer.")
class TicketAnswerInput:
    """The company's answer."""

    text: str = strawberry.field(description="1 to 2,000 characters.")
    expected_version: int = strawberry.field(description="The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to ticketAnswer.")
class TicketAnswerPayload(Payload):
    """The ticket after the verb."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="A call after the work.")
class TicketFollowUpInput:
    """A call after the work."""

    outcome: CallOutcome = text("What it came to.")
    note: str | None = text("What was said, for staff; at most 2,000 characters.", optional=True)


@strawberry.type(description="Answer to ticketFollowUp.")
class TicketFollowUpPayload(Payload):
    """The ticket after the verb."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="What the resident is asked for.")
class TicketAwaitResidentInput:
    """What the resident is asked for."""

    text: str = strawberry.field(description="Told to the resident; 1 to 2,000 characters.")
    expected_version: int = strawberry.field(description="The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to ticketAwaitResident.")
class TicketAwaitResidentPayload(Payload):
    """The ticket after the verb."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="What a ticket is about, said anew. What is not sent stays.")
class TicketClassifyInput:
    """What it is about, said anew."""

    expected_version: int = strawberry.field(description="The version the viewer saw; a newer one is a CONFLICT.")
    category_id: strawberry.ID | None = ref("TicketCategory", "What it is about, of its kind.", optional=True)
    priority: Priority | None = text("How urgent it is.", optional=True)


@strawberry.type(description="Answer to ticketClassify.")
class TicketClassifyPayload(Payload):
    """The ticket after the verb."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="It goes on.")
class TicketResumeInput:
    """It goes on."""

    note: str | None = text("Why, told to the resident; at most 2,000 characters.", optional=True)
    expected_version: int = strawberry.field(description="The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to ticketResume.")
class TicketResumePayload(Payload):
    """The ticket after the verb."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.input(description="The order of a ticket.")
class TicketOpenWorkOrderInput:
    """The order of a ticket."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    summary: str | None = text("What is to be done; 1 to 200 characters; the ticket's words without it.", optional=True)
    priority: Priority | None = text("How urgent; as the ticket without it.", optional=True)


@strawberry.type(description="Answer to ticketOpenWorkOrder.")
class TicketOpenWorkOrderPayload(Payload):
    """The ticket and its order."""

    ticket: Ticket | None = strawberry.field(default=None, description=AFTER_VERB)
    work_order: Annotated[WorkOrder, strawberry.lazy("schema.work_order")] | None = strawberry.field(
        default=None, description="The new order."
    )
