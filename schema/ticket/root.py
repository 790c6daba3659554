"""Reads, verbs and streams of tickets."""

from __future__ import annotations

import strawberry

from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import ticket as usecase
from schema.base import ChangeOrder, Cursor, Info, decode, live, many, one, values, verb
from schema.ticket.input import (
    TicketAnswerInput,
    TicketAnswerPayload,
    TicketAwaitResidentInput,
    TicketAwaitResidentPayload,
    TicketCancelInput,
    TicketCancelPayload,
    TicketClassifyInput,
    TicketClassifyPayload,
    TicketCommentInput,
    TicketCommentPayload,
    TicketCreateInput,
    TicketCreatePayload,
    TicketFollowUpInput,
    TicketFollowUpPayload,
    TicketOpenWorkOrderInput,
    TicketOpenWorkOrderPayload,
    TicketRateInput,
    TicketRatePayload,
    TicketReopenInput,
    TicketReopenPayload,
    TicketResumeInput,
    TicketResumePayload,
)
from schema.ticket.type import Ticket, TicketChanged, TicketFilter


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
        place = decode("Property", property_id, "property_id")
        return usecase.in_property(info.context.viewer, place, order.order, values(filter or TicketFilter()))

    ticket: Ticket | None = one("A Ticket.", "Ticket")


