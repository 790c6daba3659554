"""Reads and the verb of dispatch."""

from __future__ import annotations

import strawberry

from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import dispatch as usecase
from schema.base import Info, ListOrder, decode, many, one, values, verb
from schema.dispatch.type import DispatchDecision, DispatchRule, DispatchRuleSetInput, DispatchRuleSetPayload
from schema.work_order import WorkOrder


@strawberry.type
class DispatchQuery:
    """Reads of dispatch."""

    @many("派工规则: the rules of the Properties in which the viewer assigns orders.", DispatchRule)
    def dispatch_rules(
        self, info: Info, property_id: strawberry.ID | None = None, order: ListOrder = ListOrder.OLDEST
    ) -> Rows:
        """Rules."""
        place = decode("Property", property_id, "property_id") if property_id else None
        return usecase.rules(info.context.viewer, order.order, place)

    @many(
        "待人工派工: orders of a Property that the house could give to nobody (`dispatchReason`), or that nobody"
        " accepted in time; the oldest first. Staff's to see.",
        WorkOrder,
        page=500,
    )
    def dispatch_queue(self, info: Info, property_id: strawberry.ID) -> Rows:
        """What waits for a person."""
        return usecase.queue(info.context.viewer, decode("Property", property_id, "property_id"))

    dispatch_rule: DispatchRule | None = one("A DispatchRule.", "DispatchRule")
    dispatch_decision: DispatchDecision | None = one("A DispatchDecision.", "DispatchDecision")


@strawberry.type
class DispatchMutation:
    """Verbs of dispatch."""

    @verb(
        "Say how a Property's orders are given: whether the house does, by which weights, how long people have to"
        " accept, how many are asked.",
        shows="DispatchRule",
        permission=Permission.WORK_ORDER_ASSIGN,
    )
    async def dispatch_rule_set(self, info: Info, input: DispatchRuleSetInput) -> DispatchRuleSetPayload | None:
        """Set it."""
        given = values(input)
        place, version = given.pop("property_id"), given.pop("expected_version")
        context = info.context
        rule = await usecase.set_rule(context.viewer, context.house, place, version, usecase.Wanted(**given))
        return DispatchRuleSetPayload(dispatch_rule=await context.show("DispatchRule", rule.id))
