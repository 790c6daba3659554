"""What was decided about an order, kept as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import DispatchDecision
from models.rules.dispatch import DispatchOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from models import WorkOrder
    from models.rules.dispatch import Considered, Decision
    from resolvers.unit import Unit

MOST_RANKED, MOST_LEFT_OUT = 10, 50  # of candidates that a decision keeps: the best, and those left out last


async def by_hand(unit: Unit, order: WorkOrder, staff_id: UUID) -> DispatchDecision:
    """Somebody gave it to `staff_id`: who."""
    return await _keep(unit, order, DispatchOutcome.BY_HAND, staff_id=staff_id, decided_by_id=unit.signed_in.staff_id)


async def by_house(
    unit: Unit, order: WorkOrder, outcome: DispatchOutcome, decision: Decision, staff_id: UUID | None = None
) -> DispatchDecision:
    """The house gave it to the chosen one; or, when it gave it to nobody, whom it told of that."""
    chosen = decision.chosen if outcome is DispatchOutcome.ASSIGNED else None
    return await _keep(
        unit,
        order,
        outcome,
        staff_id=chosen.id if chosen else staff_id,
        score=chosen.score if chosen else None,
        reason=decision.reason,
        candidates=list(_written(decision.considered)),
    )


async def _keep(unit: Unit, order: WorkOrder, outcome: DispatchOutcome, **values: Any) -> DispatchDecision:
    where = {"property_id": order.property_id, "work_order_id": order.id, "round": order.dispatch_round}
    empty: dict[str, Any] = {"staff_id": None, "decided_by_id": None, "score": None, "reason": None, "candidates": []}
    return await unit.add(DispatchDecision, outcome=outcome, **{**where, **empty, **values})


def _written(considered: Iterable[Considered]) -> Iterable[dict[str, Any]]:
    ranked = left_out = 0
    for one in considered:
        if one.excluded is None:
            ranked += 1
            if ranked <= MOST_RANKED:
                terms = [[term.term.value, term.amount, term.weight, term.scale] for term in one.terms]
                yield {"staff": str(one.id), "terms": terms}
            continue
        left_out += 1
        if left_out <= MOST_LEFT_OUT:
            yield {"staff": str(one.id), "excluded": one.excluded.value}
