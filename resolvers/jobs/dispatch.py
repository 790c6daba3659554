"""Gives orders to people in the Properties that let the house do it (features.md row 16)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from adapters.database import DatabaseUnavailable
from resolvers.dispatch.giving import give_orders
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from resolvers.ports import House

logger = logging.getLogger("wuye.dispatch")


async def dispatch_orders(house: House) -> None:
    """Look at every Property in which something happened or is due. Each order is looked at again under its lock.

    What fails in one Property waits for the next run, and keeps no other one waiting.
    """
    failed: list[Exception] = []
    for row in await house.database.call("organizations"):
        organization_id = UUID(str(row["id"]))
        for property_id in await _places(house, organization_id):
            try:
                await _work_off(house, organization_id, property_id)
            except DatabaseUnavailable:
                raise
            except Exception as error:
                logger.exception("orders of property %s are not given", property_id)
                failed.append(error)
    if failed:
        raise failed[0]


async def _work_off(house: House, organization_id: UUID, property_id: UUID) -> None:
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
