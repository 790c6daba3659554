"""What a rule and a decision show, and what the verb takes and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

import models
from models.rules.dispatch import DispatchOutcome, DispatchReason, DispatchTerm, Points
from schema.base import Node, Payload, column, node, ref, text, to_one
from schema.base.field import Spec, declare
from schema.messages import dispatch_text
from schema.place import Property
from schema.staff import Staff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schema.batch.row import Row
    from schema.work_order.type import WorkOrder


@node(models.DispatchRule, "派工规则: how a Property's orders are given. Without one, people give them.")
class DispatchRule(Node):
    """How a Property's orders are given."""

    property: Property | None = to_one("The estate.")
    enabled: bool = column("Whether the house gives orders; otherwise people do.")
    needs_presence: bool = column("Whether only those get orders who have checked in; otherwise all on shift.")
    skill_weight: int = column("Points for each level of the skill that an order takes.")
    place_weight: int = column("Points for each step nearer: the Property, the Building, the Unit of the last work.")
    load_weight: int = column("Points lost for each unit of open orders that go before it.")
    fairness_weight: int = column("Points lost for each unit that somebody was given in the last 24 hours.")
    accept_low: int = column("Minutes in which somebody has to accept an order of priority LOW.")
    accept_normal: int = column("The same for NORMAL.")
    accept_high: int = column("The same for HIGH.")
    accept_urgent: int = column("The same for URGENT.")
    rounds: int = column("How many people are asked before it escalates.")
    created_at: datetime = column("When it was first set.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@strawberry.type(description="A term of a score: why somebody got or lost points.")
class DispatchTermPoints:
    """A term of a score."""

    code: DispatchTerm = strawberry.field(description="What it is about.")
    points: int = strawberry.field(description="Points; below zero they are lost.")
    text: str = strawberry.field(description="In words, in the caller's language.")


@strawberry.type(description="Somebody who was considered for an order, or left out.")
class DispatchCandidate:
    """Somebody who was considered, or left out."""

    score: int | None = strawberry.field(description="All points together; null for who was left out.")
    terms: list[DispatchTermPoints] = strawberry.field(description="How they came about; empty for who was left out.")
    excluded: DispatchReason | None = strawberry.field(description="Why left out; null for who was considered.")
    text: str = strawberry.field(description="The same in words, in the caller's language.")
    reader: strawberry.Private[Any]
    staff_id: strawberry.Private[UUID]

    @strawberry.field(description="Who; null for a viewer who may not see the staff.")
    def staff(self) -> Staff | None:
        """Batched with every other reference to Staff."""
        found: Staff | None = self.reader.one("Staff", self.staff_id)
        return found


def _terms(kept: list[list[Any]], locale: str) -> list[DispatchTermPoints]:
    shown = []
    for code, amount, weight, scale in kept:
        term = DispatchTerm(code)
        words = dispatch_text(_key(term, amount), locale, {"amount": abs(amount)})
        points = Points(term, amount, weight, scale).points
        shown.append(DispatchTermPoints(code=term, points=points, text=words))
    return shown


def _key(term: DispatchTerm, amount: int) -> str:
    return f"PLACE_{amount}" if term is DispatchTerm.PLACE else term.value


def _candidate(kept: Mapping[str, Any], row: Row) -> DispatchCandidate:
    locale = row.reader.locale
    terms = _terms(kept.get("terms", []), locale)
    excluded = DispatchReason(kept["excluded"]) if "excluded" in kept else None
    words = [dispatch_text(excluded.value, locale, {})] if excluded else [term.text for term in terms]
    return DispatchCandidate(
        score=None if excluded else sum(term.points for term in terms),
        terms=terms,
        excluded=excluded,
        text=("；" if locale == "zh" else "; ").join(words),
        reader=row.reader,
        staff_id=UUID(kept["staff"]),
    )


@dataclass(frozen=True)
class CandidatesSpec(Spec):
    """Those that a decision keeps; `chosen`: the terms of who was chosen alone."""

    chosen: bool = False

    def needs(self, name: str) -> set[str]:
        """The column that has them all."""
        return {"candidates", "outcome"}

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> Any:
        """Of the row itself."""
        kept = row.values["candidates"]
        if not self.chosen:
            return [_candidate(one, row) for one in kept]
        assigned = DispatchOutcome(row.values["outcome"]) is DispatchOutcome.ASSIGNED
        return _terms(kept[0]["terms"], row.reader.locale) if assigned else []


class DecisionTextSpec(Spec):
    """A decision in the caller's language."""

    def needs(self, name: str) -> set[str]:
        """What it says."""
        return {"outcome", "reason", "score", "round"}

    def resolve(self, name: str, row: Row, arguments: Mapping[str, Any]) -> str:
        """What was decided, and why nobody, if it was nobody."""
        outcome, reason = DispatchOutcome(row.values["outcome"]), row.values["reason"]
        locale = row.reader.locale
        said = dispatch_text(f"OUTCOME_{outcome.value}", locale, {"score": row.values["score"]})
        why = dispatch_text(DispatchReason(reason).value, locale, {}) if reason else ""
        return f"{said}{'：' if locale == 'zh' else ': '}{why}" if why else said


@node(models.DispatchDecision, "派工记录: what was decided about an order and why; it never changes.")
class DispatchDecision(Node):
    """What was decided about an order and why."""

    work_order: Annotated[WorkOrder, strawberry.lazy("schema.work_order.type")] | None = to_one("The order.")
    outcome: DispatchOutcome = column("What was decided.")
    staff: Staff | None = to_one("Who got it; when it escalated, who leads those who did not take it.")
    decided_by: Staff | None = to_one("Who gave it by hand; null when the house did.")
    reason: DispatchReason | None = column("Why nobody got it.")
    score: int | None = column("All points of who got it; null when it was given by hand, or to nobody.")
    terms: list[DispatchTermPoints] = declare(CandidatesSpec(chosen=True), "How the score came about.")
    text: str = declare(DecisionTextSpec(), "The same in words, in the caller's language.")
    candidates: list[DispatchCandidate] = declare(
        CandidatesSpec(),
        "The best 10 of those who were considered, the best first, then up to 50 who were left out, last those who can"
        " not do it at all.",
    )
    round: int = column("How many people the house had asked before.")
    occurred_at: datetime = column("When it was decided.", source="created_at")


POINTS = "0 to 100; as it is, or the house's own, without it."
MINUTES = "1 to 1,440; as it is, or the house's own, without it."


@strawberry.input(description="How a Property's orders are to be given; what is not sent stays.")
class DispatchRuleSetInput:
    """How a Property's orders are to be given."""

    property_id: strawberry.ID = ref("Property", "The estate.")
    expected_version: int | None = text(
        "The version of its rule that the viewer saw; without one, it has none yet. Another one is a CONFLICT.",
        optional=True,
    )
    enabled: bool | None = text(
        "Whether the house gives orders. Those that wait already are given, too.", optional=True
    )
    needs_presence: bool | None = text("Whether only those get orders who have checked in.", optional=True)
    skill_weight: int | None = text(f"Points for each level of skill, {POINTS}", optional=True)
    place_weight: int | None = text(f"Points for each step nearer, {POINTS}", optional=True)
    load_weight: int | None = text(f"Points lost for each unit of open orders, {POINTS}", optional=True)
    fairness_weight: int | None = text(f"Points lost for each unit given lately, {POINTS}", optional=True)
    accept_low: int | None = text(f"Minutes to accept an order of priority LOW, {MINUTES}", optional=True)
    accept_normal: int | None = text(f"The same for NORMAL, {MINUTES}", optional=True)
    accept_high: int | None = text(f"The same for HIGH, {MINUTES}", optional=True)
    accept_urgent: int | None = text(f"The same for URGENT, {MINUTES}", optional=True)
    rounds: int | None = text("How many people are asked before it escalates, 1 to 10.", optional=True)


@strawberry.type(description="Answer to dispatchRuleSet.")
class DispatchRuleSetPayload(Payload):
    """The rule."""

    dispatch_rule: DispatchRule | None = strawberry.field(default=None, description="The rule as it is now.")
