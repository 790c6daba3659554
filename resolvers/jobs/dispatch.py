"""Gives orders to people in the Properties that let the house do it (features.md row 16)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from resolvers.dispatch.giving import give_orders
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from resolvers.ports import House


async def dispatch_orders(house: House) -> None:
    """Look at every Property in which something happened or is due. Each order is looked at again under its lock."""
    for row in await house.database.call("organizations"):
        organization_id = UUID(str(row["id"]))
        for property_id in await _places(house, organization_id):
            more = True
            while more:
                async with system_unit(house, organization_id) as unit:
                    more = await give_orders(unit, property_id)


async def _places(house: House, organization_id: UUID) -> list[UUID]:
    """Where there is something to do; read without a lock."""
    rows = await house.database.fetch(
        "SELECT property_id FROM dispatch_call WHERE organization_id = $1"
        " UNION SELECT property_id FROM work_order WHERE organization_id = $1 AND dispatch_due_at <= $2",
        [organization_id, house.clock.now()],
        organization_id,
    )
    return sorted(house.database.value("UUIDField", row["property_id"]) for row in rows)
