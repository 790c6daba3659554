"""How a Property's orders are given: set by whoever assigns orders there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import DispatchRule, Property
from models.errors import ErrorCode, Refusal
from models.rules.dispatch import MAX_ACCEPT_MINUTES, MAX_ROUNDS, MAX_WEIGHT, DispatchState
from models.rules.permission import Permission
from resolvers.dispatch.calling import soon
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models import WorkOrder
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit

WEIGHTS = ("skill_weight", "place_weight", "load_weight", "fairness_weight")
_RANGES = {
    **dict.fromkeys(WEIGHTS, (0, MAX_WEIGHT)),
    **dict.fromkeys(("accept_low", "accept_normal", "accept_high", "accept_urgent"), (1, MAX_ACCEPT_MINUTES)),
    "rounds": (1, MAX_ROUNDS),
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to hold; None leaves a value as it is, or takes the house's own for a new rule."""

    enabled: bool | None = None
    needs_presence: bool | None = None
    skill_weight: int | None = None
    place_weight: int | None = None
    load_weight: int | None = None
    fairness_weight: int | None = None
    accept_low: int | None = None
    accept_normal: int | None = None
    accept_high: int | None = None
    accept_urgent: int | None = None
    rounds: int | None = None

    @property
    def given(self) -> dict[str, Any]:
        """What was said."""
        return {name: value for name, value in asdict(self).items() if value is not None}


async def set_rule(
    viewer: Viewer | None, house: House, property_id: UUID, expected_version: int | None, wanted: Wanted
) -> DispatchRule:
    """Set the rule of a Property. Raises Refusal CONFLICT when another one was set meanwhile.

    Once it is enabled the house gives the orders that wait already, too.
    """
    try:
        async with unit_of_work(house, viewer) as unit:
            place = await unit.see(Property, property_id, "property_id")
            require(unit.signed_in, Permission.WORK_ORDER_ASSIGN, place.id)
            _check(wanted.given)
            before = None
            rule = await DispatchRule.filter(property_id=place.id).select_for_update().get_or_none()
            if rule is None:
                rule = await unit.add(DispatchRule, property_id=place.id, **wanted.given)
            else:
                check_version(rule, expected_version if expected_version is not None else 0)
                before = await unit.change(rule, **wanted.given)
            if not any(getattr(rule, name) for name in WEIGHTS):
                raise Refusal(ErrorCode.BAD_USER_INPUT, field="load_weight", message="DISPATCH_WEIGHTS")
            unit.audit("dispatchRule.set", before, rule)
            await soon(unit, place.id)
    except UniqueViolation:
        raise Refusal(ErrorCode.CONFLICT, field="expected_version", expected=0, actual=1) from None
    return rule


async def to_be_accepted(unit: Unit, order: WorkOrder) -> dict[str, Any]:
    """What an order that a person gives waits for, in a Property that lets the house look after them; else nothing."""
    rule = await DispatchRule.filter(property_id=order.property_id, enabled=True).get_or_none()
    if rule is None:
        return {}
    return {"dispatch_state": DispatchState.OFFERED, "dispatch_due_at": unit.now + accept_time(rule, order)}


def accept_time(rule: DispatchRule, order: WorkOrder) -> timedelta:
    """How long somebody has to accept an order."""
    return timedelta(minutes=getattr(rule, f"accept_{order.priority.value.lower()}"))


def _check(given: dict[str, Any]) -> None:
    for name, (low, high) in _RANGES.items():
        if name in given and not low <= given[name] <= high:
            raise Refusal(ErrorCode.BAD_USER_INPUT, field=name, message="WHOLE_NUMBER", low=low, high=high)
