"""Access live: every attempt at a gate, to the control room and to the person it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.rules.gate import AccessResult
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from models import AccessEvent


@dataclass(frozen=True, kw_only=True)
class AccessEventRecorded(DomainEvent):
    """An attempt to pass a gate was recorded, granted or denied."""

    TYPE: ClassVar[str] = "access_event.recorded"

    result: AccessResult


AUDIENCE = ("property_id", "gate_id", "person_id")


def recorded(attempt: AccessEvent) -> AccessEventRecorded:
    """The event of one attempt, on the stream of the gate's Property."""
    return AccessEventRecorded(
        stream=attempt.property_id,
        subject_id=attempt.id,
        occurred_at=attempt.created_at,
        heard_by=audience(attempt, columns=AUDIENCE),
        result=attempt.result,
    )
