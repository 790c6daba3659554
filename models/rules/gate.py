"""Words of gates and access (features.md row 39)."""

from enum import Enum


class GateKind(str, Enum):
    """What a Gate is."""

    DOOR = "DOOR"
    TURNSTILE = "TURNSTILE"
    LIFT_GATE = "LIFT_GATE"


class GateState(str, Enum):
    """How a Gate stands."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    OFFLINE = "OFFLINE"


class AccessDirection(str, Enum):
    """Which way somebody went."""

    IN = "IN"
    OUT = "OUT"


class AccessMethod(str, Enum):
    """How somebody asked to pass."""

    FACE = "FACE"
    CARD = "CARD"
    PIN = "PIN"
    QR = "QR"
    PHONE = "PHONE"
    REMOTE = "REMOTE"


class AccessResult(str, Enum):
    """Whether the Gate opened."""

    GRANTED = "GRANTED"
    DENIED = "DENIED"
