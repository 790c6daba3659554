"""What work cost the company, and what of it residents were charged: by order, team or Property, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models import Property
from models.errors import ErrorCode, Refusal
from models.predicate import Params, eq, to_sql
from models.rules.charge import MAX_DAYS, MOST_COSTS, WorkOrderCostGroup, whole_fen
from models.rules.permission import Permission
from models.scope import visible

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one group of orders. Amounts in fen; `key` is the order's, the team's (None: in none) or the Property's."""

    key: UUID | None
    orders: int
    labour_minutes: int
    labour: int
    materials: int
    contractors: int
    charged: int

    @property
    def total(self) -> int:
        """Labour, materials and contractors."""
        return self.labour + self.materials + self.contractors


async def costs(
    viewer: Viewer | None, house: House, property_id: UUID, since: date, until: date, group: WorkOrderCostGroup
) -> list[Cost]:
    """Of the orders that were done from day to day of the Property (both inclusive), the dearest first.

    At most MOST_COSTS; none without work_order.read and cost.read there. An order counts for the team in which its
    assignee was on the day it was done. Raises Refusal BAD_USER_INPUT for a window that is none or too long.
    """
    reckoned = since.year > 1 and until.year < 9999  # days have a next one, in every zone
    if not (reckoned and timedelta(0) <= until - since < timedelta(days=MAX_DAYS)):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="until", message="COST_WINDOW", max=MAX_DAYS)
    if viewer is None or not viewer.may(Permission.WORK_ORDER_READ, property_id):
        return []
    if not viewer.may(Permission.COST_READ, property_id):
        return []
    zone = await _zone(viewer, house, property_id)
    if zone is None:
        return []
    begin, end = (_midnight(day, zone) for day in (since, until + timedelta(days=1)))
    dialect = house.database.dialect
    # SQLite knows no zones: the offset at the end of the window serves; only who changes teams that day hangs on it.
    shift = zone.key if dialect == "postgres" else f"{int((end.utcoffset() or timedelta(0)).total_seconds())} seconds"
    values = [viewer.organization_id, property_id, begin.astimezone(UTC), end.astimezone(UTC), shift, MOST_COSTS]
    rows = await house.database.fetch(_sql(dialect, group), values, viewer.organization_id)
    value = house.database.value
    return [
        Cost(
            key=value("UUIDField", row["key"]) if row["key"] is not None else None,
            materials=whole_fen(int(row["materials"])),
            **{name: int(row[name]) for name in ("orders", "labour_minutes", "labour", "contractors", "charged")},
        )
        for row in rows
    ]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


async def _zone(viewer: Viewer, house: House, property_id: UUID) -> ZoneInfo | None:
    params = Params(house.database.dialect)
    where = f"{to_sql(visible(Property, viewer), params)} AND {to_sql(eq('id', property_id), params)}"
    sql = f"SELECT t.time_zone FROM property t WHERE {where}"  # noqa: S608 - our own words
    rows = await house.database.fetch(sql, params.values, viewer.organization_id)
    return ZoneInfo(rows[0]["time_zone"]) if rows else None


_DAY = {
    "postgres": "(w.completed_at AT TIME ZONE $5)::date",
    "sqlite": "date(w.completed_at, $5)",
}
_KEY = {
    WorkOrderCostGroup.WORK_ORDER: "o.id",
    WorkOrderCostGroup.PROPERTY: "o.property_id",
    WorkOrderCostGroup.TEAM: (
        "(SELECT m.team_id FROM team_member m WHERE m.staff_id = o.assignee_id AND m.property_id = o.property_id"
        " AND m.joined_on <= o.day AND (m.left_on IS NULL OR m.left_on >= o.day) ORDER BY m.joined_on, m.id LIMIT 1)"
    ),
}


def _sql(dialect: str, group: WorkOrderCostGroup) -> str:
    return f"""
WITH o AS (SELECT w.id, w.property_id, w.assignee_id, w.labour_minutes, w.labour_cost, {_DAY[dialect]} AS day,
    COALESCE(w.contractor_cost, 0) AS contractor,
    COALESCE((SELECT SUM(m.cost) FROM work_order_material m WHERE m.work_order_id = w.id), 0) AS material,
    COALESCE((SELECT SUM(b.amount) FROM bill b WHERE b.work_order_id = w.id), 0) AS charge
    FROM work_order w WHERE w.organization_id = $1 AND w.property_id = $2
    AND w.completed_at >= $3 AND w.completed_at < $4),
part AS (SELECT {_KEY[group]} AS key, o.* FROM o)
SELECT key, COUNT(*) AS orders, SUM(labour_minutes) AS labour_minutes, SUM(labour_cost) AS labour,
    SUM(material) AS materials, SUM(contractor) AS contractors, SUM(charge) AS charged FROM part GROUP BY key
ORDER BY SUM(labour_cost + contractor) * 100 + SUM(material) DESC, key LIMIT $6
"""  # noqa: S608 - our own words
