"""The board of a Property: how many orders are open, by status, as of a position of its live stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.rules.permission import Permission
from models.rules.work_order import ENDED, WorkOrderStatus
from subscriptions.work_order import WorkOrderChanged

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

COLUMNS = tuple(status for status in WorkOrderStatus if status not in ENDED)
_NOW = 2**63 - 1  # no event has a later position


async def board(
    viewer: Viewer | None, house: House, property_id: UUID, position: int | None
) -> dict[WorkOrderStatus, int] | None:
    """How many orders of a Property have each status that is not an end; None without work_order.read there.

    With `position` as they stood when its stream was there: what the events after it did is taken back, in the one
    statement that counts. So a client counts on from that cursor by `fromStatus` and `toStatus` of every event, and
    none is counted twice.
    """
    if viewer is None or not viewer.may(Permission.WORK_ORDER_READ, property_id):
        return None
    values = [viewer.organization_id, property_id, _NOW if position is None else position, WorkOrderChanged.TYPE]
    rows = await house.database.fetch(_COUNT, values, viewer.organization_id)
    found = {row["status"]: int(row["number"]) for row in rows}
    return {status: found.get(status.value, 0) for status in COLUMNS} if rows else None


_OPEN = ", ".join(f"'{status.value}'" for status in COLUMNS)
# A row without a status says that the Property is one of the Organization's.
_COUNT = f"""
WITH late AS (SELECT data ->> 'from_status' AS was, data ->> 'to_status' AS became FROM event
    WHERE stream_id = $2 AND position > $3 AND organization_id = $1 AND type = $4),
part AS (
    SELECT CAST(NULL AS TEXT) AS status, 0 AS number FROM property WHERE organization_id = $1 AND id = $2
    UNION ALL SELECT status, COUNT(*) FROM work_order
        WHERE organization_id = $1 AND property_id = $2 AND status IN ({_OPEN}) GROUP BY status
    UNION ALL SELECT was, COUNT(*) FROM late WHERE was IS NOT NULL GROUP BY was
    UNION ALL SELECT became, -COUNT(*) FROM late GROUP BY became)
SELECT status, SUM(number) AS number FROM part GROUP BY status
"""  # noqa: S608 - our own words
