"""Clocks of service levels live: begun, paused, warned of, late, met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.rules.sla import SlaClockChange, SlaClockKind, SlaClockState
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import SlaClock


@dataclass(frozen=True, kw_only=True)
class SlaClockChanged(DomainEvent):
    """Something happened to a clock; `state` is how it stands after it."""

    TYPE: ClassVar[str] = "sla_clock.changed"

    change: SlaClockChange
    kind: SlaClockKind
    state: SlaClockState
    target_minutes: int
    subject_version: int


STAFF = ("property_id",)
AUDIENCE = (*STAFF, "reporter_id")


def changed(change: SlaClockChange, clock: SlaClock, at: datetime) -> SlaClockChanged:
    """The event of one change, on the stream of the clock's Property; the resident hears of what is shown to them."""
    return SlaClockChanged(
        stream=clock.property_id,
        subject_id=clock.id,
        occurred_at=at,
        heard_by=audience(clock, columns=AUDIENCE if clock.shown else STAFF),
        change=change,
        kind=clock.kind,
        state=clock.state,
        target_minutes=clock.target_minutes,
        subject_version=clock.version,
    )
