"""Tickets as pure rules: words, limits, when a ticket needs a work order (features.md row 15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from models.rules.work_order import WorkOrderStatus

MAX_TEXT = 2_000
MAX_PHOTOS = 9
MAX_CATEGORY = 40
MOST_AHEAD = timedelta(days=90)  # of a wished appointment
MAX_REMIND = 1_440  # minutes before it


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
    AWAITED = "AWAITED"
    RESUMED = "RESUMED"
    CLASSIFIED = "CLASSIFIED"
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


def remind_at(now: datetime, appointment_at: datetime | None, minutes: int) -> datetime | None:
    """When people are reminded of an appointment; None: never, for there is none, or it was made a moment before."""
    if appointment_at is None or minutes == 0:
        return None
    at = appointment_at - timedelta(minutes=minutes)
    return at if at > now else None


def needs_work_order(kind: TicketKind, *, category: bool = False) -> bool:
    """Whether somebody has to go there: for repairs and complaints, and for whatever the category says so of.

    Other questions and suggestions are answered.
    """
    return category or kind in (TicketKind.REPAIR, TicketKind.COMPLAINT)


def status_for(order: WorkOrderStatus) -> TicketStatus:
    """The status a Ticket shows while its WorkOrder is in `order`."""
    if order in (WorkOrderStatus.DONE, WorkOrderStatus.VERIFIED):
        return TicketStatus.RESOLVED
    if order is WorkOrderStatus.CLOSED:
        return TicketStatus.CLOSED
    if order in _TAKEN_ON:
        return TicketStatus.IN_PROGRESS
    return TicketStatus.OPEN


class TicketVerb(str, Enum):
    """What can be done to a Ticket, apart from its orders."""

    CANCEL = "CANCEL"
    REOPEN = "REOPEN"
    RATE = "RATE"
    COMMENT = "COMMENT"
    ANSWER = "ANSWER"
    FOLLOW_UP = "FOLLOW_UP"
    AWAIT = "AWAIT"
    RESUME = "RESUME"
    OPEN_WORK_ORDER = "OPEN_WORK_ORDER"
    CLASSIFY = "CLASSIFY"


_LIVE = frozenset({TicketStatus.OPEN, TicketStatus.IN_PROGRESS, TicketStatus.RESOLVED})
_OVER = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})
# In which status; whether an order lets itself be withdrawn or reopened says the table of work orders.
TICKET_VERBS: dict[TicketVerb, frozenset[TicketStatus]] = {
    TicketVerb.CANCEL: frozenset({TicketStatus.OPEN, TicketStatus.IN_PROGRESS}),
    TicketVerb.REOPEN: _OVER,
    TicketVerb.RATE: _OVER,
    TicketVerb.COMMENT: _LIVE,  # an internal one at any time
    TicketVerb.ANSWER: _LIVE,
    TicketVerb.FOLLOW_UP: _OVER,
    TicketVerb.CLASSIFY: frozenset({TicketStatus.OPEN, TicketStatus.IN_PROGRESS}),
    TicketVerb.AWAIT: frozenset({TicketStatus.OPEN, TicketStatus.IN_PROGRESS}),  # not while it waits already
    TicketVerb.RESUME: frozenset({TicketStatus.OPEN, TicketStatus.IN_PROGRESS}),  # while it waits
    TicketVerb.OPEN_WORK_ORDER: frozenset({TicketStatus.OPEN, TicketStatus.IN_PROGRESS}),
}
REPORTERS = frozenset({TicketVerb.CANCEL, TicketVerb.REOPEN, TicketVerb.RATE})  # its resident's alone
WAITS = frozenset({TicketVerb.AWAIT, TicketVerb.RESUME})  # of which one is always out of place
RUNNING = frozenset({TicketStatus.OPEN, TicketStatus.IN_PROGRESS})
MAX_RATING_TEXT = 500
MOST_STARS = 5
UNCLASSIFIED = "未分类"  # what is said of a ticket for which nothing was named and nothing found
MAX_DAYS = 365
MAX_TEXTS, MAX_KEYWORD, MAX_ITEM = 50, 40, 200


@dataclass(frozen=True)
class CategoryRule:
    """What classifies a ticket: the keywords of one category."""

    id: UUID
    kind: TicketKind | None
    keywords: tuple[str, ...]
    position: int
    name: str = ""


def classify(kind: TicketKind, text: str, rules: Iterable[CategoryRule]) -> UUID | None:
    """The category whose keywords cover most of the text; of equal ones the first by position, then by id.

    Upper and lower case are alike; a keyword counts once, by its length: 电梯困人 says more than 电梯.
    """
    said = text.casefold()
    best: tuple[int, int, int] | None = None
    found = None
    for rule in rules:
        weight = sum(len(word) for word in set(rule.keywords) if word.casefold() in said)
        if weight and rule.kind in (None, kind):
            rank = (-weight, rule.position, rule.id.int)
            if best is None or rank < best:
                best, found = rank, rule.id
    return found
