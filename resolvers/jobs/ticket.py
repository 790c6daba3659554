"""Closes what was settled and nobody objected to: orders with their tickets, and answered tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from models import Ticket, WorkOrder
from models.rules.ticket import TicketEntryKind, TicketStatus
from models.rules.work_order import WorkOrderVerb, is_legal
from resolvers.timeline import enter
from resolvers.unit import system_unit
from resolvers.window import reopening
from resolvers.work_order import Told, take_step
from subscriptions.ticket import TicketChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resolvers.ports import House
    from resolvers.unit import Unit

BATCH = 100  # rows a transaction


async def close_tickets(house: House) -> None:
    """Close all whose `close_at` has come. Each is looked at again under its lock, so again changes nothing."""
    for row in await house.database.call("organizations"):
        organization_id = UUID(str(row["id"]))
        for table, settled, close in KINDS:
            while ids := await _due(house, organization_id, table, settled):
                async with system_unit(house, organization_id) as unit:
                    await close(unit, ids)


async def _due(house: House, organization_id: UUID, table: str, settled: str) -> list[UUID]:
    """The next ones; read without a lock."""
    rows = await house.database.fetch(
        f"SELECT id FROM {table} WHERE organization_id = $1 AND close_at <= $2"  # noqa: S608 - our own names
        f" AND status IN ({settled}) ORDER BY close_at LIMIT $3",
        [organization_id, house.clock.now(), BATCH],
        organization_id,
    )
    return [house.database.value("UUIDField", row["id"]) for row in rows]


async def _close_orders(unit: Unit, ids: Sequence[UUID]) -> None:
    due = WorkOrder.filter(organization_id=unit.organization_id, id__in=ids, close_at__lte=unit.now)
    for order in await due.order_by("id").select_for_update():
        if is_legal(WorkOrderVerb.EXPIRE, order.status):
            await take_step(unit, order, WorkOrderVerb.EXPIRE, Told(), actor="job")


async def _close_tickets(unit: Unit, ids: Sequence[UUID]) -> None:
    due = Ticket.filter(organization_id=unit.organization_id, id__in=ids, close_at__lte=unit.now)
    for ticket in await due.filter(status=TicketStatus.RESOLVED).order_by("id").select_for_update():
        until = await reopening(unit, ticket.property_id, ticket.ticket_category_id)
        before = await unit.change(ticket, status=TicketStatus.CLOSED, closed_at=unit.now, close_at=None, **until)
        unit.audit("ticket.close", before, ticket, actor="job")
        await enter(unit, ticket, TicketEntryKind.CLOSED, TicketChange.CLOSED)


KINDS = (("work_order", "'DONE', 'VERIFIED'", _close_orders), ("ticket", "'RESOLVED'", _close_tickets))
