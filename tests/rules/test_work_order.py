"""The life of a work order, features.md row 17, written here by hand."""

from __future__ import annotations

import pytest

from models.rules.permission import Permission
from models.rules.ticket import TicketKind, TicketStatus, needs_work_order, status_for
from models.rules.work_order import PUBLIC, TRANSITIONS, Who, WorkOrderStatus, WorkOrderVerb, is_legal, is_person

# Row 17: created → assigned → accepted → en route → in progress → (waiting for parts) → done → verified → closed;
# rejected, reassigned, cancelled, reopened.
_OPEN = ("CREATED", "ASSIGNED", "REJECTED", "ACCEPTED", "EN_ROUTE", "IN_PROGRESS", "WAITING_FOR_PARTS")
LEGAL = {
    **{("ASSIGN", status): "ASSIGNED" for status in _OPEN},  # again, to somebody else: until it is done
    ("ACCEPT", "ASSIGNED"): "ACCEPTED",
    **{("DECLINE", status): "REJECTED" for status in ("ASSIGNED", "ACCEPTED", "EN_ROUTE")},  # before the work
    ("DEPART", "ACCEPTED"): "EN_ROUTE",
    ("START", "ACCEPTED"): "IN_PROGRESS",
    ("START", "EN_ROUTE"): "IN_PROGRESS",
    ("START", "WAITING_FOR_PARTS"): "IN_PROGRESS",
    ("WAIT", "IN_PROGRESS"): "WAITING_FOR_PARTS",
    ("COMPLETE", "IN_PROGRESS"): "DONE",
    ("VERIFY", "DONE"): "VERIFIED",
    ("RETURN", "DONE"): "ASSIGNED",  # rework, by the same
    ("CLOSE", "VERIFIED"): "CLOSED",
    **{("CANCEL", status): "CANCELLED" for status in _OPEN},
    ("REOPEN", "VERIFIED"): "CREATED",
    ("REOPEN", "CLOSED"): "CREATED",
    # The resident, through the ticket: before the work, and after it.
    **{("WITHDRAW", status): "CANCELLED" for status in ("CREATED", "ASSIGNED", "REJECTED", "ACCEPTED", "EN_ROUTE")},
    **{("OBJECT", status): "CREATED" for status in ("DONE", "VERIFIED", "CLOSED")},
    # The house, when nobody objected.
    ("EXPIRE", "DONE"): "CLOSED",
    ("EXPIRE", "VERIFIED"): "CLOSED",
}
# Who: m the one that gives work, a the assignee, v one that checks the work of others, c one that checks and may have
# done it himself, r the resident, h the house.
WHO = {
    "ASSIGN": "m",
    "ACCEPT": "a",
    "DECLINE": "a",
    "DEPART": "a",
    "START": "a",
    "WAIT": "a",
    "COMPLETE": "a",
    "VERIFY": "v",
    "RETURN": "v",
    "CLOSE": "c",
    "CANCEL": "m",
    "REOPEN": "c",
    "WITHDRAW": "r",
    "OBJECT": "r",
    "EXPIRE": "h",
}
# Steps that say why, from these statuses.
WHY = {
    *(("ASSIGN", status) for status in ("ACCEPTED", "EN_ROUTE", "IN_PROGRESS", "WAITING_FOR_PARTS")),
    *(pair for pair in LEGAL if pair[0] in {"DECLINE", "WAIT", "RETURN", "CANCEL", "REOPEN", "OBJECT"}),
}
TICKET = {
    "CREATED": "OPEN",  # nobody has taken it on
    "ASSIGNED": "OPEN",  # given to somebody, not taken on yet
    "REJECTED": "OPEN",
    "CANCELLED": "OPEN",
    "ACCEPTED": "IN_PROGRESS",
    "EN_ROUTE": "IN_PROGRESS",
    "IN_PROGRESS": "IN_PROGRESS",
    "WAITING_FOR_PARTS": "IN_PROGRESS",
    "DONE": "RESOLVED",
    "VERIFIED": "RESOLVED",
    "CLOSED": "CLOSED",
}


@pytest.mark.parametrize("status", WorkOrderStatus)
@pytest.mark.parametrize("verb", WorkOrderVerb)
def test_only_the_legal_steps(verb: WorkOrderVerb, status: WorkOrderStatus) -> None:
    assert is_legal(verb, status) is ((verb.value, status.value) in LEGAL)


@pytest.mark.parametrize(("pair", "target"), LEGAL.items())
def test_a_step_leads_where_the_row_says(pair: tuple[str, str], target: str) -> None:
    assert TRANSITIONS[WorkOrderVerb(pair[0])].target.value == target


def test_each_step_has_its_person() -> None:
    people = {
        "m": (Who.HOLDER, Permission.WORK_ORDER_ASSIGN),
        "a": (Who.ASSIGNEE, Permission.WORK_ORDER_WORK),
        "v": (Who.OTHER, Permission.WORK_ORDER_VERIFY),
        "c": (Who.HOLDER, Permission.WORK_ORDER_VERIFY),
        "r": (Who.REPORTER, None),
        "h": (Who.HOUSE, None),
    }
    assert {verb.value: (step.who, step.permission) for verb, step in TRANSITIONS.items()} == {
        verb: people[who] for verb, who in WHO.items()
    }
    assert {verb.value for verb in PUBLIC} == {verb for verb, who in WHO.items() if who not in "rh"}
    assert is_person(Who.HOLDER, own=True)
    assert is_person(Who.HOLDER, own=False)
    assert is_person(Who.ASSIGNEE, own=True)
    assert is_person(Who.OTHER, own=False)
    assert not is_person(Who.ASSIGNEE, own=False)
    assert not is_person(Who.OTHER, own=True)


def test_steps_that_take_something_away_say_why() -> None:
    assert {(verb.value, status.value) for verb, step in TRANSITIONS.items() for status in step.explained} == WHY


def test_every_status_is_reached_and_only_two_are_ends() -> None:
    targets = {target for pair, target in LEGAL.items() if pair[0] not in {"WITHDRAW", "OBJECT", "EXPIRE"}}
    assert targets == {status.value for status in WorkOrderStatus}
    people = {verb for verb, who in WHO.items() if who not in "rh"}
    left = {status for verb, status in LEGAL if verb in people and verb != "REOPEN"}
    assert {status.value for status in WorkOrderStatus} - left == {"CLOSED", "CANCELLED"}


def test_what_no_longer_holds_is_cleared() -> None:
    """After rework is asked for nothing says that it is done, and after another assignment that it was accepted."""
    for verb, step in TRANSITIONS.items():
        if verb.value in {"RETURN", "REOPEN", "OBJECT"}:
            assert {"completed_at", "verified_at", "closed_at", "close_at", "accepted_at"} <= set(step.clears)
        assert ("assignee_id" in step.clears) is (step.target is WorkOrderStatus.CREATED)
        assert step.stamp not in step.clears


@pytest.mark.parametrize("status", WorkOrderStatus)
def test_the_ticket_shows_how_far_the_order_is(status: WorkOrderStatus) -> None:
    assert status_for(status) is TicketStatus(TICKET[status.value])


def test_repairs_and_complaints_need_somebody_to_go_there() -> None:
    assert {kind for kind in TicketKind if needs_work_order(kind)} == {TicketKind.REPAIR, TicketKind.COMPLAINT}
