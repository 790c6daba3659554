"""The life of a work order, features.md row 17, written here by hand."""

from __future__ import annotations

import pytest

from models.rules.permission import Permission
from models.rules.ticket import TicketKind, TicketStatus, needs_work_order, status_for
from models.rules.work_order import TRANSITIONS, WorkOrderStatus, WorkOrderVerb, is_legal

# Row 17: created → assigned → accepted → en route → in progress → (waiting for parts) → done → verified → closed;
# rejected, reassigned, cancelled, reopened. Of these the spine has four verbs; a status it cannot reach yet
# (en route, waiting for parts, rejected) is left by the verb that follows it in the row.
LEGAL = {
    ("ASSIGN", "CREATED"): "ASSIGNED",
    ("ASSIGN", "ASSIGNED"): "ASSIGNED",  # reassigned
    ("ASSIGN", "REJECTED"): "ASSIGNED",  # reassigned
    ("ACCEPT", "ASSIGNED"): "ACCEPTED",
    ("START", "ACCEPTED"): "IN_PROGRESS",
    ("START", "EN_ROUTE"): "IN_PROGRESS",
    ("START", "WAITING_FOR_PARTS"): "IN_PROGRESS",
    ("COMPLETE", "IN_PROGRESS"): "DONE",
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


def test_managers_assign_and_the_assignee_does_the_rest() -> None:
    for verb, step in TRANSITIONS.items():
        assigns = verb is WorkOrderVerb.ASSIGN
        assert step.permission is (Permission.WORK_ORDER_ASSIGN if assigns else Permission.WORK_ORDER_WORK)
        assert step.assignee_only is not assigns


@pytest.mark.parametrize("status", WorkOrderStatus)
def test_the_ticket_shows_how_far_the_order_is(status: WorkOrderStatus) -> None:
    assert status_for(status) is TicketStatus(TICKET[status.value])


def test_repairs_and_complaints_need_somebody_to_go_there() -> None:
    assert {kind for kind in TicketKind if needs_work_order(kind)} == {TicketKind.REPAIR, TicketKind.COMPLAINT}
