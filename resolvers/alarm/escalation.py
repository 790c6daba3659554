"""How long an alarm may wait: the Organization's own rows, by Property and severity, the latest effective one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from models import AlarmEscalation, Property
from models.errors import ErrorCode, Refusal
from models.query import Order, Query
from models.rules.alarm import DEFAULT_WAITS, MAX_LEVEL, MAX_MINUTES, AlarmSeverity
from models.rules.permission import Permission
from models.scope import visible
from resolvers.unit import Unit, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.viewer import Viewer
    from resolvers.ports import House

Waits = dict[tuple[UUID | None, AlarmSeverity], tuple[int, ...]]


def escalations(viewer: Viewer | None, order: Order) -> Query:
    """The rows of the Organization and of the Properties in which the viewer reads alarms, past and coming ones too."""
    return Query(AlarmEscalation, visible(AlarmEscalation, viewer), order)


async def set_waits(
    viewer: Viewer | None,
    house: House,
    severity: AlarmSeverity,
    minutes: Sequence[int],
    *,
    property_id: UUID | None = None,
    effective_from: datetime | None = None,
) -> AlarmEscalation:
    """From an instant on (now without one): the minutes that alarms of `severity` wait at level 0, 1, ….

    For one Property by who manages its devices; for the whole Organization by who manages them everywhere. A new row
    each time: what held before stays on record. [] never escalates. Raises Refusal.
    """
    async with unit_of_work(house, viewer) as unit:
        await _require(unit, property_id)
        if len(minutes) > MAX_LEVEL:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="minutes", message="TOO_MANY_LEVELS", max=MAX_LEVEL)
        if any(not 1 <= wait <= MAX_MINUTES for wait in minutes):
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="minutes", message="NUMBER_BETWEEN", low=1, high=MAX_MINUTES)
        if effective_from is not None and effective_from < unit.now:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field="effective_from", message="IN_THE_PAST")
        row = await unit.add(
            AlarmEscalation,
            property_id=property_id,
            severity=severity,
            minutes=list(minutes),
            effective_from=effective_from or unit.now,
        )
        unit.audit("alarmEscalation.set", None, row)
    return row


async def effective_waits(unit: Unit, at: datetime) -> Waits:
    """What the Organization set, as of an instant, by Property (None: all) and severity; the latest holds."""
    rows = AlarmEscalation.filter(organization_id=unit.organization_id, effective_from__lte=at)
    found: Waits = {}
    rule: Any
    for rule in await rows.order_by("effective_from", "id"):
        found[rule.property_id, rule.severity] = tuple(rule.minutes)
    return found


def waits_of(waits: Waits, property_id: UUID, severity: AlarmSeverity) -> tuple[int, ...]:
    """What holds for one alarm: the Property's own, else the Organization's, else the default."""
    for key in ((property_id, severity), (None, severity)):
        if key in waits:
            return waits[key]
    return DEFAULT_WAITS[severity]


async def _require(unit: Unit, property_id: UUID | None) -> None:
    assert unit.viewer is not None  # noqa: S101 - unit_of_work gave it
    if property_id is not None:
        place = await unit.find(Property, property_id, "property_id")
        require(unit.viewer, Permission.DEVICE_MANAGE, place.id)
    elif Permission.DEVICE_MANAGE not in unit.viewer.everywhere:
        raise Refusal(ErrorCode.FORBIDDEN, permission=Permission.DEVICE_MANAGE.value)
