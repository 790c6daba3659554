"""Tickets as pure rules: words, limits, when a ticket needs a work order (features.md row 15)."""

from enum import Enum

from models.rules.work_order import WorkOrderStatus

MAX_TEXT = 2_000
MAX_PHOTOS = 9
MAX_CATEGORY = 40


class TicketKind(str, Enum):
    """What a resident wants."""

    REPAIR = "REPAIR"
    COMPLAINT = "COMPLAINT"
    SUGGESTION = "SUGGESTION"
    INQUIRY = "INQUIRY"


class TicketStatus(str, Enum):
    """How far a Ticket is, as its resident sees it."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class TicketEntryKind(str, Enum):
    """What happened to a Ticket."""

    RAISED = "RAISED"
    STEP = "STEP"
    COMMENT = "COMMENT"
    ANSWER = "ANSWER"
    CALL = "CALL"
    RATING = "RATING"
    CANCELLED = "CANCELLED"
    REOPENED = "REOPENED"
    CLOSED = "CLOSED"


class CallOutcome(str, Enum):
    """What a call after the work came to."""

    SATISFIED = "SATISFIED"
    UNSATISFIED = "UNSATISFIED"
    NO_ANSWER = "NO_ANSWER"


class Priority(str, Enum):
    """How urgent a Ticket or WorkOrder is."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


_TAKEN_ON = frozenset(
    {
        WorkOrderStatus.ACCEPTED,
        WorkOrderStatus.EN_ROUTE,
        WorkOrderStatus.IN_PROGRESS,
        WorkOrderStatus.WAITING_FOR_PARTS,
    }
)


def needs_work_order(kind: TicketKind) -> bool:
    """Whether somebody has to go there: repairs and complaints do, questions and suggestions are answered."""
    return kind in (TicketKind.REPAIR, TicketKind.COMPLAINT)


def status_for(order: WorkOrderStatus) -> TicketStatus:
    """The status a Ticket shows while its WorkOrder is in `order`."""
    if order in (WorkOrderStatus.DONE, WorkOrderStatus.VERIFIED):
        return TicketStatus.RESOLVED
    if order is WorkOrderStatus.CLOSED:
        return TicketStatus.CLOSED
    if order in _TAKEN_ON:
        return TicketStatus.IN_PROGRESS
    return TicketStatus.OPEN
