"""Figures: the sheet of a month, a line for each of the staff, and how many are present now. One statement each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from models import Attendance, ShiftAssignment
from models.predicate import EVERYTHING, NOTHING, Params, all_of, eq, is_null, less, negate, to_sql
from models.query import Query
from models.rules.attendance import month_of
from models.rules.permission import Permission
from models.scope import visible
from resolvers.attendance.reading import missing
from resolvers.shift import on_duty

if TYPE_CHECKING:
    from datetime import date, datetime

    from models.predicate import Predicate
    from models.viewer import Viewer
    from resolvers.ports import House

LINES = 500  # a page of the sheet


@dataclass(frozen=True)
class Line:
    """A month of one member of staff in a Property."""

    staff_id: UUID
    shifts: int
    days: int
    minutes: int
    late: int
    late_minutes: int
    early: int
    early_minutes: int
    missed: int
    forgotten: int
    corrected: int


@dataclass(frozen=True)
class Presence:
    """How many at one instant."""

    on_duty: int
    present: int
    missing: int
    off_roster: int


# What was worked beside what was planned: people without the one or the other are on it too.
_SHEET = """
SELECT staff_id, CAST(SUM(shifts) AS INTEGER) AS shifts, COUNT(DISTINCT worked) AS days,
    CAST(COALESCE(SUM(minutes), 0) AS INTEGER) AS minutes,
    COUNT(CASE WHEN late_minutes > 0 THEN 1 END) AS late,
    CAST(SUM(late_minutes) AS INTEGER) AS late_minutes,
    COUNT(CASE WHEN early_minutes > 0 THEN 1 END) AS early,
    CAST(SUM(early_minutes) AS INTEGER) AS early_minutes,
    COUNT(CASE WHEN status = 'MISSED' THEN 1 END) AS missed,
    COUNT(CASE WHEN status = 'FORGOTTEN' THEN 1 END) AS forgotten,
    COUNT(corrected_at) AS corrected
FROM (
    SELECT t.staff_id, 0 AS shifts, CASE WHEN t.status <> 'MISSED' THEN t.day END AS worked, t.minutes,
        t.late_minutes, t.early_minutes, t.status, t.corrected_at
    FROM attendance t WHERE {stays}
    UNION ALL
    SELECT t.staff_id, 1, NULL, 0, 0, 0, NULL, NULL FROM shift_assignment t WHERE {duties}
) s GROUP BY staff_id ORDER BY staff_id LIMIT {most}"""


async def sheet(
    viewer: Viewer | None, house: House, property_id: UUID, month: date, after: UUID | None = None
) -> list[Line]:
    """The month that a day lies in, of whom the viewer sees, by the id of the staff, `LINES` after one of them."""
    if viewer is None:
        return []
    first, end = month_of(month)
    params = Params(house.database.dialect)
    period = all_of(
        eq("property_id", property_id),
        negate(less("day", first)),
        less("day", end),
        EVERYTHING if after is None else all_of(negate(less("staff_id", after)), negate(eq("staff_id", after))),
        EVERYTHING if viewer.may(Permission.ATTENDANCE_READ, property_id) else _mine(viewer),
    )
    text = _SHEET.format(
        stays=to_sql(all_of(visible(Attendance, viewer), period), params),
        duties=to_sql(all_of(visible(ShiftAssignment, viewer), period, is_null("cancelled_at")), params),
        most=LINES,
    )
    rows = await house.database.fetch(text, params.values, viewer.organization_id)
    key = house.database.value
    numbers = [name for name in Line.__dataclass_fields__ if name != "staff_id"]
    return [Line(key("UUIDField", row["staff_id"]), *(row[name] for name in numbers)) for row in rows]


def _mine(viewer: Viewer) -> Predicate:
    return eq("staff_id", viewer.staff_id) if viewer.staff_id else NOTHING


async def presence(viewer: Viewer, house: House, property_id: UUID, at: datetime) -> Presence | None:
    """How many there are at an instant; None without roster.read there."""
    if not viewer.may(Permission.ROSTER_READ, property_id):
        return None
    params = Params(house.database.dialect)

    def count(query: Query) -> str:
        return f"(SELECT COUNT(*) FROM {query.model._meta.db_table} t WHERE {to_sql(query.where, params)})"  # noqa: S608 - our own names

    duty, absent = on_duty(viewer, property_id, at), missing(viewer, property_id, at)
    here = Query(Attendance, eq("organization_id", viewer.organization_id)).only(  # how many, not who since when
        eq("property_id", property_id), is_null("checked_out_at")
    )
    text = f"SELECT {count(duty)} AS duty, {count(absent)} AS absent, {count(here)} AS here"
    (row,) = await house.database.fetch(text, params.values, viewer.organization_id)
    there = row["duty"] - row["absent"]
    return Presence(row["duty"], there, row["absent"], row["here"] - there)
