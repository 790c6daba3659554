"""Plays a month under a policy: `scored` is the house's own decision, beside it round-robin and random.

Every policy chooses among the same people: who has the skill, is on shift, is there and was not asked yet. Whoever is
chosen takes orders by urgency, walks there and works; orders that he has not begun when he leaves are given anew.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random
from statistics import fmean, median, pstdev, quantiles
from typing import TYPE_CHECKING

from models.rules.dispatch import LATELY, UNITS, Candidate, DispatchReason, Weights, decide, nearness

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from models.rules.dispatch import Spot
    from models.rules.ticket import Priority
    from tests.simulation.month import Month, Person

WALK = {3: 1, 2: 3, 1: 9, 0: 9}  # minutes, by nearness
PACE = {1: 1.25, 2: 1.0, 3: 0.85}  # of the work, by level of skill
GIVES_BACK, OVERLOOKS = 0.03, 0.02  # of those who are asked
ACCEPTS = 10  # minutes that somebody has
AGAIN = 5  # minutes after which an order for which there was nobody is looked at again
POLICIES = ("scored", "round-robin", "random")


@dataclass
class Worker:
    """What somebody is about."""

    person: Person
    waiting: list[tuple[int, int]] = field(default_factory=list)  # (urgency, number) of orders not begun
    busy_until: float = 0.0
    doing: int | None = None
    place: Spot | None = None
    given: list[tuple[int, int]] = field(default_factory=list)  # (when, units)
    done: int = 0  # units
    units: dict[Priority, int] = field(default_factory=dict)

    def there(self, at: float) -> bool:
        """Whether he is at work."""
        return any(start <= at < end for start, end in self._now(self.person.there, at))

    def on_shift(self, at: float) -> bool:
        """Whether the roster has him."""
        return any(start <= at < end for start, end in self._now(self.person.duties, at))

    @staticmethod
    def _now(spans: tuple[tuple[int, int], ...], at: float) -> Sequence[tuple[int, int]]:
        day = int(at) // (24 * 60)
        return spans[max(day - 5, 0) : day + 2]


@dataclass(frozen=True)
class Figures:
    """Of one month: minutes from a ticket to the first hand on it, and how evenly people were loaded."""

    median: float
    p90: float
    spread: float
    served: int


class Play:
    """One month under one policy."""

    def __init__(self, month: Month, policy: str, weights: Weights | None = None, seed: int = 0) -> None:
        self.month = month
        self.weights = weights or Weights()
        self.workers = [Worker(person) for person in month.people]
        self.begun: dict[int, float] = {}
        self._choose: Callable[[int, float, dict[UUID, DispatchReason]], Worker | None] = {
            "scored": self._scored,
            "round-robin": self._in_turn,
            "random": self._by_luck,
        }[policy]
        self._luck = Random(seed)
        self._turn = 0
        self._asked: dict[int, dict[UUID, DispatchReason]] = {}
        self._moods: dict[int, int] = {}
        self._events: list[tuple[float, int, str, int]] = []
        self._count = 0

    def run(self) -> Figures:
        """Play it to the end."""
        for number, call in enumerate(self.month.calls):
            self._at(call.at, "give", number)
        for n, worker in enumerate(self.workers):
            for start, end in worker.person.there:
                self._at(start, "next", n)
                self._at(end, "leave", n)
        while self._events:
            at, _, what, which = heapq.heappop(self._events)
            getattr(self, f"_{what}")(at, which)
        return self._figures()

    def _at(self, at: float, what: str, which: int) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, what, which))

    def _give(self, at: float, number: int) -> None:
        call = self.month.calls[number]
        asked = self._asked.setdefault(number, {})
        worker = self._choose(number, at, asked)
        if worker is None:
            if at < self.month.calls[-1].at + 24 * 60:
                asked.clear()  # a person looks after it, and asks those again who are there later
                self._at(at + AGAIN, "give", number)
            return
        mood = call.moods[self._moods.setdefault(number, 0) % len(call.moods)]
        self._moods[number] += 1
        if mood < GIVES_BACK + OVERLOOKS:
            asked[worker.person.id] = DispatchReason.DECLINED if mood < GIVES_BACK else DispatchReason.NOT_ACCEPTED
            self._at(at + (1 if mood < GIVES_BACK else ACCEPTS), "give", number)
            return
        priority = call.job.priority
        heapq.heappush(worker.waiting, (-UNITS[priority], number))
        worker.units[priority] = worker.units.get(priority, 0) + UNITS[priority]
        worker.given.append((int(at), UNITS[priority]))
        self._next(at, self.workers.index(worker))

    def _next(self, at: float, n: int) -> None:
        worker = self.workers[n]
        if worker.doing is not None or not worker.waiting or not worker.there(at):
            return
        _, number = heapq.heappop(worker.waiting)
        call = self.month.calls[number]
        arrives = at + WALK[nearness(call.job.place, worker.place)]
        self.begun[number] = arrives
        pace = PACE[worker.person.skills.get(call.job.skill or "", 2)]
        worker.doing, worker.place = number, call.job.place
        self._at(arrives + call.minutes * pace, "finish", n)

    def _finish(self, at: float, n: int) -> None:
        worker = self.workers[n]
        assert worker.doing is not None
        priority = self.month.calls[worker.doing].job.priority
        worker.units[priority] -= UNITS[priority]
        worker.doing, worker.done = None, worker.done + UNITS[priority]
        self._next(at, n)

    def _leave(self, at: float, n: int) -> None:
        worker = self.workers[n]
        worker.place = None
        for urgency, number in sorted(worker.waiting):
            worker.units[self.month.calls[number].job.priority] += urgency
            self._at(at, "give", number)
        worker.waiting = []

    def _free(self, number: int, at: float, asked: dict[UUID, DispatchReason]) -> list[Worker]:
        skill = self.month.calls[number].job.skill
        return [
            worker
            for worker in self.workers
            if (skill is None or skill in worker.person.skills) and worker.there(at) and worker.person.id not in asked
        ]

    def _in_turn(self, number: int, at: float, asked: dict[UUID, DispatchReason]) -> Worker | None:
        free = {id(worker) for worker in self._free(number, at, asked)}
        for step in range(len(self.workers)):
            n = (self._turn + step) % len(self.workers)
            if id(self.workers[n]) in free:
                self._turn = n + 1
                return self.workers[n]
        return None

    def _by_luck(self, number: int, at: float, asked: dict[UUID, DispatchReason]) -> Worker | None:
        free = self._free(number, at, asked)
        return self._luck.choice(free) if free else None

    def _scored(self, number: int, at: float, asked: dict[UUID, DispatchReason]) -> Worker | None:
        since = at - LATELY.total_seconds() / 60
        candidates = [
            Candidate(
                worker.person.id,
                worker.person.skills,
                on_shift=worker.on_shift(at),
                present=worker.there(at),
                open=worker.units,
                lately=sum(units for when, units in worker.given[-40:] if when >= since),
                place=worker.place,
                asked=asked.get(worker.person.id),
            )
            for worker in self.workers
            if worker.on_shift(at)
        ]
        found = decide(self.month.calls[number].job, candidates, self.weights, needs_presence=True).chosen
        return next(worker for worker in self.workers if worker.person.id == found.id) if found else None

    def _figures(self) -> Figures:
        waits = [at - self.month.calls[number].at for number, at in self.begun.items()]
        loads = []
        for worker in self.workers:
            hours = sum(end - start for start, end in worker.person.there) / 60
            loads.append(worker.done / hours)
        return Figures(median(waits), quantiles(waits, n=10)[8], pstdev(loads) / fmean(loads), len(waits))
