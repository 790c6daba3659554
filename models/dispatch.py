"""DispatchRule, DispatchDecision (派工规则, 派工记录): how a Property's orders are given, and how each was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.dispatch import DEFAULT_ACCEPT, DEFAULT_ROUNDS, DispatchOutcome, DispatchReason, Weights
from models.rules.ticket import Priority

if TYPE_CHECKING:
    from uuid import UUID


class DispatchRule(Versioned):
    """How the orders of a Property are given; without one, or not `enabled`, people give them."""

    property: Any = reference("Property")
    enabled = fields.BooleanField(default=False)
    needs_presence = fields.BooleanField(default=False, description="only who has checked in")
    skill_weight = fields.IntField(default=Weights.skill)
    place_weight = fields.IntField(default=Weights.place)
    load_weight = fields.IntField(default=Weights.load)
    fairness_weight = fields.IntField(default=Weights.fairness)
    accept_low = fields.IntField(default=DEFAULT_ACCEPT[Priority.LOW], description="minutes")
    accept_normal = fields.IntField(default=DEFAULT_ACCEPT[Priority.NORMAL], description="minutes")
    accept_high = fields.IntField(default=DEFAULT_ACCEPT[Priority.HIGH], description="minutes")
    accept_urgent = fields.IntField(default=DEFAULT_ACCEPT[Priority.URGENT], description="minutes")
    rounds = fields.IntField(default=DEFAULT_ROUNDS, description="how many are asked before it escalates")

    if TYPE_CHECKING:
        property_id: UUID

    class Meta:
        table = "dispatch_rule"


class DispatchDecision(Record):
    """What was decided about an order, for good: `staff` is who gets it, or who leads those who did not take it.

    `candidates`: the best first, then who was left out; each `{staff, terms: [{term, amount, weight, scale}]}` or
    `{staff, excluded}`.
    """

    property: Any = reference("Property")
    work_order: Any = reference("WorkOrder")
    staff: Any = reference("Staff", null=True)
    decided_by: Any = reference("Staff", null=True)
    outcome = fields.CharEnumField(DispatchOutcome, max_length=32)
    reason = fields.CharEnumField(DispatchReason, max_length=32, null=True)
    round = fields.IntField(default=0, description="how many the house had asked by then")
    score = fields.IntField(null=True)
    candidates: Any = fields.JSONField()

    if TYPE_CHECKING:
        property_id: UUID
        work_order_id: UUID
        staff_id: UUID | None
        decided_by_id: UUID | None

    class Meta:
        table = "dispatch_decision"


class DispatchCall(Record):
    """Something happened that lets orders of a Property be given: the job looks, and the row is gone."""

    property: Any = reference("Property")

    if TYPE_CHECKING:
        property_id: UUID

    class Meta:
        table = "dispatch_call"
