"""Rules of both Properties, with people giving the orders; why an order is tech1's, and one that waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import models
from models.rules.dispatch import DispatchOutcome, DispatchReason, DispatchState

if TYPE_CHECKING:
    from tests.factories.world import Builder


def furnish(builder: Builder) -> None:
    """`decision1` is about order1; tech2 was left out."""
    keys = builder.tenant.keys
    (waiting,) = [row for row in builder.rows if getattr(row, "id", None) == keys["order0"]]
    waiting.dispatch_state, waiting.dispatch_reason = DispatchState.STUCK, DispatchReason.NOT_ON_SHIFT
    for name, place in (("rule", "home"), ("away_rule", "away")):
        builder.add(name, models.DispatchRule, property_id=keys[place], enabled=False)
    terms = [["PLACE", 2, 8, 100], ["LOAD", -2, 20, 100], ["FAIRNESS", -1, 2, 100]]
    builder.add(
        "decision1",
        models.DispatchDecision,
        property_id=keys["home"],
        work_order_id=keys["order1"],
        staff_id=keys["tech1_staff"],
        outcome=DispatchOutcome.ASSIGNED,
        score=-26,
        candidates=[
            {"staff": str(keys["tech1_staff"]), "terms": terms},
            {"staff": str(keys["tech2_staff"]), "excluded": "NOT_ON_SHIFT"},
        ],
    )
