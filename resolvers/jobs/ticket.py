"""Closes what was settled and nobody objected to, orders with their tickets; reminds people of appointments."""

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
from subscriptions.ticket import TicketChange, changed

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


async def remind_of_appointments(house: House) -> None:
    """Tell who comes and who waits, once: whoever comes second finds the ticket reminded of already."""
    for row in await house.database.call("organizations"):
        organization_id = UUID(str(row["id"]))
        while ids := await _soon(house, organization_id):
            async with system_unit(house, organization_id) as unit:
                due = Ticket.filter(organization_id=organization_id, id__in=ids, remind_at__lte=unit.now)
                for ticket in await due.order_by("id").select_for_update():
                    await _remind(unit, ticket)


async def _remind(unit: Unit, ticket: Ticket) -> None:
    """What is over by now is only taken off the list; so is what was to be reminded of while the house slept."""
    to_come = ticket.appointment_at is not None and ticket.appointment_at > unit.now
    timely = to_come and ticket.status in (TicketStatus.OPEN, TicketStatus.IN_PROGRESS)
    before = await unit.change(ticket, remind_at=None, **({"reminded_at": unit.now} if timely else {}))
    if timely:
        unit.audit("ticket.remind", before, ticket, actor="job")
        unit.announce(changed(TicketChange.REMINDED, ticket, unit.now))


async def _soon(house: House, organization_id: UUID) -> list[UUID]:
    """The next ones; read without a lock."""
    rows = await house.database.fetch(
        "SELECT id FROM ticket WHERE organization_id = $1 AND remind_at <= $2 ORDER BY remind_at LIMIT $3",
        [organization_id, house.clock.now(), BATCH],
        organization_id,
    )
    return [house.database.value("UUIDField", row["id"]) for row in rows]


KINDS = (("work_order", "'DONE', 'VERIFIED'", _close_orders), ("ticket", "'RESOLVED'", _close_tickets))
