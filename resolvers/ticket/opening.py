"""Staff open the order of a ticket that has none: its category opens none by itself, or the last one was called off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Property, Ticket, TicketCategory, WorkOrder
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.place import local_day
from models.rules.ticket import TICKET_VERBS, TicketVerb
from models.rules.work_order import ENDED
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require
from resolvers.work_order import free_number, open_order

if TYPE_CHECKING:
    from uuid import UUID

    from models.rules.ticket import Priority
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

MAX_SUMMARY = 200


async def open_work_order(
    viewer: Viewer | None,
    house: House,
    id_: UUID,
    expected_version: int,
    summary: str | None = None,
    priority: Priority | None = None,
) -> tuple[Ticket, WorkOrder]:
    """The order of a ticket; the ticket stays locked, so that two who open one at once open one."""
    async with unit_of_work(house, viewer) as unit:
        ticket = await unit.find(Ticket, id_, "id")
        require(unit.signed_in, Permission.WORK_ORDER_CREATE, ticket.property_id)
        check_version(ticket, expected_version)
        if ticket.status not in TICKET_VERBS[TicketVerb.OPEN_WORK_ORDER]:
            raise Refusal(
                ErrorCode.TRANSITION_NOT_ALLOWED,
                field="id",
                message="TICKET_STATUS",
                current=ticket.id,
                verb=TicketVerb.OPEN_WORK_ORDER,
                status=ticket.status,
                legal=tuple(other for other in TicketVerb if ticket.status in TICKET_VERBS[other]),
            )
        values = await _values(unit, ticket, summary, priority)
        category = await TicketCategory.get(id=ticket.ticket_category_id) if ticket.ticket_category_id else None
        order = await open_order(unit, ticket, category, **values)
    return ticket, order


async def _values(unit: Unit, ticket: Ticket, summary: str | None, priority: Priority | None) -> dict[str, Any]:
    """What is said of the order. Raises Refusal TICKET_HAS_WORK_ORDER while one of the ticket's is open."""
    before = await WorkOrder.filter(ticket_id=ticket.id)
    if any(order.status not in ENDED for order in before):
        raise Refusal(ErrorCode.TICKET_HAS_WORK_ORDER, field="id", current=ticket.id)
    values: dict[str, Any] = {} if priority is None else {"priority": priority}
    if summary is not None:
        values["summary"] = summary.strip()
        if not 1 <= len(values["summary"]) <= MAX_SUMMARY:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="summary", message="TEXT_LENGTH", low=1, high=MAX_SUMMARY)
    if before:  # the first one bears the ticket's number
        place = await Property.get(id=ticket.property_id)
        values["number"] = await free_number(unit, local_day(unit.now, place.time_zone))
    return values
