"""A message as it was understood, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from models.errors import Refusal
from models.rules.ingest import IngestStatus

if TYPE_CHECKING:
    from datetime import datetime

    from models.rules.alarm import AlarmSeverity, AlarmType
    from models.rules.device import DeviceState
    from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateState


@dataclass(frozen=True)
class AccessMessage:
    """An attempt at a gate, in the device's own time."""

    sequence: int
    gate_id: UUID
    occurred_at: datetime
    direction: AccessDirection
    method: AccessMethod
    result: AccessResult
    reason: str | None = None
    person_id: UUID | None = None


@dataclass(frozen=True)
class GateStateMessage:
    """A gate now stands so."""

    sequence: int
    gate_id: UUID
    occurred_at: datetime
    state: GateState


@dataclass(frozen=True)
class Reading:
    """One measured value; `unit` as the device names it."""

    metric: str
    value: float
    unit: str | None = None


@dataclass(frozen=True)
class TelemetryMessage:
    """What the device measured at one instant."""

    sequence: int
    occurred_at: datetime
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class DeviceStateMessage:
    """The device is so."""

    sequence: int
    occurred_at: datetime
    state: DeviceState


@dataclass(frozen=True)
class AlarmMessage:
    """The device, or a camera of it (`camera_key`: what the device calls it), raises an alarm."""

    sequence: int
    occurred_at: datetime
    type: AlarmType
    severity: AlarmSeverity
    summary: str
    camera_key: str | None = None


@dataclass(frozen=True)
class AlarmClearedMessage:
    """The cause of the alarm of this type is gone."""

    sequence: int
    occurred_at: datetime
    type: AlarmType
    camera_key: str | None = None


Message = AccessMessage | GateStateMessage | TelemetryMessage | DeviceStateMessage | AlarmMessage | AlarmClearedMessage


@dataclass(frozen=True)
class Incoming:
    """One message of a call: as it came (`source`, decoded JSON), and understood, or why it was not."""

    source: Any
    sequence: int | None
    message: Message | None = None
    fault: Refusal | None = None

    @property
    def raw(self) -> bytes:
        """The message's own bytes, for keeping: JSON."""
        return self.source if isinstance(self.source, bytes) else orjson.dumps(self.source)


@dataclass(frozen=True)
class Receipt:
    """The answer to one message."""

    status: IngestStatus
    refusal: Refusal | None = None
