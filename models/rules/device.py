"""Devices as pure rules: words, limits, when one counts as offline (features.md rows 7 and 13)."""

from datetime import datetime, timedelta
from enum import Enum

MIN_HEARTBEAT, MAX_HEARTBEAT = 10, 86_400  # seconds
MISSED = 2  # heartbeats that may be missed before a device counts as offline
MAX_NAME, MAX_WORD, MAX_NOTES = 80, 80, 2_000
MAX_LIFE = 1_200  # months
MAX_OVERLAP_HOURS = 168  # a week, in which an old credential holds beside the new one


class DeviceKind(str, Enum):
    """What a Device is."""

    GATE_CONTROLLER = "GATE_CONTROLLER"
    CAMERA = "CAMERA"
    RECORDER = "RECORDER"
    ANALYTICS = "ANALYTICS"
    GATEWAY = "GATEWAY"
    LIFT = "LIFT"
    PUMP = "PUMP"
    FIRE = "FIRE"
    METER = "METER"
    SENSOR = "SENSOR"
    HVAC = "HVAC"
    LIGHTING = "LIGHTING"
    POWER = "POWER"
    PARKING = "PARKING"
    OTHER = "OTHER"


class DeviceStatus(str, Enum):
    """Where a Device is in its life."""

    IN_SERVICE = "IN_SERVICE"
    UNDER_REPAIR = "UNDER_REPAIR"
    OUT_OF_SERVICE = "OUT_OF_SERVICE"
    RETIRED = "RETIRED"


class DeviceState(str, Enum):
    """What a Device last reported about itself."""

    UNKNOWN = "UNKNOWN"
    RUNNING = "RUNNING"
    STANDBY = "STANDBY"
    STOPPED = "STOPPED"
    FAULT = "FAULT"


class DeviceConnectivity(str, Enum):
    """Whether we hear from a Device."""

    NEVER_SEEN = "NEVER_SEEN"
    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"


def silent_after(last_seen_at: datetime, heartbeat_seconds: int, slack_seconds: float) -> datetime:
    """The instant from which a device that was seen then counts as offline: MISSED heartbeats and the slack.

    The slack is how much older than the truth `last_seen_at` may be (Limits.device_seen_seconds).
    """
    return last_seen_at + timedelta(seconds=MISSED * heartbeat_seconds + slack_seconds)


def silence_alarms(status: DeviceStatus) -> bool:
    """Whether silence or a fault of a device is worth an alarm: of what is under repair or out of use it is not."""
    return status is DeviceStatus.IN_SERVICE
