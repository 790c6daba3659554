"""The words of notifications: what may be told, by which way, and how far that is."""

from enum import Enum


class NotificationKind(str, Enum):
    """What a notification tells."""

    WORK_ORDER_ASSIGNED = "WORK_ORDER_ASSIGNED"
    WORK_ORDER_REASSIGNED = "WORK_ORDER_REASSIGNED"
    WORK_ORDER_DUE = "WORK_ORDER_DUE"
    WORK_ORDER_RETURNED = "WORK_ORDER_RETURNED"
    WORK_ORDER_CANCELLED = "WORK_ORDER_CANCELLED"
    WORK_ORDER_DECLINED = "WORK_ORDER_DECLINED"
    WORK_ORDER_ESCALATED = "WORK_ORDER_ESCALATED"
    TICKET_ROUTED = "TICKET_ROUTED"
    TICKET_REPLIED = "TICKET_REPLIED"
    TICKET_REOPENED = "TICKET_REOPENED"
    TICKET_PROGRESSED = "TICKET_PROGRESSED"
    TICKET_ANSWERED = "TICKET_ANSWERED"
    TICKET_COMMENTED = "TICKET_COMMENTED"
    TICKET_AWAITED = "TICKET_AWAITED"
    TICKET_DUE = "TICKET_DUE"
    TICKET_RESOLVED = "TICKET_RESOLVED"
    TICKET_CLOSED = "TICKET_CLOSED"
    ALARM_RAISED = "ALARM_RAISED"
    ALARM_ESCALATED = "ALARM_ESCALATED"
    STOCK_LOW = "STOCK_LOW"
    SLA_WARNED = "SLA_WARNED"
    SLA_BREACHED = "SLA_BREACHED"
    ATTENDANCE_MISSED = "ATTENDANCE_MISSED"
    ATTENDANCE_CORRECTED = "ATTENDANCE_CORRECTED"


URGENT = frozenset({NotificationKind.ALARM_RAISED, NotificationKind.ALARM_ESCALATED})
"""What does not wait for the end of quiet hours."""


class NotificationChannel(str, Enum):
    """A way to tell somebody. APP is the inbox itself: it is always on."""

    APP = "APP"
    PUSH = "PUSH"
    SMS = "SMS"
    EMAIL = "EMAIL"


class DeliveryState(str, Enum):
    """How far a notification is on its way out."""

    WAITING = "WAITING"  # for its turn, for the end of quiet hours, or to be tried again
    SENT = "SENT"  # the provider took it
    DROPPED = "DROPPED"  # nobody needs it any more: `error` says why
    FAILED = "FAILED"  # kept aside: refused for good, tried too often, or nobody knows what became of it


class PushPlatform(str, Enum):
    """What a device that is pushed to runs."""

    ANDROID = "ANDROID"
    IOS = "IOS"
