"""Who is given an order, as tables: what gives points, who is left out and why, ties, the order of the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from models.rules.dispatch import (
    Candidate,
    DispatchReason,
    Job,
    Spot,
    Weights,
    comes_first,
    decide,
    nearness,
)
from models.rules.ticket import Priority

ESTATE, OTHER = UUID(int=1), UUID(int=2)
BUILDING, UNIT = UUID(int=11), UUID(int=111)
HERE = Spot(ESTATE, BUILDING, UNIT)
JOB = Job(HERE, Priority.NORMAL)
A, B, C = (Candidate(UUID(int=n), {}) for n in (7, 8, 9))
WEIGHTS = Weights(skill=4, place=8, load=20, fairness=2)


def order_of(*people: Candidate, job: Job = JOB, presence: bool = False) -> list[int]:
    """The ids from the best to the worst."""
    return [one.id.int for one in decide(job, people, WEIGHTS, needs_presence=presence).considered]


SKILLED = replace(JOB, skill="水")
URGENT = replace(JOB, priority=Priority.URGENT)
BETTER: dict[str, tuple[Job, Candidate, Candidate]] = {
    "skill": (SKILLED, replace(A, skills={"水": 1}), replace(B, skills={"水": 3})),
    "a level that the order does not ask for": (JOB, replace(B, skills={"水": 3}), A),
    "the same unit": (JOB, replace(A, place=Spot(ESTATE, BUILDING)), replace(B, place=HERE)),
    "the same building": (JOB, replace(A, place=Spot(ESTATE)), replace(B, place=Spot(ESTATE, BUILDING, UUID(int=112)))),
    "the same property": (JOB, replace(A, place=Spot(OTHER)), replace(B, place=Spot(ESTATE, UUID(int=12)))),
    "less open": (JOB, replace(A, open={Priority.NORMAL: 2}), B),
    "only what goes before counts": (URGENT, replace(A, open={Priority.URGENT: 4}), replace(B, open={Priority.LOW: 9})),
    "less lately": (JOB, replace(A, lately=3), replace(B, lately=2)),
    "haste: free before fair": (URGENT, replace(A, open={Priority.URGENT: 4}), replace(B, lately=40)),
    "a tie by what was given lately": (
        URGENT,
        replace(A, lately=16, place=Spot(ESTATE)),
        replace(B, place=Spot(OTHER), open={Priority.LOW: 1}),
    ),
    "a tie by what is open": (URGENT, replace(A, open={Priority.LOW: 1}), B),
    "a tie by the older id": (JOB, B, A),
}


@pytest.mark.parametrize("why", BETTER)
def test_who_comes_first(why: str) -> None:
    job, worse, better = BETTER[why]
    expected = [better.id.int, worse.id.int]
    assert order_of(worse, better, job=job) == order_of(better, worse, job=job) == expected


LEFT_OUT: list[tuple[Job, dict[str, Any], DispatchReason]] = [
    (SKILLED, {}, DispatchReason.NO_SKILL),
    (SKILLED, {"skills": {"电": 3}, "on_shift": False}, DispatchReason.NO_SKILL),
    (SKILLED, {"skills": {"水": 1}, "on_shift": False}, DispatchReason.NOT_ON_SHIFT),
    (JOB, {"present": False}, DispatchReason.ABSENT),
    (JOB, {"asked": DispatchReason.DECLINED}, DispatchReason.DECLINED),
    (JOB, {"asked": DispatchReason.NOT_ACCEPTED}, DispatchReason.NOT_ACCEPTED),
]


@pytest.mark.parametrize(("job", "changes", "reason"), LEFT_OUT)
def test_who_is_left_out(job: Job, changes: dict[str, Any], reason: DispatchReason) -> None:
    decision = decide(job, [replace(A, **changes)], WEIGHTS, needs_presence=True)
    assert (decision.chosen, decision.reason) == (None, reason)
    able = replace(B, skills={"水": 1}, lately=100)
    assert order_of(replace(A, **changes), able, job=job, presence=True) == [8, 7], "whoever is left can do it"


def test_why_nobody_is_what_those_lack_who_come_nearest() -> None:
    assert decide(JOB, [], WEIGHTS).reason is DispatchReason.NOBODY
    people = [A, replace(B, skills={"水": 1}, on_shift=False), replace(C, skills={"水": 1}, present=False)]
    assert decide(SKILLED, people, WEIGHTS, needs_presence=True).reason is DispatchReason.ABSENT
    assert order_of(*people, job=SKILLED, presence=True) == [9, 8, 7]
    assert decide(SKILLED, people[:2], WEIGHTS).reason is DispatchReason.NOT_ON_SHIFT
    assert decide(JOB, [replace(A, present=False)], WEIGHTS).reason is None, "unless presence is asked for"


def test_the_result_explains_itself() -> None:
    one = replace(A, skills={"水": 3}, place=Spot(ESTATE, BUILDING), open={Priority.HIGH: 3, Priority.LOW: 1}, lately=5)
    found = decide(replace(SKILLED, priority=Priority.HIGH), [one], WEIGHTS).chosen
    assert found is not None
    # level 3 × 4; 2 steps × 8 × 150 %; 3 units before it × 20 × 150 %; 5 units × 2 × 75 %
    assert [(term.term.value, term.points) for term in found.terms] == [
        ("SKILL", 12),
        ("PLACE", 24),
        ("LOAD", -90),
        ("FAIRNESS", -7),
    ]
    assert found.score == -61


def test_the_same_values_give_the_same_decision_in_any_order() -> None:
    chance = Random(16)
    places = [None, Spot(ESTATE), Spot(ESTATE, BUILDING), HERE]
    people = [
        Candidate(
            UUID(int=n),
            {"水": chance.randint(1, 3)} if chance.random() < 0.7 else {},
            on_shift=chance.random() < 0.8,
            open={Priority.NORMAL: 2 * chance.randrange(3)},
            lately=chance.randrange(4),
            place=chance.choice(places),
        )
        for n in range(40)
    ]
    first = decide(SKILLED, people, WEIGHTS)
    scores = [one.score for one in first.considered if one.excluded is None]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) < len(scores), "there are ties"
    for _ in range(20):
        chance.shuffle(people)
        assert decide(SKILLED, people, WEIGHTS) == first


def test_nearness_counts_shared_steps() -> None:
    spots = [None, Spot(OTHER, BUILDING, UNIT), Spot(ESTATE), Spot(ESTATE, BUILDING), HERE]
    assert [nearness(HERE, spot) for spot in spots] == [1, 0, 1, 2, 3]
    assert nearness(Spot(ESTATE), Spot(ESTATE)) == 1, "a shared place is somewhere in the estate"
    assert nearness(Spot(ESTATE, BUILDING), Spot(ESTATE, BUILDING)) == 2


def test_priority_grows_with_age_and_then_the_oldest_is_first() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    waiting = [
        ("old low", Priority.LOW, 13),
        ("fresh urgent", Priority.URGENT, 0),
        ("normal", Priority.NORMAL, 1),
        ("low", Priority.LOW, 1),
        ("high", Priority.HIGH, 1),
        ("aged normal", Priority.NORMAL, 5),
    ]
    ranked = sorted(waiting, key=lambda one: comes_first(one[1], now - timedelta(hours=one[2]), now))
    assert [name for name, *_ in ranked] == ["old low", "fresh urgent", "aged normal", "high", "normal", "low"]
