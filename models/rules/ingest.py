"""Words and bounds of what devices send. Over every transport the same."""

from __future__ import annotations

import re
from enum import Enum

MAX_SEQUENCE = 2**53 - 1  # what a double still counts by one: JSON's numbers on small devices
MAX_REASON = 200
MAX_SUMMARY = 200
MAX_READINGS = 50
MAX_UNIT = 16
MAX_KEY = 100
PAYLOAD_BYTES = 4 * 1024  # of a rejected message that we keep
REASON_CHARACTERS = 200
OVERFLOW = "overflow"  # stands for a digest: the row that counts what a device sent beyond its cap

METRIC = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")


class Transport(str, Enum):
    """The way a message came."""

    HTTP = "HTTP"
    MQTT = "MQTT"


class IngestStatus(str, Enum):
    """What became of a message."""

    ACCEPTED = "ACCEPTED"
    DUPLICATE = "DUPLICATE"
    REJECTED = "REJECTED"


def kept(payload: bytes) -> str:
    """The part of a payload that is kept: at most 4 KiB of text that every database takes."""
    return payload[:PAYLOAD_BYTES].decode(errors="replace").replace("\0", "\ufffd")
