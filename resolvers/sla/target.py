"""What a Property promises, by category and priority. Clocks that run keep what held when their ticket was made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from models import Property, SlaTarget, TicketCategory
from models.errors import ErrorCode, Refusal
from models.predicate import eq, is_null
from models.rules.permission import Permission
from models.rules.sla import DEFAULT_WARN, MAX_MINUTES, Target, TargetRule
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models.rules.ticket import Priority
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A target as it is set; minutes of None: no such clock."""

    response_minutes: int | None = None
    resolution_minutes: int | None = None
    warn_percent: int = DEFAULT_WARN
    around_the_clock: bool = False
    shown: bool = False


async def set_target(
    viewer: Viewer | None,
    house: House,
    property_id: UUID,
    priority: Priority,
    promise: Promise,
    ticket_category_id: UUID | None = None,
    expected_version: int | None = None,
) -> SlaTarget:
    """What holds for tickets made from now on; made, or changed when there is one (`expected_version` then)."""
    async with unit_of_work(house, viewer) as unit:
        place = await unit.find(Property, property_id, "property_id")
        require(unit.signed_in, Permission.TICKET_MANAGE, place.id)
        await _check_category(unit, place, ticket_category_id)
        _check(promise)
        about = {"property_id": place.id, "ticket_category_id": ticket_category_id, "priority": priority}
        held = SlaTarget.filter(organization_id=unit.organization_id, archived_at=None, **about)
        target = await held.select_for_update().get_or_none()
        if target is None:
            target = await unit.add(SlaTarget, archived_at=None, **about, **asdict(promise))
            unit.audit("slaTarget.set", None, target)
            return target
        check_version(target, expected_version or 0)
        before = await unit.change(target, **asdict(promise))
        unit.audit("slaTarget.set", before, target)
    return target


async def archive_target(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> SlaTarget:
    """What is less specific holds again. Again changes nothing."""
    async with unit_of_work(house, viewer) as unit:
        target = await unit.find(SlaTarget, id_, "id")
        require(unit.signed_in, Permission.TICKET_MANAGE, target.property_id)
        check_version(target, expected_version)
        if target.archived_at is None:
            before = await unit.change(target, archived_at=unit.now)
            unit.audit("slaTarget.archive", before, target)
    return target


async def rules(unit: Unit, property_id: UUID, priority: Priority) -> list[TargetRule]:
    """What the Property promises for a priority."""
    held = await unit.unscoped(
        SlaTarget, eq("property_id", property_id), eq("priority", priority), is_null("archived_at")
    )
    return [TargetRule(row.ticket_category_id, row.priority, as_target(row)) for row in held]


def as_target(row: SlaTarget) -> Target:
    """What a row promises."""
    return Target(row.response_minutes, row.resolution_minutes, row.warn_percent, row.around_the_clock, row.shown)


async def _check_category(unit: Unit, place: Property, id_: UUID | None) -> None:
    if id_ is None:
        return
    category = await unit.see(TicketCategory, id_, "ticket_category_id")
    if category.property_id != place.id:
        raise Refusal(ErrorCode.NOT_FOUND, field="ticket_category_id")
    if category.archived_at is not None:
        raise Refusal(ErrorCode.TICKET_CATEGORY_ARCHIVED, field="ticket_category_id")


def _check(promise: Promise) -> None:
    ranges = {"response_minutes": MAX_MINUTES, "resolution_minutes": MAX_MINUTES, "warn_percent": 99}
    for name, most in ranges.items():
        value = getattr(promise, name)
        if value is not None and not 1 <= value <= most:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="WHOLE_NUMBER", low=1, high=most)
