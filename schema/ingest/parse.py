"""A message of a device: JSON → what the use-case takes, or why it is none."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

from models.errors import ErrorCode, Refusal
from models.rules.alarm import AlarmSeverity, AlarmType
from models.rules.device import DeviceState
from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateState
from models.rules.ingest import (
    MAX_KEY,
    MAX_READINGS,
    MAX_REASON,
    MAX_SEQUENCE,
    MAX_SUMMARY,
    MAX_UNIT,
    METRIC,
)
from resolvers.ingest import (
    AccessMessage,
    AlarmClearedMessage,
    AlarmMessage,
    DeviceStateMessage,
    GateStateMessage,
    Incoming,
    Message,
    Reading,
    TelemetryMessage,
)
from schema.base import decode
from schema.base.scalar import read_instant

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from enum import Enum

    E = TypeVar("E", bound=Enum)
    T = TypeVar("T")


def parse(item: Any) -> Incoming:
    """One message of a call; a fault is kept beside its source."""
    sequence = sequence_of(item)
    try:
        if not isinstance(item, dict):
            raise _bad("messages", "a message is an object")
        if sequence is None:
            raise _bad("sequence", f"a whole number from 0 to {MAX_SEQUENCE}")
        read = _READERS.get(str(item.get("type")))
        if read is None:
            raise _bad("type", "one of " + ", ".join(_READERS))
        return Incoming(item, sequence, read(item, sequence, _instant(item)))
    except Refusal as refusal:
        return Incoming(item, sequence, fault=refusal)


def sequence_of(item: Any) -> int | None:
    """The number of a message; None when it has no good one."""
    value = item.get("sequence") if isinstance(item, dict) else None
    return value if type(value) is int and 0 <= value <= MAX_SEQUENCE else None


def _access(item: dict[str, Any], sequence: int, occurred_at: datetime) -> Message:
    return AccessMessage(
        sequence,
        decode("Gate", _text(item, "gateId"), "gate_id"),
        occurred_at,
        _member(AccessDirection, item, "direction"),
        _member(AccessMethod, item, "method"),
        _member(AccessResult, item, "result"),
        _optional(item, "reason", lambda text: text[:MAX_REASON]),
        _optional(item, "personId", lambda text: decode("Person", text, "person_id")),
    )


def _gate_state(item: dict[str, Any], sequence: int, occurred_at: datetime) -> Message:
    gate_id = decode("Gate", _text(item, "gateId"), "gate_id")
    return GateStateMessage(sequence, gate_id, occurred_at, _member(GateState, item, "state"))


def _telemetry(item: dict[str, Any], sequence: int, occurred_at: datetime) -> Message:
    """Either `readings`, a list, or one reading in the message itself."""
    readings = item.get("readings", [item])
    if not isinstance(readings, list) or not 1 <= len(readings) <= MAX_READINGS:
        raise _bad("readings", f"a list of 1 to {MAX_READINGS} readings")
    return TelemetryMessage(sequence, occurred_at, tuple(_reading(reading) for reading in readings))


def _reading(reading: Any) -> Reading:
    if not isinstance(reading, dict):
        raise _bad("readings", "a reading is an object with metric and value")
    metric = _text(reading, "metric")
    if not METRIC.fullmatch(metric):
        raise _bad("metric", "a letter, then up to 63 letters, digits and _ . : -")
    value = reading.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(float(value)):
        raise _bad("value", "a finite number")
    unit = _optional(reading, "unit", str)
    if unit is not None and len(unit) > MAX_UNIT:
        raise _bad("unit", f"at most {MAX_UNIT} characters")
    return Reading(metric, float(value), unit or None)


def _device_state(item: dict[str, Any], sequence: int, occurred_at: datetime) -> Message:
    return DeviceStateMessage(sequence, occurred_at, _member(DeviceState, item, "state"))


def _alarm(item: dict[str, Any], sequence: int, occurred_at: datetime) -> Message:
    severity = item.get("severity")
    if not isinstance(severity, str) or severity not in AlarmSeverity.__members__:
        raise _bad("severity", "one of " + ", ".join(AlarmSeverity.__members__))
    summary = _text(item, "summary").strip()
    if not summary:
        raise _bad("summary", "some text")
    return AlarmMessage(
        sequence,
        occurred_at,
        _member(AlarmType, item, "alarmType"),
        AlarmSeverity[severity],
        summary[:MAX_SUMMARY],
        _optional(item, "cameraKey", _key),
    )


def _alarm_cleared(item: dict[str, Any], sequence: int, occurred_at: datetime) -> Message:
    type_ = _member(AlarmType, item, "alarmType")
    return AlarmClearedMessage(sequence, occurred_at, type_, _optional(item, "cameraKey", _key))


def _key(text: str) -> str:
    if not 1 <= len(text) <= MAX_KEY:
        raise _bad("cameraKey", f"1 to {MAX_KEY} characters")
    return text


_READERS: dict[str, Callable[[dict[str, Any], int, datetime], Message]] = {
    "access": _access,
    "gateState": _gate_state,
    "telemetry": _telemetry,
    "deviceState": _device_state,
    "alarm": _alarm,
    "alarmCleared": _alarm_cleared,
}


def _instant(item: dict[str, Any]) -> datetime:
    try:
        return read_instant(item.get("occurredAt"))
    except (ValueError, OverflowError):
        raise _bad("occurred_at", "an instant with an offset, such as 2026-11-22T10:00:00+08:00") from None


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise _bad(name, "a text is expected")
    if "\0" in value:
        raise _bad(name, "a text must not hold the character U+0000")
    return value


def _optional(item: dict[str, Any], name: str, read: Callable[[str], T]) -> T | None:
    return None if item.get(name) is None else read(_text(item, name))


def _member(enum: type[E], item: dict[str, Any], name: str) -> E:
    try:
        return enum(item.get(name))
    except ValueError:
        raise _bad(name, "one of " + ", ".join(member.value for member in enum)) from None


def _bad(field: str, detail: str) -> Refusal:
    return Refusal(ErrorCode.BAD_USER_INPUT, field=field, detail=f"{field}: {detail}")
