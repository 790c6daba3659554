"""A new work order: of a Ticket, of an Alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Property, Ticket, WorkOrder, WorkOrderItem
from models.rules.place import local_day
from models.rules.work_order import WorkOrderStatus
from resolvers.dispatch import soon
from resolvers.sla import begin_clocks
from subscriptions.work_order import WorkOrderChange, changed

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from models import Alarm, TicketCategory
    from models.rules.ticket import Priority
    from resolvers.unit import Unit


async def open_order(unit: Unit, ticket: Ticket, category: TicketCategory | None, **values: Any) -> WorkOrder:
    """The order of a Ticket that needs somebody to go there, with what its category asks for; `values` go before."""
    asked: dict[str, Any] = {}
    if category is not None:
        asked = {"skill": category.skill, "needs_before_photo": category.before_photo}
        asked |= {"needs_after_photo": category.after_photo}
    asked |= {
        "number": ticket.number,
        "summary": f"{ticket.category}：{ticket.text}"[:200],
        "priority": ticket.priority,
    }
    order = await _open(
        unit,
        property_id=ticket.property_id,
        building_id=ticket.building_id,
        unit_id=ticket.unit_id,
        ticket_id=ticket.id,
        reporter_id=ticket.reporter_id,
        **{**asked, **values},
    )
    if category is not None:
        place = {"property_id": order.property_id, "work_order_id": order.id}
        texts = enumerate(category.checklist)
        await unit.add_all([unit.new(WorkOrderItem, position=n, text=text, **place) for n, text in texts])
    return order


async def open_for_alarm(unit: Unit, alarm: Alarm, unit_id: UUID | None, summary: str, priority: Priority) -> WorkOrder:
    """The order of an Alarm; `unit_id` is where its source stands, when that is in a Unit."""
    estate = await Property.get(id=alarm.property_id)
    order = await _open(
        unit,
        property_id=alarm.property_id,
        building_id=alarm.building_id,
        unit_id=unit_id,
        alarm_id=alarm.id,
        number=await free_number(unit, local_day(unit.now, estate.time_zone)),
        summary=summary,
        priority=priority,
    )
    await begin_clocks(unit, estate, order)
    return order


async def free_number(unit: Unit, day: date) -> str:
    """A number that no Ticket and no WorkOrder of the Organization has: an order bears its ticket's."""
    (number,) = await unit.numbers(day, Ticket, WorkOrder)
    return number


async def _open(unit: Unit, **values: Any) -> WorkOrder:
    order = await unit.add(WorkOrder, status=WorkOrderStatus.CREATED, **values)
    unit.audit("workOrder.create", None, order)
    unit.announce(changed(WorkOrderChange.CREATED, None, order, unit.now))
    await soon(unit, order.property_id)
    return order
