"""Alarms as pure rules: words, severities, how they wait and escalate (rules.md 29)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum, IntEnum

from models.rules.device import DeviceKind
from models.rules.ticket import Priority

MAX_SUMMARY, MAX_REASON, MAX_NOTE = 200, 200, 2_000
MAX_LEVEL = 5
MAX_MINUTES = 10_080  # a week


class AlarmSeverity(IntEnum):
    """How bad it is; the database compares the numbers."""

    INFO = 1
    WARNING = 2
    MINOR = 3
    MAJOR = 4
    CRITICAL = 5


class AlarmType(str, Enum):
    """What an Alarm tells of."""

    INTRUSION = "INTRUSION"
    LOITERING = "LOITERING"
    CROWD = "CROWD"
    FALL = "FALL"
    FIGHT = "FIGHT"
    FIRE = "FIRE"
    SMOKE = "SMOKE"
    GAS = "GAS"
    WATER_LEAK = "WATER_LEAK"
    LIFT = "LIFT"
    THRESHOLD = "THRESHOLD"
    DEVICE_FAULT = "DEVICE_FAULT"
    DEVICE_OFFLINE = "DEVICE_OFFLINE"
    FORCED_DOOR = "FORCED_DOOR"
    VEHICLE = "VEHICLE"
    ENERGY = "ENERGY"
    MAINTENANCE = "MAINTENANCE"
    PATROL = "PATROL"
    HELP = "HELP"
    OTHER = "OTHER"


class AlarmChange(str, Enum):
    """What happened to an Alarm."""

    RAISED = "RAISED"
    REPEATED = "REPEATED"
    ESCALATED = "ESCALATED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    CLEARED = "CLEARED"
    ORDER_OPENED = "ORDER_OPENED"


# Minutes that an unacknowledged active alarm waits at each level before it rises to the next (default; data wins).
DEFAULT_WAITS: Mapping[AlarmSeverity, tuple[int, ...]] = {
    AlarmSeverity.INFO: (),
    AlarmSeverity.WARNING: (60,),
    AlarmSeverity.MINOR: (30, 60),
    AlarmSeverity.MAJOR: (10, 20, 30),
    AlarmSeverity.CRITICAL: (2, 3, 5),
}

_PRIORITIES = {
    AlarmSeverity.INFO: Priority.LOW,
    AlarmSeverity.WARNING: Priority.NORMAL,
    AlarmSeverity.MINOR: Priority.NORMAL,
    AlarmSeverity.MAJOR: Priority.HIGH,
    AlarmSeverity.CRITICAL: Priority.URGENT,
}
_VITAL = frozenset({DeviceKind.FIRE, DeviceKind.LIFT, DeviceKind.GATE_CONTROLLER, DeviceKind.RECORDER})


def level_at(waits: Sequence[int], raised_at: datetime, now: datetime) -> int:
    """The escalation level that an unacknowledged alarm has reached; `waits` are the minutes at each level."""
    due = raised_at
    for level, minutes in enumerate(waits):
        due += timedelta(minutes=minutes)
        if due > now:
            return level
    return len(waits)


def at_least(severity: AlarmSeverity) -> frozenset[int]:
    """`severity` and what is worse, as the database and the log keep them."""
    return frozenset(other.value for other in AlarmSeverity if other >= severity)


def priority_of(severity: AlarmSeverity) -> Priority:
    """How urgent the WorkOrder of an alarm is."""
    return _PRIORITIES[severity]


def trouble_severity(kind: DeviceKind) -> AlarmSeverity:
    """How bad it is when a device is silent or reports a fault: worse where people's safety hangs on it."""
    return AlarmSeverity.MAJOR if kind in _VITAL else AlarmSeverity.MINOR
