"""Service levels as pure rules: targets, the clocks that count towards them, and what a verb does to a clock.

features.md row 19. A clock counts working time of the Property, or all time, as its target says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from models.rules.ticket import Priority, TicketStatus, status_for
from models.rules.work_order import WorkOrderStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_MINUTES = 60 * 24 * 60  # of a target: sixty days around the clock
DEFAULT_WARN = 80  # percent
MAX_STATISTIC_DAYS = 1_100


class SlaClockKind(str, Enum):
    """Until what a clock counts."""

    RESPONSE = "RESPONSE"
    RESOLUTION = "RESOLUTION"


class SlaClockState(str, Enum):
    """How a clock stands. MET, MISSED and CANCELLED are for good."""

    RUNNING = "RUNNING"
    WARNED = "WARNED"
    BREACHED = "BREACHED"
    PAUSED = "PAUSED"
    MET = "MET"
    MISSED = "MISSED"
    CANCELLED = "CANCELLED"


class SlaClockChange(str, Enum):
    """What happened to a clock."""

    STARTED = "STARTED"
    PAUSED = "PAUSED"
    RESUMED = "RESUMED"
    WARNED = "WARNED"
    BREACHED = "BREACHED"
    MET = "MET"
    MISSED = "MISSED"
    CANCELLED = "CANCELLED"


class SlaGroup(str, Enum):
    """By what statistics are gathered."""

    CATEGORY = "CATEGORY"
    TEAM = "TEAM"
    PROPERTY = "PROPERTY"
    DAY = "DAY"
    MONTH = "MONTH"


@dataclass(frozen=True)
class Target:
    """What is promised, in minutes; None: nothing is. `shown`: to the resident too."""

    response_minutes: int | None
    resolution_minutes: int | None
    warn_percent: int = DEFAULT_WARN
    around_the_clock: bool = False
    shown: bool = False

    def minutes(self, kind: SlaClockKind) -> int | None:
        """The target of a kind of clock."""
        return self.response_minutes if kind is SlaClockKind.RESPONSE else self.resolution_minutes


@dataclass(frozen=True)
class TargetRule:
    """A target of a Property: for a category, or for any."""

    category_id: UUID | None
    priority: Priority
    target: Target


# Where a Property says nothing. Somebody is under way to what is urgent within half an hour, day and night.
DEFAULT_TARGETS: dict[Priority, Target] = {
    Priority.URGENT: Target(30, 240, around_the_clock=True),
    Priority.HIGH: Target(30, 480),
    Priority.NORMAL: Target(120, 1_440),
    Priority.LOW: Target(480, 4_320),
}


def target_of(rules: Iterable[TargetRule], categories: Sequence[UUID], priority: Priority) -> Target:
    """The most specific one: of the category, then of the one above it (`categories` in this order), of any, ours."""
    held = {rule.category_id: rule.target for rule in rules if rule.priority is priority}
    for category in (*categories, None):
        if category in held:
            return held[category]
    return DEFAULT_TARGETS[priority]


@dataclass(frozen=True)
class Standing:
    """How a Ticket, or an order without one, stands after a verb, as far as its clocks ask."""

    taken_up: bool
    settled: bool
    called_off: bool
    awaits: bool = False


class Move(str, Enum):
    """What becomes of a clock that is not over."""

    STOP = "STOP"
    CANCEL = "CANCEL"
    PAUSE = "PAUSE"
    RESUME = "RESUME"


def standing_of_ticket(status: TicketStatus, *, answered: bool, awaits: bool) -> Standing:
    """Of a Ticket: somebody took its order on, or `answered` its resident just now."""
    return Standing(
        taken_up=answered or status is TicketStatus.IN_PROGRESS,
        settled=status in (TicketStatus.RESOLVED, TicketStatus.CLOSED),
        called_off=status is TicketStatus.CANCELLED,
        awaits=awaits,
    )


def standing_of_order(status: WorkOrderStatus) -> Standing:
    """Of an order that answers no Ticket."""
    if status is WorkOrderStatus.CANCELLED:
        return Standing(taken_up=False, settled=False, called_off=True)
    return standing_of_ticket(status_for(status), answered=False, awaits=False)


def move(kind: SlaClockKind, state: SlaClockState, standing: Standing) -> Move | None:
    """What becomes of a clock that is not over, or None: it counts on, or waits on."""
    if standing.called_off:
        return Move.CANCEL
    if standing.settled or (kind is SlaClockKind.RESPONSE and standing.taken_up):
        return Move.STOP
    if standing.awaits is (state is SlaClockState.PAUSED):
        return None
    return Move.PAUSE if standing.awaits else Move.RESUME


def begins_anew(standing: Standing) -> bool:
    """Whether a resolution clock has to run: what was settled and is no longer gets a further one."""
    return not (standing.settled or standing.called_off)


def warn_after(target_minutes: int, warn_percent: int) -> int:
    """Seconds on the clock at which it warns."""
    return target_minutes * 60 * warn_percent // 100


def running_state(*, warned: bool, breached: bool) -> SlaClockState:
    """The state of a clock that counts."""
    if breached:
        return SlaClockState.BREACHED
    return SlaClockState.WARNED if warned else SlaClockState.RUNNING
