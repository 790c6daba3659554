"""The one table of who is told of what: an event that is announced, and the notifications that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from models.rules.alarm import AlarmSeverity
from models.rules.notification.kind import NotificationKind
from models.rules.permission import Role
from models.rules.work_order import OPEN, WorkOrderStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

_K = NotificationKind


class Whom(str, Enum):
    """Who is told. Whoever did it himself is not."""

    ASSIGNEE = "ASSIGNEE"  # who the subject is given to now, or whose it is
    PREVIOUS = "PREVIOUS"  # who it was given to before
    ROUTED = "ROUTED"  # who handles the ticket; where nobody does and no order is open, the service desk
    HANDLER = "HANDLER"  # who handles the ticket or has its order in hand; where there is nobody, the service desk
    REPORTER = "REPORTER"  # the resident it is about, while a home there is held, if the event is for residents
    ROLES = "ROLES"  # who was given one of `roles` in the subject's Property, or in the whole Organization


@dataclass(frozen=True)
class Rule:
    """An `event` (type of the log) with one of `changes` makes a notification of `kind` for `to`."""

    event: str
    changes: frozenset[str]
    kind: NotificationKind
    to: Whom
    roles: tuple[Role, ...] = ()
    least: int = 0  # of the event's severity
    once: bool = False  # of one subject a recipient is told once
    since: frozenset[str] = frozenset()  # how the subject stood before, if that matters
    unless: str = ""  # what of the event, if it is true, says that there is nobody to be told

    def holds(self, data: Mapping[str, Any]) -> bool:
        """Whether what happened is what the rule is about; `data` is the event's own, as the log keeps it."""
        stood = not self.since or data.get("from_status") in self.since
        if not stood or data.get(self.unless):
            return False
        return data.get("change") in self.changes and data.get("severity", 0) >= self.least


def _rule(event: str, change: str, kind: NotificationKind, to: Whom, *roles: Role, **more: Any) -> Rule:
    return Rule(event, frozenset(change.split()), kind, to, roles, **more)


_ORDER, _TICKET, _ALARM, _STOCK = "work_order.changed", "ticket.changed", "alarm.changed", "stock.level_changed"
_CLOCK, _STAY = "sla_clock.changed", "staff.presence_changed"
_MAJOR = AlarmSeverity.MAJOR.value
IN_HAND = frozenset(status.value for status in OPEN - {WorkOrderStatus.CREATED, WorkOrderStatus.REJECTED})
"""Statuses in which an order is somebody's to carry out."""

RULES: tuple[Rule, ...] = (
    _rule(_ORDER, "ASSIGNED", _K.WORK_ORDER_ASSIGNED, Whom.ASSIGNEE),
    # Whoever gave it back knows; whoever had it in hand does not go there any more.
    _rule(_ORDER, "ASSIGNED", _K.WORK_ORDER_REASSIGNED, Whom.PREVIOUS, since=IN_HAND),
    _rule(_ORDER, "RETURNED", _K.WORK_ORDER_RETURNED, Whom.ASSIGNEE),
    _rule(_ORDER, "CANCELLED", _K.WORK_ORDER_CANCELLED, Whom.ASSIGNEE),
    _rule(_ORDER, "DECLINED", _K.WORK_ORDER_DECLINED, Whom.ROLES, Role.MANAGER),
    _rule(_ORDER, "ESCALATED", _K.WORK_ORDER_ESCALATED, Whom.ROLES, Role.MANAGER),
    _rule(_TICKET, "RAISED CLASSIFIED", _K.TICKET_ROUTED, Whom.ROUTED, unless="ordered"),
    _rule(_TICKET, "COMMENTED", _K.TICKET_REPLIED, Whom.HANDLER),
    _rule(_TICKET, "REOPENED", _K.TICKET_REOPENED, Whom.HANDLER),
    _rule(_TICKET, "REMINDED", _K.WORK_ORDER_DUE, Whom.HANDLER),
    _rule(_TICKET, "REMINDED", _K.TICKET_DUE, Whom.REPORTER),
    # What its order does reaches a resident by the ticket that follows it.
    _rule(_TICKET, "PROGRESSED", _K.TICKET_PROGRESSED, Whom.REPORTER),
    _rule(_TICKET, "ANSWERED", _K.TICKET_ANSWERED, Whom.REPORTER),
    _rule(_TICKET, "COMMENTED", _K.TICKET_COMMENTED, Whom.REPORTER),
    _rule(_TICKET, "AWAITED", _K.TICKET_AWAITED, Whom.REPORTER),
    _rule(_TICKET, "RESOLVED", _K.TICKET_RESOLVED, Whom.REPORTER),
    _rule(_TICKET, "CLOSED", _K.TICKET_CLOSED, Whom.REPORTER),
    # A repeat counts, for an alarm may have grown worse; who was told of it is not told again.
    _rule(
        _ALARM, "RAISED REPEATED", _K.ALARM_RAISED, Whom.ROLES, Role.GUARD, Role.CONTROL_ROOM, least=_MAJOR, once=True
    ),
    _rule(_ALARM, "ESCALATED", _K.ALARM_ESCALATED, Whom.ROLES, Role.MANAGER, Role.CONTROL_ROOM),
    _rule(_STOCK, "LOW", _K.STOCK_LOW, Whom.ROLES, Role.BUYER),
    _rule(_CLOCK, "WARNED", _K.SLA_WARNED, Whom.ASSIGNEE),
    _rule(_CLOCK, "BREACHED", _K.SLA_BREACHED, Whom.ROLES, Role.MANAGER),
    _rule(_STAY, "MISSED", _K.ATTENDANCE_MISSED, Whom.ASSIGNEE),
    _rule(_STAY, "FORGOTTEN CORRECTED", _K.ATTENDANCE_CORRECTED, Whom.ASSIGNEE),
)


def rules_for(event: str, data: Mapping[str, Any]) -> list[Rule]:
    """The rules that what happened sets going."""
    return [rule for rule in RULES if rule.event == event and rule.holds(data)]
