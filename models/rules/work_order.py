"""The state machine of a WorkOrder: one table, no I/O (features.md row 17)."""

from dataclasses import dataclass
from enum import Enum

from models.rules.permission import Permission


class WorkOrderStatus(str, Enum):
    """How far a WorkOrder is."""

    CREATED = "CREATED"
    ASSIGNED = "ASSIGNED"
    ACCEPTED = "ACCEPTED"
    EN_ROUTE = "EN_ROUTE"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING_FOR_PARTS = "WAITING_FOR_PARTS"
    DONE = "DONE"
    VERIFIED = "VERIFIED"
    CLOSED = "CLOSED"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


class WorkOrderVerb(str, Enum):
    """What can be done to a WorkOrder."""

    ASSIGN = "ASSIGN"
    ACCEPT = "ACCEPT"
    START = "START"
    COMPLETE = "COMPLETE"


@dataclass(frozen=True)
class Transition:
    """A legal step: from any of `sources` to `target`, by who holds `permission`."""

    sources: frozenset[WorkOrderStatus]
    target: WorkOrderStatus
    permission: Permission
    assignee_only: bool
    stamp: str  # the column that keeps the instant of the step
    restamp: bool = True  # the last time counts; otherwise the first


_S = WorkOrderStatus

TRANSITIONS: dict[WorkOrderVerb, Transition] = {
    WorkOrderVerb.ASSIGN: Transition(
        frozenset({_S.CREATED, _S.ASSIGNED, _S.REJECTED}),
        _S.ASSIGNED,
        Permission.WORK_ORDER_ASSIGN,
        assignee_only=False,
        stamp="assigned_at",
    ),
    WorkOrderVerb.ACCEPT: Transition(
        frozenset({_S.ASSIGNED}), _S.ACCEPTED, Permission.WORK_ORDER_WORK, assignee_only=True, stamp="accepted_at"
    ),
    WorkOrderVerb.START: Transition(
        frozenset({_S.ACCEPTED, _S.EN_ROUTE, _S.WAITING_FOR_PARTS}),
        _S.IN_PROGRESS,
        Permission.WORK_ORDER_WORK,
        assignee_only=True,
        stamp="started_at",
        restamp=False,  # going on after waiting for parts is no new beginning
    ),
    WorkOrderVerb.COMPLETE: Transition(
        frozenset({_S.IN_PROGRESS}), _S.DONE, Permission.WORK_ORDER_WORK, assignee_only=True, stamp="completed_at"
    ),
}


def is_legal(verb: WorkOrderVerb, status: WorkOrderStatus) -> bool:
    """Whether `verb` may be done to an order in `status`."""
    return status in TRANSITIONS[verb].sources
