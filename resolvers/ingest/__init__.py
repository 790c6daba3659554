"""What devices report: deduplicated by (device, sequence), committed per Property at most every 20 ms."""

from models.rules.ingest import IngestStatus
from resolvers.ingest.device import authorise_device
from resolvers.ingest.gather import Ingest
from resolvers.ingest.message import (
    AccessMessage,
    AlarmClearedMessage,
    AlarmMessage,
    DeviceStateMessage,
    GateStateMessage,
    Incoming,
    Message,
    Reading,
    Receipt,
    TelemetryMessage,
)

__all__ = [
    "AccessMessage",
    "AlarmClearedMessage",
    "AlarmMessage",
    "DeviceStateMessage",
    "GateStateMessage",
    "Incoming",
    "Ingest",
    "IngestStatus",
    "Message",
    "Reading",
    "Receipt",
    "TelemetryMessage",
    "authorise_device",
]
