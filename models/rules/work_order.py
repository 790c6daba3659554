"""The state machine of a WorkOrder: one table, no I/O (features.md row 17). docs/work-order.md is drawn from it."""

from dataclasses import dataclass
from enum import Enum

from models.rules.permission import Permission

MAX_NAME, MAX_PHONE = 80, 30
MAX_MINUTES = 1_440  # of one entry of labour
MAX_MANY = 100  # orders in one batch


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
    DECLINE = "DECLINE"
    DEPART = "DEPART"
    START = "START"
    WAIT = "WAIT"
    COMPLETE = "COMPLETE"
    VERIFY = "VERIFY"
    RETURN = "RETURN"
    CLOSE = "CLOSE"
    CANCEL = "CANCEL"
    REOPEN = "REOPEN"
    WITHDRAW = "WITHDRAW"
    OBJECT = "OBJECT"
    EXPIRE = "EXPIRE"


class Who(str, Enum):
    """Who takes a step."""

    HOLDER = "HOLDER"  # of the permission in the order's Property
    ASSIGNEE = "ASSIGNEE"  # of the permission, and the order is his
    OTHER = "OTHER"  # of the permission, and the order is not his: nobody passes his own work
    REPORTER = "REPORTER"  # the resident, through a verb of the Ticket
    HOUSE = "HOUSE"  # a job


class Need(str, Enum):
    """What a step needs besides the right status and person."""

    RESULT = "RESULT"  # what was done, in words
    BEFORE_PHOTO = "BEFORE_PHOTO"  # if the order wants one
    AFTER_PHOTO = "AFTER_PHOTO"  # if the order wants one
    CHECKLIST = "CHECKLIST"  # every item is done
    WINDOW = "WINDOW"  # not after `reopen_until`


@dataclass(frozen=True)
class Transition:
    """A legal step: from any of `sources` to `target`, by `who`, holding `permission`."""

    sources: frozenset[WorkOrderStatus]
    target: WorkOrderStatus
    who: Who
    permission: Permission | None
    stamp: str  # the column that keeps the instant of the step
    restamp: bool = True  # the last time counts; otherwise the first
    explained: frozenset[WorkOrderStatus] = frozenset()  # sources from which the note must say why
    needs: frozenset[Need] = frozenset()
    clears: tuple[str, ...] = ()  # columns that no longer hold


_S = WorkOrderStatus
_WAITING = frozenset({_S.CREATED, _S.ASSIGNED, _S.REJECTED})  # nobody has taken it on
_TAKEN_ON = frozenset({_S.ACCEPTED, _S.EN_ROUTE, _S.IN_PROGRESS, _S.WAITING_FOR_PARTS})
BEFORE_WORK = _WAITING | {_S.ACCEPTED, _S.EN_ROUTE}
_FINISHED = ("completed_at", "verified_at", "closed_at", "close_at", "reopen_until")  # no longer hold after rework
# A visit that is over: whoever comes next accepts and sets out anew.
_VISIT = ("accepted_at", "departed_at", "waiting_at")
_HOLDER = ("assignee_id", "dispatch_decision_id")

OPEN = _WAITING | _TAKEN_ON
ENDED = frozenset({_S.CLOSED, _S.CANCELLED})


def _work(sources: set[WorkOrderStatus], target: WorkOrderStatus, stamp: str, **more: object) -> Transition:
    """A step of the assignee."""
    return Transition(
        frozenset(sources),
        target,
        Who.ASSIGNEE,
        Permission.WORK_ORDER_WORK,
        stamp,
        **more,  # type: ignore[arg-type]
    )


def _check(
    sources: set[WorkOrderStatus], target: WorkOrderStatus, stamp: str, who: Who = Who.OTHER, **more: object
) -> Transition:
    """A step of whoever checks work."""
    return Transition(
        frozenset(sources),
        target,
        who,
        Permission.WORK_ORDER_VERIFY,
        stamp,
        **more,  # type: ignore[arg-type]
    )


