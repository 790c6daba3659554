"""Words of cameras (features.md row 42)."""

from enum import Enum

MAX_NAME, MAX_WORD = 80, 80


class CameraKind(str, Enum):
    """What a Camera is."""

    FIXED = "FIXED"
    DOME = "DOME"
    PTZ = "PTZ"
    FISHEYE = "FISHEYE"
    INTERCOM = "INTERCOM"
    THERMAL = "THERMAL"
