"""Who may be given orders of a Property now, as the score sees them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models import Attendance, ShiftAssignment, StaffSkill
from models.rules.dispatch import LATELY, NEAR, UNITS, Candidate, Spot
from models.rules.permission import ROLE_PERMISSIONS, Permission
from models.rules.place import local_day
from models.rules.ticket import Priority

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from models import Property, WorkOrder
    from models.rules.dispatch import DispatchReason
    from resolvers.unit import Unit

_WORKING = sorted(role.value for role, held in ROLE_PERMISSIONS.items() if Permission.WORK_ORDER_WORK in held)
_WORKERS = f"""
SELECT DISTINCT a.staff_id FROM role_assignment r
JOIN account a ON a.id = r.account_id JOIN staff s ON s.id = a.staff_id
WHERE r.organization_id = $1 AND (r.property_id IS NULL OR r.property_id = $2)
AND r.role IN ({", ".join(f"'{role}'" for role in _WORKING)})
AND r.valid_from <= $3 AND (r.valid_until IS NULL OR r.valid_until > $3) AND a.disabled_at IS NULL
AND s.employed_from <= $4 AND (s.employed_until IS NULL OR s.employed_until >= $4)"""  # noqa: S608 - our own names
_OPEN = """
SELECT assignee_id, priority, COUNT(*) AS orders FROM work_order WHERE organization_id = $1
AND status IN ('ASSIGNED', 'ACCEPTED', 'EN_ROUTE', 'IN_PROGRESS', 'WAITING_FOR_PARTS')
AND assignee_id IN ({}) GROUP BY assignee_id, priority"""
_LATELY = """
SELECT assignee_id, priority, property_id, building_id, unit_id, departed_at, started_at, completed_at FROM work_order
WHERE organization_id = $1 AND assigned_at > $2 AND assignee_id IN ({})"""


async def workers(unit: Unit, place: Property, staff_id: UUID | None = None) -> set[UUID]:
    """Who of the staff is employed and does work orders in a Property: all, or only `staff_id`, if he does."""
    values = [unit.organization_id, place.id, unit.now, local_day(unit.now, place.time_zone)]
    only = "" if staff_id is None else " AND a.staff_id = $5"
    rows = await unit.tx.fetch(_WORKERS + only, *values, *([] if staff_id is None else [staff_id]))
    return {unit.house.database.value("UUIDField", row["staff_id"]) for row in rows}


@dataclass
class Crew:
    """The candidates of a Property; what one is given counts at once."""

    people: dict[UUID, Candidate]

    @classmethod
    async def muster(cls, unit: Unit, place: Property) -> Crew:
        """As they are now."""
        ids = sorted(await workers(unit, place))
        if not ids:
            return cls({})
        skills = await _skills(ids)
        shift = await _on_shift(unit, place)
        here = await _present(unit, place)
        load = await _open(unit, ids)
        lately, places = await _lately(unit, ids)
        return cls(
            {
                id_: Candidate(
                    id_,
                    skills[id_],
                    on_shift=id_ in shift,
                    present=id_ in here,
                    open=load[id_],
                    lately=lately[id_],
                    place=places.get(id_),
                )
                for id_ in ids
            }
        )

    def asked(self, already: Mapping[UUID, DispatchReason]) -> Iterable[Candidate]:
        """For an order about which some of them were asked already."""
        return (replace(one, asked=already.get(one.id)) for one in self.people.values())

    def gave(self, id_: UUID, order: WorkOrder) -> None:
        """One more order is his."""
        one, units = self.people[id_], UNITS[order.priority]
        held = dict(one.open or {})
        held[order.priority] = held.get(order.priority, 0) + units
        self.people[id_] = replace(one, open=held, lately=one.lately + units)

    def took(self, id_: UUID, order: WorkOrder) -> None:
        """An order that he did not accept is his no more."""
        if id_ in self.people:
            one = self.people[id_]
            held = dict(one.open or {})
            held[order.priority] = max(held.get(order.priority, 0) - UNITS[order.priority], 0)
            self.people[id_] = replace(one, open=held)


def skill_key(text: str) -> str:
    """A skill as it is compared: upper and lower case are alike."""
    return text.strip().casefold()


async def _skills(ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """By the code and by the name of each."""
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    rows = StaffSkill.filter(staff_id__in=ids, ended_at=None)
    for row in await rows.values("staff_id", "level", "skill__code", "skill__name"):
        for name in (row["skill__code"], row["skill__name"]):
            found[row["staff_id"]][skill_key(name)] = row["level"]
    return found


async def _on_shift(unit: Unit, place: Property) -> set[UUID]:
    now = {"starts_at__lte": unit.now, "ends_at__gt": unit.now, "cancelled_at": None}
    rows = ShiftAssignment.filter(organization_id=unit.organization_id, property_id=place.id, **now)
    return set(await rows.values_list("staff_id", flat=True))  # type: ignore[arg-type]  # flat: no tuples


async def _present(unit: Unit, place: Property) -> set[UUID]:
    """Who has checked in, and not out."""
    rows = Attendance.filter(organization_id=unit.organization_id, property_id=place.id, checked_out_at=None)
    return set(await rows.values_list("staff_id", flat=True))  # type: ignore[arg-type]  # flat: no tuples


async def _open(unit: Unit, ids: Collection[UUID]) -> dict[UUID, dict[Priority, int]]:
    """Units of the orders that each has not done yet, in any Property."""
    marks = ", ".join(f"${n}" for n in range(2, 2 + len(ids)))
    found: dict[UUID, dict[Priority, int]] = defaultdict(dict)
    for row in await unit.tx.fetch(_OPEN.format(marks), unit.organization_id, *ids):
        priority = Priority(row["priority"])
        found[_key(unit, row["assignee_id"])][priority] = row["orders"] * UNITS[priority]
    return found


async def _lately(unit: Unit, ids: Collection[UUID]) -> tuple[dict[UUID, int], dict[UUID, Spot]]:
    """Units that each was given lately, and where each of them works or worked last."""
    marks = ", ".join(f"${n}" for n in range(3, 3 + len(ids)))
    given: dict[UUID, int] = defaultdict(int)
    last: dict[UUID, tuple[Any, Spot]] = {}
    instant = unit.house.database.value
    for row in await unit.tx.fetch(_LATELY.format(marks), unit.organization_id, unit.now - LATELY, *ids):
        id_ = _key(unit, row["assignee_id"])
        given[id_] += UNITS[Priority(row["priority"])]
        stamp = row["completed_at"] or row["started_at"] or row["departed_at"]
        at = instant("DatetimeField", stamp) if stamp is not None else None
        if at is None or at < unit.now - NEAR or (id_ in last and last[id_][0] >= at):
            continue
        last[id_] = (at, Spot(*(_key(unit, row[name]) for name in ("property_id", "building_id", "unit_id"))))
    return given, {id_: spot for id_, (_, spot) in last.items()}


def _key(unit: Unit, raw: Any) -> Any:
    return None if raw is None else unit.house.database.value("UUIDField", raw)