TRANSITIONS: dict[WorkOrderVerb, Transition] = {
    # Again, to somebody else; to take it from somebody who has taken it on needs a reason.
    WorkOrderVerb.ASSIGN: Transition(
        _WAITING | _TAKEN_ON,
        _S.ASSIGNED,
        Who.HOLDER,
        Permission.WORK_ORDER_ASSIGN,
        "assigned_at",
        explained=_TAKEN_ON,
        clears=_VISIT,
    ),
    WorkOrderVerb.ACCEPT: _work({_S.ASSIGNED}, _S.ACCEPTED, "accepted_at"),
    WorkOrderVerb.DECLINE: _work(
        {_S.ASSIGNED, _S.ACCEPTED, _S.EN_ROUTE},
        _S.REJECTED,
        "declined_at",
        explained=frozenset({_S.ASSIGNED, _S.ACCEPTED, _S.EN_ROUTE}),
    ),
    WorkOrderVerb.DEPART: _work({_S.ACCEPTED}, _S.EN_ROUTE, "departed_at"),
    WorkOrderVerb.START: _work(
        {_S.ACCEPTED, _S.EN_ROUTE, _S.WAITING_FOR_PARTS},
        _S.IN_PROGRESS,
        "started_at",
        restamp=False,  # going on after waiting for parts is no new beginning
        needs=frozenset({Need.BEFORE_PHOTO}),
    ),
    WorkOrderVerb.WAIT: _work(
        {_S.IN_PROGRESS}, _S.WAITING_FOR_PARTS, "waiting_at", explained=frozenset({_S.IN_PROGRESS})
    ),
    WorkOrderVerb.COMPLETE: _work(
        {_S.IN_PROGRESS},
        _S.DONE,
        "completed_at",
        needs=frozenset({Need.RESULT, Need.AFTER_PHOTO, Need.CHECKLIST}),
    ),
    WorkOrderVerb.VERIFY: _check({_S.DONE}, _S.VERIFIED, "verified_at"),
    # Rework: the same assignee accepts it anew, or declines it.
    WorkOrderVerb.RETURN: _check(
        {_S.DONE}, _S.ASSIGNED, "reopened_at", explained=frozenset({_S.DONE}), clears=_FINISHED + _VISIT
    ),
    WorkOrderVerb.CLOSE: _check({_S.VERIFIED}, _S.CLOSED, "closed_at", Who.HOLDER, clears=("close_at",)),
    WorkOrderVerb.CANCEL: Transition(
        OPEN, _S.CANCELLED, Who.HOLDER, Permission.WORK_ORDER_ASSIGN, "cancelled_at", explained=OPEN
    ),
    # To be dispatched anew: who did it may have left.
    WorkOrderVerb.REOPEN: _check(
        {_S.VERIFIED, _S.CLOSED},
        _S.CREATED,
        "reopened_at",
        Who.HOLDER,
        explained=frozenset({_S.VERIFIED, _S.CLOSED}),
        needs=frozenset({Need.WINDOW}),
        clears=(*_HOLDER, *_FINISHED, *_VISIT),
    ),
    WorkOrderVerb.WITHDRAW: Transition(BEFORE_WORK, _S.CANCELLED, Who.REPORTER, None, "cancelled_at"),
    WorkOrderVerb.OBJECT: Transition(
        frozenset({_S.DONE, _S.VERIFIED, _S.CLOSED}),
        _S.CREATED,
        Who.REPORTER,
        None,
        "reopened_at",
        explained=frozenset({_S.DONE, _S.VERIFIED, _S.CLOSED}),
        needs=frozenset({Need.WINDOW}),
        clears=(*_HOLDER, *_FINISHED, *_VISIT),
    ),
    # Nobody objected for so many days.
    WorkOrderVerb.EXPIRE: Transition(
        frozenset({_S.DONE, _S.VERIFIED}), _S.CLOSED, Who.HOUSE, None, "closed_at", clears=("close_at",)
    ),
}
# The verbs that people have in GraphQL under their own names.
PUBLIC = tuple(verb for verb, step in TRANSITIONS.items() if step.who not in (Who.REPORTER, Who.HOUSE))
REWORK = frozenset({WorkOrderVerb.RETURN, WorkOrderVerb.REOPEN, WorkOrderVerb.OBJECT})


def is_legal(verb: WorkOrderVerb, status: WorkOrderStatus) -> bool:
    """Whether `verb` may be done to an order in `status`."""
    return status in TRANSITIONS[verb].sources


def is_person(who: Who, *, own: bool) -> bool:
    """Whether somebody who holds the permission is the one: `own` says that the order is assigned to him."""
    return who is Who.HOLDER or own is (who is Who.ASSIGNEE)
