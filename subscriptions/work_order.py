"""Work orders live: every step of an order, to whoever may see the order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from models.rules.work_order import WorkOrderStatus
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import WorkOrder


class WorkOrderChange(str, Enum):
    """What happened to a WorkOrder."""

    CREATED = "CREATED"
    ASSIGNED = "ASSIGNED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    DEPARTED = "DEPARTED"
    STARTED = "STARTED"
    WAITING = "WAITING"
    COMPLETED = "COMPLETED"
    VERIFIED = "VERIFIED"
    RETURNED = "RETURNED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"
    REOPENED = "REOPENED"
    ESCALATED = "ESCALATED"
    UPDATED = "UPDATED"


@dataclass(frozen=True, kw_only=True)
class WorkOrderChanged(DomainEvent):
    """An order was created or took a step; `subject_version` tells a client which state is newer."""

    TYPE: ClassVar[str] = "work_order.changed"

    change: WorkOrderChange
    from_status: WorkOrderStatus | None
    to_status: WorkOrderStatus
    subject_version: int


AUDIENCE = ("property_id", "building_id", "unit_id", "reporter_id", "assignee_id")


def changed(change: WorkOrderChange, before: WorkOrder | None, after: WorkOrder, at: datetime) -> WorkOrderChanged:
    """The event of one step, on the stream of the order's Property."""
    return WorkOrderChanged(
        stream=after.property_id,
        subject_id=after.id,
        occurred_at=at,
        heard_by=audience(before, after, columns=AUDIENCE),
        change=change,
        from_status=before.status if before else None,
        to_status=after.status,
        subject_version=after.version,
    )
