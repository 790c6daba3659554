"""Words of devices."""

from enum import Enum


class DeviceKind(str, Enum):
    """What a Device is."""

    GATE_CONTROLLER = "GATE_CONTROLLER"