@strawberry.type
class TicketMutation:
    """Verbs of tickets."""

    @verb("Raise a ticket. A repair or complaint opens a WorkOrder with it.", permission=Permission.TICKET_CREATE)
    async def ticket_create(self, info: Info, input: TicketCreateInput) -> TicketCreatePayload | None:
        """Raise a ticket."""
        raised = await usecase.create(info.context.viewer, info.context.house, usecase.Draft(**values(input)))
        return TicketCreatePayload(ticket=await info.context.show("Ticket", raised.id))

    @verb(
        "Call the own ticket off, before work has begun; its orders are called off with it.",
        shows="Ticket",
        scopes=frozenset(),
    )
    async def ticket_cancel(
        self, info: Info, id: strawberry.ID, input: TicketCancelInput
    ) -> TicketCancelPayload | None:
        """Call the own ticket off."""
        context = info.context
        done = await usecase.cancel(context.viewer, context.house, decode("Ticket", id), **values(input))
        return TicketCancelPayload(ticket=await context.show("Ticket", done.id))

    @verb(
        "Say that the own ticket is not settled, until `reopenUntil`; its last order is done anew.",
        shows="Ticket",
        scopes=frozenset(),
    )
    async def ticket_reopen(
        self, info: Info, id: strawberry.ID, input: TicketReopenInput
    ) -> TicketReopenPayload | None:
        """Say that the own ticket is not settled."""
        context = info.context
        done = await usecase.reopen(context.viewer, context.house, decode("Ticket", id), **values(input))
        return TicketReopenPayload(ticket=await context.show("Ticket", done.id))

    @verb(
        "Rate the own ticket once it is settled; it can be changed within a day.",
        shows="Ticket",
        scopes=frozenset(),
    )
    async def ticket_rate(self, info: Info, id: strawberry.ID, input: TicketRateInput) -> TicketRatePayload | None:
        """Rate the own ticket once it is settled."""
        context = info.context
        done = await usecase.rate(context.viewer, context.house, decode("Ticket", id), **values(input))
        return TicketRatePayload(ticket=await context.show("Ticket", done.id))

    @verb(
        "Say something about a ticket: its resident and staff; `internal`: staff among themselves.",
        shows="Ticket",
        scopes=frozenset(),
    )
    async def ticket_comment(
        self, info: Info, id: strawberry.ID, input: TicketCommentInput
    ) -> TicketCommentPayload | None:
        """Say something about a ticket."""
        context = info.context
        done = await usecase.comment(context.viewer, context.house, decode("Ticket", id), **values(input))
        return TicketCommentPayload(ticket=await context.show("Ticket", done.id))

    @verb(
        "Answer a ticket; it is settled by it, if no order of it runs.",
        shows="Ticket",
        permission=Permission.TICKET_HANDLE,
    )
    async def ticket_answer(
        self, info: Info, id: strawberry.ID, input: TicketAnswerInput
    ) -> TicketAnswerPayload | None:
        """Answer a ticket."""
        context = info.context
        done = await usecase.answer(context.viewer, context.house, decode("Ticket", id), **values(input))
        return TicketAnswerPayload(ticket=await context.show("Ticket", done.id))

    @verb(
        "Record a call to the resident after the work.",
        shows="Ticket",
        permission=Permission.TICKET_HANDLE,
    )
    async def ticket_follow_up(
        self, info: Info, id: strawberry.ID, input: TicketFollowUpInput
    ) -> TicketFollowUpPayload | None:
        """Record a call to the resident after the work."""
        context = info.context
        done = await usecase.follow_up(context.viewer, context.house, decode("Ticket", id), **values(input))
        return TicketFollowUpPayload(ticket=await context.show("Ticket", done.id))

    @verb(
        "Say that a ticket waits for its resident: no time towards resolving it counts, until they comment or"
        " ticketResume says so.",
        shows="Ticket",
        permission=Permission.TICKET_HANDLE,
    )
    async def ticket_await_resident(
        self, info: Info, id: strawberry.ID, input: TicketAwaitResidentInput
    ) -> TicketAwaitResidentPayload | None:
        """Wait for the resident."""
        context = info.context
        done = await usecase.await_resident(context.viewer, context.house, decode("Ticket", id), **values(input))
        return TicketAwaitResidentPayload(ticket=await context.show("Ticket", done.id))

    @verb(
        "改类别: say anew what a ticket is about, or how urgent it is. It goes to whom that category is for; its orders"
        " that nobody works on yet follow. Clocks that run keep their targets.",
        shows="Ticket",
        permission=Permission.TICKET_HANDLE,
    )
    async def ticket_classify(
        self, info: Info, id: strawberry.ID, input: TicketClassifyInput
    ) -> TicketClassifyPayload | None:
        """Say it anew."""
        context = info.context
        done = await usecase.classify(context.viewer, context.house, decode("Ticket", id), **values(input))
        return TicketClassifyPayload(ticket=await context.show("Ticket", done.id))

    @verb("Say that a ticket waits for its resident no more.", shows="Ticket", permission=Permission.TICKET_HANDLE)
    async def ticket_resume(
        self, info: Info, id: strawberry.ID, input: TicketResumeInput
    ) -> TicketResumePayload | None:
        """Go on."""
        context = info.context
        done = await usecase.resume(context.viewer, context.house, decode("Ticket", id), **values(input))
        return TicketResumePayload(ticket=await context.show("Ticket", done.id))

    @verb(
        "Open a WorkOrder for a ticket that has none open: what its category asks for, unless told.",
        shows="Ticket",
        permission=Permission.WORK_ORDER_CREATE,
    )
    async def ticket_open_work_order(
        self, info: Info, id: strawberry.ID, input: TicketOpenWorkOrderInput
    ) -> TicketOpenWorkOrderPayload | None:
        """Open a WorkOrder for a ticket."""
        context = info.context
        ticket, order = await usecase.open_work_order(
            context.viewer, context.house, decode("Ticket", id), **values(input)
        )
        return TicketOpenWorkOrderPayload(
            ticket=await context.show("Ticket", ticket.id), work_order=await context.show("WorkOrder", order.id)
        )


@strawberry.type
class TicketSubscription:
    """Tickets live."""

    @live("What happens to the tickets of a Property: a resident hears of the own ones.", TicketChanged)
    def ticket_changed(self, info: Info, property_id: strawberry.ID, after: Cursor | None = None) -> object:
        """Tickets live."""
        return usecase.changes(info.context.viewer, decode("Property", property_id, "property_id"), after)
