"""Alarms live: raised, repeated, escalated, acknowledged, cleared, an order opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.rules.alarm import AlarmChange, AlarmSeverity, AlarmType
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import Alarm


@dataclass(frozen=True, kw_only=True)
class AlarmChanged(DomainEvent):
    """Something happened to an alarm; the rest says how it stands after it."""

    TYPE: ClassVar[str] = "alarm.changed"

    change: AlarmChange
    type: AlarmType
    severity: AlarmSeverity
    count: int
    escalation_level: int
    active: bool
    acknowledged: bool
    subject_version: int


AUDIENCE = ("property_id",)


def changed(change: AlarmChange, alarm: Alarm, at: datetime) -> AlarmChanged:
    """The event of one change, on the stream of the alarm's Property."""
    return AlarmChanged(
        stream=alarm.property_id,
        subject_id=alarm.id,
        occurred_at=at,
        heard_by=audience(alarm, columns=AUDIENCE),
        change=change,
        type=alarm.type,
        severity=alarm.severity,
        count=alarm.count,
        escalation_level=alarm.escalation_level,
        active=alarm.cleared_at is None,
        acknowledged=alarm.acknowledged_at is not None,
        subject_version=alarm.version,
    )
