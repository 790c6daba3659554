"""How well service levels were kept: counts, and median and 90th percentile of working minutes, in one statement.

What a clock counted is kept on it when it stops, so no calendar is asked here. Whole minutes are counted first (a few
thousand different ones at most) and ranked then: no statement sorts as many rows as there are clocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import SlaClock
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Params, all_of, eq, less, to_sql
from models.rules.permission import Permission
from models.rules.sla import MAX_STATISTIC_DAYS, SlaClockKind, SlaGroup
from models.scope import visible
from models.scope.word import where as standing_in

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

_GROUPS = {
    SlaGroup.CATEGORY: "t.ticket_category_id",
    SlaGroup.TEAM: "t.team_id",
    SlaGroup.PROPERTY: "t.property_id",
    SlaGroup.DAY: "t.day",
    SlaGroup.MONTH: "substr(CAST(t.day AS TEXT), 1, 7)",
}
# Nearest rank: the least whole minute that so many of those that were stopped did not exceed.
_STATISTICS = """
WITH h AS (SELECT {group} AS g, t.kind AS kind,
        CASE WHEN t.state IN ('MET', 'MISSED') THEN t.elapsed_seconds / 60 END AS m,
        COUNT(*) AS n, COUNT(t.breached_at) AS late, COUNT(CASE WHEN t.state = 'MET' THEN 1 END) AS met
    FROM sla_clock t WHERE {where} AND t.state <> 'CANCELLED' GROUP BY 1, 2, 3),
r AS (SELECT g, kind, m, n, late, met,
        SUM(n) OVER (PARTITION BY g, kind, m IS NULL ORDER BY m) AS upto,
        SUM(n) OVER (PARTITION BY g, kind, m IS NULL) AS ended FROM h)
SELECT g, kind, SUM(n) AS count, SUM(met) AS met, SUM(late) AS breached,
    MIN(CASE WHEN upto * 2 >= ended THEN m END) AS median,
    MIN(CASE WHEN upto * 10 >= ended * 9 THEN m END) AS p90
FROM r GROUP BY g, kind ORDER BY g, kind
"""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Of which clocks: begun from the day `since` on and before the day `until`, in one Property or in all."""

    since: date
    until: date
    group: SlaGroup
    property_id: UUID | None = None


@dataclass(frozen=True)
class Figures:
    """Of one kind of clock in one group; the minutes are whole working minutes, None while none is over."""

    count: int = 0
    met: int = 0
    breached: int = 0
    median: int | None = None
    p90: int | None = None


async def statistics(
    viewer: Viewer | None, house: House, wanted: Wanted
) -> list[tuple[Any, dict[SlaClockKind, Figures]]]:
    """By the group's key (an id, a date, YYYY-MM, None): figures of each kind, of where the viewer reads tickets."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    if not 0 < (wanted.until - wanted.since).days <= MAX_STATISTIC_DAYS:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="until", message="DAYS_BETWEEN", low=1, high=MAX_STATISTIC_DAYS)
    params = Params(house.database.dialect)
    where = to_sql(
        all_of(
            visible(SlaClock, viewer),
            standing_in(viewer, Permission.TICKET_READ),
            EVERYTHING if wanted.property_id is None else eq("property_id", wanted.property_id),
            less("day", wanted.until),
        ),
        params,
    )
    where += f" AND t.day >= {params.add(wanted.since)}"  # a negated `less` is no bound to SQLite's planner
    sql = _STATISTICS.format(group=_GROUPS[wanted.group], where=where)
    found: dict[Any, dict[SlaClockKind, Figures]] = {}
    for row in await house.database.fetch(sql, params.values, viewer.organization_id):
        figures = {name: None if row[name] is None else int(row[name]) for name in Figures.__dataclass_fields__}
        key = row["g"]
        if key is not None and wanted.group is not SlaGroup.MONTH:
            key = house.database.value("DateField" if wanted.group is SlaGroup.DAY else "UUIDField", key)
        found.setdefault(key, {})[SlaClockKind(row["kind"])] = Figures(**figures)  # type: ignore[arg-type]
    return list(found.items())
