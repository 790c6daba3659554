"""What a ticket is about and how urgent it is, said anew by who reads it: it goes to whom that category is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Property, Ticket, WorkOrder
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.ticket import TICKET_VERBS, TicketEntryKind, TicketVerb
from models.rules.work_order import BEFORE_WORK, WorkOrderStatus
from resolvers.dispatch import soon
from resolvers.ticket.category import chosen
from resolvers.ticket.life import refuse
from resolvers.timeline import enter
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require
from resolvers.work_order.extra import touch
from subscriptions.ticket import TicketChange

if TYPE_CHECKING:
    from uuid import UUID

    from models.rules.ticket import Priority
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


async def classify(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    expected_version: int,
    category_id: UUID | None = None,
    priority: Priority | None = None,
) -> Ticket:
    """Another category, another priority, or both. Its open orders that nobody works on yet follow.

    Clocks that run keep their targets (docs/sla.md), an order keeps its checklist.
    """
    async with unit_of_work(house, viewer) as unit:
        ticket = await unit.find(Ticket, id_, "id")
        require(unit.signed_in, Permission.TICKET_HANDLE, ticket.property_id)
        check_version(ticket, expected_version)
        if ticket.status not in TICKET_VERBS[TicketVerb.CLASSIFY]:
            refuse(ticket, TicketVerb.CLASSIFY, ticket.status)
        if category_id is None and priority is None:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="category_id", message="NOTHING_SAID")
        asked: dict[str, Any] = {} if priority is None else {"priority": priority}
        said: dict[str, Any] = dict(asked)
        if category_id is not None:
            place = await Property.get(id=ticket.property_id)
            category = await chosen(unit, place, ticket.kind, category_id, named=True)
            if category is not None:
                said |= {"ticket_category_id": category.id, "category": category.name}
                said |= {"department": category.department, "handler_id": category.handler_id}
                asked |= {"skill": category.skill, "needs_before_photo": category.before_photo}
                asked |= {"needs_after_photo": category.after_photo}
        before = await unit.change(ticket, **said)
        unit.audit("ticket.classify", before, ticket)
        await enter(unit, ticket, TicketEntryKind.CLASSIFIED, TicketChange.CLASSIFIED)
        await _orders_follow(unit, ticket, asked)
    return ticket


async def _orders_follow(unit: Unit, ticket: Ticket, asked: dict[str, Any]) -> None:
    for order in await WorkOrder.filter(ticket_id=ticket.id).order_by("id").select_for_update():
        if order.status in BEFORE_WORK:
            before = await touch(unit, order, **asked)
            unit.audit("workOrder.classify", before, order)
            if order.status is WorkOrderStatus.CREATED:
                await soon(unit, order.property_id)
