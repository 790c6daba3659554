"""Service levels as pure rules: which target holds, and what a verb does to a clock."""

from __future__ import annotations

from itertools import product
from typing import Any
from uuid import UUID

import pytest

from models.rules.sla import (
    DEFAULT_TARGETS,
    Move,
    SlaClockKind,
    SlaClockState,
    Standing,
    Target,
    TargetRule,
    begins_anew,
    move,
    standing_of_order,
    standing_of_ticket,
    target_of,
    warn_after,
)
from models.rules.ticket import Priority, TicketStatus
from models.rules.work_order import WorkOrderStatus

ABOVE, BELOW, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
OWN, UPPER, ANY = Target(1, 2), Target(3, 4), Target(5, None)
RULES = [
    TargetRule(None, Priority.NORMAL, ANY),
    TargetRule(ABOVE, Priority.NORMAL, UPPER),
    TargetRule(BELOW, Priority.NORMAL, OWN),
    TargetRule(BELOW, Priority.LOW, OWN),
]


@pytest.mark.parametrize(
    ("categories", "priority", "target"),
    [
        ((BELOW, ABOVE), Priority.NORMAL, OWN),
        ((OTHER, ABOVE), Priority.NORMAL, UPPER),
        ((ABOVE,), Priority.NORMAL, UPPER),
        ((OTHER,), Priority.NORMAL, ANY),
        ((), Priority.NORMAL, ANY),
        ((ABOVE,), Priority.LOW, DEFAULT_TARGETS[Priority.LOW]),
        ((BELOW,), Priority.LOW, OWN),
    ],
)
def test_the_most_specific_target_holds(categories: tuple[UUID, ...], priority: Priority, target: Target) -> None:
    assert target_of(RULES, categories, priority) == target


def test_the_defaults() -> None:
    """Every priority has both; the more urgent, the sooner; somebody answers what is urgent within 30 minutes."""
    assert set(DEFAULT_TARGETS) == set(Priority)
    by_need = [DEFAULT_TARGETS[priority] for priority in reversed(Priority)]
    for kind in SlaClockKind:
        minutes = [target.minutes(kind) or 0 for target in by_need]
        assert minutes == sorted(minutes)
        assert minutes[0] > 0
    assert (by_need[0].response_minutes, by_need[0].around_the_clock) == (30, True)
    assert warn_after(30, 80) == 24 * 60


# Ticket's status, answered just now, waits for the resident: what becomes of a RESPONSE and of a RESOLUTION clock,
# each running and paused. By hand.
FLAGS = tuple(product((False, True), repeat=2))
STOP, PAUSE, RESUME, CANCEL = Move.STOP, Move.PAUSE, Move.RESUME, Move.CANCEL
MOVES: dict[tuple[Any, ...], tuple[Move | None, ...]] = {
    ("OPEN", False, False): (None, RESUME, None, RESUME),
    ("OPEN", False, True): (PAUSE, None, PAUSE, None),
    ("OPEN", True, False): (STOP, STOP, None, RESUME),
    ("OPEN", True, True): (STOP, STOP, PAUSE, None),
    ("IN_PROGRESS", False, False): (STOP, STOP, None, RESUME),
    ("IN_PROGRESS", False, True): (STOP, STOP, PAUSE, None),
    ("IN_PROGRESS", True, False): (STOP, STOP, None, RESUME),
    ("IN_PROGRESS", True, True): (STOP, STOP, PAUSE, None),
    **{(status, *flags): (STOP,) * 4 for status in ("RESOLVED", "CLOSED") for flags in FLAGS},
    **{("CANCELLED", *flags): (CANCEL,) * 4 for flags in FLAGS},
}


@pytest.mark.parametrize("case", MOVES)
def test_what_becomes_of_a_clock(case: tuple[str, bool, bool]) -> None:
    status, answered, awaits = case
    standing = standing_of_ticket(TicketStatus(status), answered=answered, awaits=awaits)
    for running in (SlaClockState.RUNNING, SlaClockState.WARNED, SlaClockState.BREACHED):
        found = [move(kind, state, standing) for kind in SlaClockKind for state in (running, SlaClockState.PAUSED)]
        assert tuple(found) == MOVES[case], running
    assert begins_anew(standing) is (status in ("OPEN", "IN_PROGRESS"))


def test_an_order_stands_as_its_ticket_would() -> None:
    taken = {status for status in WorkOrderStatus if standing_of_order(status).taken_up}
    settled = {status for status in WorkOrderStatus if standing_of_order(status).settled}
    assert {status.value for status in taken} == {"ACCEPTED", "EN_ROUTE", "IN_PROGRESS", "WAITING_FOR_PARTS"}
    assert {status.value for status in settled} == {"DONE", "VERIFIED", "CLOSED"}
    assert standing_of_order(WorkOrderStatus.CANCELLED) == Standing(False, False, True)
