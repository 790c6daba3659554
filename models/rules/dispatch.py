"""Who is to be given a work order: a pure score that explains itself, no I/O (features.md row 16, docs/dispatch.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from models.rules.ticket import Priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

MAX_WEIGHT = 100
MAX_ACCEPT_MINUTES = 1_440
MAX_ROUNDS = 10
LATELY = timedelta(days=1)  # what somebody was given counts for fairness for so long
NEAR = timedelta(hours=12)  # where somebody worked last says where he is for so long
AGES = timedelta(hours=4)  # an order that waits so long goes before younger ones of the next priority


class DispatchTerm(str, Enum):
    """What gives or takes points."""

    SKILL = "SKILL"
    PLACE = "PLACE"
    LOAD = "LOAD"
    FAIRNESS = "FAIRNESS"


class DispatchReason(str, Enum):
    """Why somebody is not considered, in the order in which it is asked; of all together, why nobody is."""

    NOBODY = "NOBODY"
    NO_SKILL = "NO_SKILL"
    NOT_ON_SHIFT = "NOT_ON_SHIFT"
    ABSENT = "ABSENT"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    DECLINED = "DECLINED"


class DispatchState(str, Enum):
    """What the house is about with an order."""

    OFFERED = "OFFERED"
    STUCK = "STUCK"
    ESCALATED = "ESCALATED"


class DispatchOutcome(str, Enum):
    """What was decided about an order."""

    ASSIGNED = "ASSIGNED"
    NOBODY = "NOBODY"
    ESCALATED = "ESCALATED"
    BY_HAND = "BY_HAND"


@dataclass(frozen=True)
class Weights:
    """Points: for a level of skill, a step nearer, a unit of open load, a unit that was given lately."""

    skill: int = 4
    place: int = 8
    load: int = 20
    fairness: int = 2


@dataclass(frozen=True)
class Spot:
    """A place of the tree: a Unit, a Building, or only the Property."""

    property_id: UUID
    building_id: UUID | None = None
    unit_id: UUID | None = None


@dataclass(frozen=True)
class Job:
    """The order, as far as it counts."""

    place: Spot
    priority: Priority
    skill: str | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody who does work orders in the Property. `open` and `lately` are units (`UNITS`) by priority and in all."""

    id: UUID
    skills: Mapping[str, int]
    on_shift: bool = True
    present: bool = True
    open: Mapping[Priority, int] | None = None
    lately: int = 0
    place: Spot | None = None
    asked: DispatchReason | None = None  # gave this very order back, or did not accept it in time


@dataclass(frozen=True)
class Points:
    """A term: `amount` (a level, steps, units) times `weight`, in hundredths `scale`, makes `points`."""

    term: DispatchTerm
    amount: int
    weight: int
    scale: int = 100

    @property
    def points(self) -> int:
        """Whole points; a loss is rounded towards nothing, as a gain is."""
        size = abs(self.amount) * self.weight * self.scale // 100
        return size if self.amount >= 0 else -size


@dataclass(frozen=True)
class Considered:
    """One candidate: the points of each term, or why he was left out."""

    id: UUID
    terms: tuple[Points, ...] = ()
    excluded: DispatchReason | None = None

    @property
    def score(self) -> int:
        """All points together."""
        return sum(term.points for term in self.terms)


@dataclass(frozen=True)
class Decision:
    """The best first, then who was left out; `reason` when nobody is left."""

    considered: tuple[Considered, ...]
    reason: DispatchReason | None = None

    @property
    def chosen(self) -> Considered | None:
        """Who gets it."""
        return None if self.reason else self.considered[0]


UNITS: Mapping[Priority, int] = {Priority.LOW: 1, Priority.NORMAL: 2, Priority.HIGH: 3, Priority.URGENT: 4}
DEFAULT_ACCEPT: Mapping[Priority, int] = {
    Priority.LOW: 60,
    Priority.NORMAL: 20,
    Priority.HIGH: 10,
    Priority.URGENT: 5,
}
DEFAULT_ROUNDS = 2
# Who is sent to something urgent should be near and free; what he was given lately matters less.
_HASTE: Mapping[Priority, int] = {Priority.LOW: 50, Priority.NORMAL: 100, Priority.HIGH: 150, Priority.URGENT: 200}
_CALM: Mapping[Priority, int] = {Priority.LOW: 150, Priority.NORMAL: 100, Priority.HIGH: 75, Priority.URGENT: 50}
_STAGES = tuple(DispatchReason)


def decide(job: Job, candidates: Iterable[Candidate], weights: Weights, *, needs_presence: bool = False) -> Decision:
    """Who is to be given `job`, and how that came about; the same values give the same decision.

    Of equal scores: who was given least lately, then who has least open, then the older id.
    """
    ranked: list[tuple[tuple[int, int, int, int], Considered]] = []
    left_out: list[Considered] = []
    for one in candidates:
        why = _excluded(job, one, needs_presence)
        if why is not None:
            left_out.append(Considered(one.id, excluded=why))
            continue
        found = Considered(one.id, _terms(job, one, weights))
        ranked.append(((-found.score, one.lately, _ahead(one, Priority.LOW), one.id.int), found))
    left_out.sort(key=lambda one: (-_stage(one), one.id.int))
    considered = (*(found for _, found in sorted(ranked, key=lambda pair: pair[0])), *left_out)
    if ranked:
        return Decision(considered)
    return Decision(considered, (left_out[0].excluded if left_out else None) or DispatchReason.NOBODY)


def comes_first(priority: Priority, created_at: datetime, now: datetime) -> tuple[int, datetime]:
    """The order in which waiting orders are given: by priority, which grows with age, then the oldest."""
    grown = min(UNITS[priority] + (now - created_at) // AGES, UNITS[Priority.URGENT])
    return -grown, created_at


def nearness(there: Spot, place: Spot | None) -> int:
    """Steps of the place tree that two places share: 3 the Unit, 2 the Building, 1 the Property, 0 nothing.

    Of whom nothing is known is on shift in the Property, and so is somewhere there.
    """
    if place is None:
        return 1
    if place.property_id != there.property_id:
        return 0
    if there.building_id is None or place.building_id != there.building_id:
        return 1
    return 3 if there.unit_id is not None and place.unit_id == there.unit_id else 2


def _excluded(job: Job, one: Candidate, needs_presence: bool) -> DispatchReason | None:
    if job.skill is not None and job.skill not in one.skills:
        return DispatchReason.NO_SKILL
    if not one.on_shift:
        return DispatchReason.NOT_ON_SHIFT
    if needs_presence and not one.present:
        return DispatchReason.ABSENT
    return one.asked


def _terms(job: Job, one: Candidate, weights: Weights) -> tuple[Points, ...]:
    haste = _HASTE[job.priority]
    terms = [
        Points(DispatchTerm.PLACE, nearness(job.place, one.place), weights.place, haste),
        Points(DispatchTerm.LOAD, -_ahead(one, job.priority), weights.load, haste),
        Points(DispatchTerm.FAIRNESS, -one.lately, weights.fairness, _CALM[job.priority]),
    ]
    if job.skill is not None:
        terms.insert(0, Points(DispatchTerm.SKILL, one.skills[job.skill], weights.skill))
    return tuple(terms)


def _ahead(one: Candidate, priority: Priority) -> int:
    """Units of the open orders that he does before one of `priority`: those that are at least as urgent."""
    if not one.open:
        return 0
    return sum(units for other, units in one.open.items() if UNITS[other] >= UNITS[priority])


def _stage(one: Considered) -> int:
    return _STAGES.index(one.excluded or DispatchReason.NOBODY)
