"""Warns of clocks that will soon be due, and tells which are late: each once, with any number of workers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from resolvers.sla import watch
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from resolvers.ports import House

BATCH = 100  # clocks a transaction
# Each has a partial index (0026_sla.sql).
_LATE = (
    "SELECT id FROM sla_clock WHERE organization_id = $1 AND due_at <= $2 AND state IN ('RUNNING', 'WARNED')"
    " ORDER BY due_at LIMIT $3"
)
_SOON = (
    "SELECT id FROM sla_clock WHERE organization_id = $1 AND warn_at <= $2 AND state = 'RUNNING'"
    " ORDER BY warn_at LIMIT $3"
)


async def watch_clocks(house: House) -> None:
    """Every clock is looked at again under its lock, so again changes nothing."""
    for row in await house.database.call("organizations"):
        organization_id = UUID(str(row["id"]))
        for text in (_LATE, _SOON):
            while ids := await _due(house, organization_id, text):
                async with system_unit(house, organization_id) as unit:
                    if not await watch(unit, ids):
                        break  # another worker was before us


async def _due(house: House, organization_id: UUID, text: str) -> list[UUID]:
    """The next ones; read without a lock."""
    rows = await house.database.fetch(text, [organization_id, house.clock.now(), BATCH], organization_id)
    return [house.database.value("UUIDField", row["id"]) for row in rows]
