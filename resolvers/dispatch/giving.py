"""The house gives the orders of one Property: what waits, what nobody accepted in time, what it has to tell people.

The Property's rule stays locked, so that of any number of workers one decides at a time; an order that somebody holds
just now is left to them and looked at again. What is given is given by the step that people take, too.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import DispatchRule, Property, Team, TeamMember, WorkOrder, WorkOrderStep
from models.rules.dispatch import (
    Decision,
    DispatchOutcome,
    DispatchReason,
    DispatchState,
    Job,
    Spot,
    Weights,
    comes_first,
    decide,
)
from models.rules.place import local_day
from models.rules.work_order import WorkOrderStatus, WorkOrderVerb
from resolvers.dispatch.calling import soon
from resolvers.dispatch.crew import Crew, skill_key
from resolvers.dispatch.decision import by_house
from resolvers.dispatch.rule import accept_time
from resolvers.work_order.step import Told, take_step
from subscriptions.work_order import WorkOrderChange, changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from resolvers.unit import Unit

BATCH = 20  # orders a transaction
MOST = 1_000  # waiting orders that are looked through, the oldest
AGAIN = timedelta(minutes=1)  # between two looks at an order for which there is nobody
_WAITING = (WorkOrderStatus.CREATED, WorkOrderStatus.REJECTED)
_HISTORY = (WorkOrderVerb.ASSIGN, WorkOrderVerb.ACCEPT, WorkOrderVerb.DECLINE)
Asked = dict["UUID", DispatchReason]


async def give_orders(unit: Unit, property_id: UUID) -> bool:
    """Give what is to be given; whether more waits than one transaction takes."""
    rule = await DispatchRule.filter(property_id=property_id).select_for_update().get_or_none()
    called = await unit.tx.call("dispatch_answered", unit.organization_id, property_id)
    if rule is None or not rule.enabled:
        return await _let_go(unit, property_id)
    found = await _due(unit, property_id, everything=bool(called))
    if not found:
        return False
    batch = found[:BATCH]
    locked = WorkOrder.filter(id__in=batch).select_for_update(skip_locked=True)
    orders = {order.id: order for order in await locked}
    if len(orders) < len(batch):
        await soon(unit, property_id)
    place = await Property.get(id=property_id)
    desk = _Desk(unit, rule, place, await Crew.muster(unit, place), await _asked(orders.values()))
    for id_ in batch:
        if id_ in orders:
            await desk.see_to(orders[id_])
    return len(found) > BATCH and bool(orders)


async def _let_go(unit: Unit, property_id: UUID) -> bool:
    """People give the orders there by now: what the house was about with them is theirs; whether there are more."""
    held = WorkOrder.filter(
        organization_id=unit.organization_id, property_id=property_id, dispatch_due_at__lte=unit.now
    )
    orders = await held.order_by("id").limit(BATCH).select_for_update(skip_locked=True)
    for order in orders:
        await unit.change(order, dispatch_state=None, dispatch_reason=None, dispatch_due_at=None)
    return len(orders) == BATCH


async def _due(unit: Unit, property_id: UUID, *, everything: bool) -> list[UUID]:
    """The most urgent first; read without a lock. `everything`: those that wait for their next look, too."""
    open_ones = WorkOrder.filter(property_id=property_id, status__in=_WAITING).order_by("id").limit(MOST)
    waiting = await open_ones.values("id", "priority", "created_at", "dispatch_state", "dispatch_due_at")
    late = await WorkOrder.filter(
        organization_id=unit.organization_id,
        property_id=property_id,
        dispatch_due_at__lte=unit.now,
        status=WorkOrderStatus.ASSIGNED,
    ).values("id", "priority", "created_at")
    now = unit.now
    ready = [
        row
        for row in waiting
        if everything
        or row["dispatch_state"] is None
        or (row["dispatch_due_at"] is not None and row["dispatch_due_at"] <= now)
    ]
    first = sorted([*ready, *late], key=lambda row: (comes_first(row["priority"], row["created_at"], now), row["id"]))
    return [row["id"] for row in first]


async def _asked(orders: Iterable[WorkOrder]) -> dict[UUID, Asked]:
    """Who has been asked about each order since it was last to be done anew, and what came of it."""
    since = {order.id: order.reopened_at for order in orders}
    found: dict[UUID, Asked] = defaultdict(dict)
    steps = WorkOrderStep.filter(work_order_id__in=list(since), verb__in=_HISTORY, assignee_id__not_isnull=True)
    for step in await steps.order_by("id").values("work_order_id", "verb", "assignee_id", "account_id", "created_at"):
        again = since[step["work_order_id"]]
        if again is not None and step["created_at"] <= again:
            continue
        asked = found[step["work_order_id"]]
        if step["verb"] is WorkOrderVerb.DECLINE:
            asked[step["assignee_id"]] = DispatchReason.DECLINED
        elif step["verb"] is WorkOrderVerb.ACCEPT:
            asked.pop(step["assignee_id"], None)
        elif step["account_id"] is None:
            asked[step["assignee_id"]] = DispatchReason.NOT_ACCEPTED
    return found


class _Desk:
    """What one transaction decides with."""

    def __init__(self, unit: Unit, rule: DispatchRule, place: Property, crew: Crew, asked: dict[UUID, Asked]) -> None:
        self._unit = unit
        self._rule = rule
        self._place = place
        self._crew = crew
        self._asked = asked
        self._weights = Weights(rule.skill_weight, rule.place_weight, rule.load_weight, rule.fairness_weight)

    async def see_to(self, order: WorkOrder) -> None:
        """Give it, or say why not. It is locked; what became of it meanwhile is looked at first."""
        if order.status in _WAITING:
            decision = self._decide(order)
            if decision.chosen is not None:
                await self._give(order, decision)
            elif self._waits_too_long(order):
                await self._escalate(order, decision)
            else:
                await self._stick(order, decision)
        elif order.status is WorkOrderStatus.ASSIGNED and order.dispatch_state is DispatchState.OFFERED:
            await self._pass_on(order)

    def _decide(self, order: WorkOrder) -> Decision:
        spot = Spot(order.property_id, order.building_id, order.unit_id)
        job = Job(spot, order.priority, skill_key(order.skill) if order.skill else None)
        asked = self._asked.get(order.id, {})
        presence = self._rule.needs_presence
        return decide(job, self._crew.asked(asked), self._weights, needs_presence=presence)

    async def _give(self, order: WorkOrder, decision: Decision) -> None:
        chosen = decision.chosen
        assert chosen is not None  # noqa: S101 - asked for by the caller
        kept = await by_house(self._unit, order, DispatchOutcome.ASSIGNED, decision)
        values: dict[str, Any] = {
            "assignee_id": chosen.id,
            "dispatch_decision_id": kept.id,
            "dispatch_state": DispatchState.OFFERED,
            "dispatch_due_at": self._unit.now + accept_time(self._rule, order),
            "dispatch_round": order.dispatch_round + 1,
        }
        await take_step(self._unit, order, WorkOrderVerb.ASSIGN, Told(), actor="job", **values)
        self._crew.gave(chosen.id, order)

    async def _pass_on(self, order: WorkOrder) -> None:
        """Nobody accepted it in time: the next one is asked, as often as the rule says."""
        if order.dispatch_due_at is None or order.dispatch_due_at > self._unit.now:
            return
        if order.assignee_id is not None:
            self._crew.took(order.assignee_id, order)
            self._asked.setdefault(order.id, {})[order.assignee_id] = DispatchReason.NOT_ACCEPTED
        decision = self._decide(order)
        own = order.dispatch_round > 0  # to whom a person gave it is a person's to change
        if decision.chosen is not None and own and order.dispatch_round < self._rule.rounds:
            await self._give(order, decision)
        else:
            await self._escalate(order, Decision(decision.considered, DispatchReason.NOT_ACCEPTED))

    async def _stick(self, order: WorkOrder, decision: Decision) -> None:
        """For nobody: told once, and again when the reason is another one."""
        again = self._unit.now + AGAIN
        if order.dispatch_state is not None and order.dispatch_reason is decision.reason:
            await self._look_later(order)
            return
        await by_house(self._unit, order, DispatchOutcome.NOBODY, decision)
        state = order.dispatch_state or DispatchState.STUCK
        await self._mark(order, WorkOrderChange.UPDATED, state, decision, dispatch_due_at=again)

    async def _escalate(self, order: WorkOrder, decision: Decision) -> None:
        """People have to see to it: who leads those that were asked, and whoever assigns orders there."""
        if order.dispatch_state is DispatchState.ESCALATED:
            await self._stick(order, decision)
            return
        leader = await self._leader(order)
        await by_house(self._unit, order, DispatchOutcome.ESCALATED, decision, leader)
        later = None if order.status is WorkOrderStatus.ASSIGNED else self._unit.now + AGAIN
        stamps = {"dispatch_due_at": later, "escalated_at": self._unit.now}
        await self._mark(order, WorkOrderChange.ESCALATED, DispatchState.ESCALATED, decision, **stamps)

    async def _mark(
        self, order: WorkOrder, change: WorkOrderChange, state: DispatchState, decision: Decision, **values: Any
    ) -> None:
        unit = self._unit
        before = await unit.change(order, dispatch_state=state, dispatch_reason=decision.reason, **values)
        unit.audit("workOrder.dispatch", before, order, actor="job")
        unit.announce(changed(change, before, order, unit.now))

    async def _look_later(self, order: WorkOrder) -> None:
        """Nothing that anybody sees."""
        order.dispatch_due_at = self._unit.now + AGAIN
        await order.save(update_fields=["dispatch_due_at"])

    async def _leader(self, order: WorkOrder) -> UUID | None:
        """Who leads a team of somebody who was asked about it, the last one first; of the Property's only one else."""
        today = local_day(self._unit.now, self._place.time_zone)
        teams = await Team.filter(property_id=order.property_id, archived_at=None, leader_id__not_isnull=True)
        leaders = {team.id: team.leader_id for team in teams}
        people = list(self._asked.get(order.id, {}))
        members = TeamMember.filter(team_id__in=list(leaders), staff_id__in=people, joined_on__lte=today)
        rows: Sequence[TeamMember] = await members.order_by("id") if people and leaders else ()
        last = {row.staff_id: leaders[row.team_id] for row in rows if row.left_on is None or row.left_on >= today}
        found = [last[id_] for id_ in reversed(people) if id_ in last]
        if found:
            return found[0]
        return next(iter(leaders.values())) if len(leaders) == 1 else None

    def _waits_too_long(self, order: WorkOrder) -> bool:
        """Whether it has waited for somebody for as long as somebody would have had to accept it."""
        since = max(at for at in (order.created_at, order.declined_at, order.reopened_at) if at is not None)
        return since + accept_time(self._rule, order) <= self._unit.now
