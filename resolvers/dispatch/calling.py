"""Has the house look at a Property's orders: whoever changes what they wait for says so in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from resolvers.unit import Unit


async def soon(unit: Unit, property_id: UUID) -> None:
    """The job looks at the Property's waiting orders within seconds of the commit; one statement, waits for nobody.

    Where people give the orders nothing is written.
    """
    await unit.tx.write(
        "INSERT INTO dispatch_call (id, organization_id, property_id, created_at)"
        " SELECT $1, $2, r.property_id, $3 FROM dispatch_rule r WHERE r.property_id = $4 AND r.enabled",
        unit.house.identity.uuid(),
        unit.organization_id,
        unit.now,
        property_id,
    )
