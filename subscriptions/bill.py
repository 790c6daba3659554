"""Bills live: on the streams of the accounts of those who see the bill as residents."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from models.rules.bill import BillStatus
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from models import Bill


class BillChange(str, Enum):
    """What happened to a Bill."""

    ISSUED = "ISSUED"
    PARTLY_PAID = "PARTLY_PAID"
    PAID = "PAID"
    CREDITED = "CREDITED"
    REOPENED = "REOPENED"


@dataclass(frozen=True, kw_only=True)
class BillChanged(DomainEvent):
    """A bill was issued, paid, credited or reopened. Amounts in fen."""

    TYPE: ClassVar[str] = "bill.changed"

    change: BillChange
    from_status: BillStatus | None
    to_status: BillStatus
    subject_version: int
    amount: int
    open_amount: int


AUDIENCE = ("property_id", "unit_id", "payer_id")


def changed(
    stream: UUID, change: BillChange, before: Bill | None, after: Bill, open_amount: int, at: datetime
) -> BillChanged:
    """The event of one change, on the stream of one Account; `open_amount` in fen as it is after the change."""
    return BillChanged(
        stream=stream,
        subject_id=after.id,
        occurred_at=at,
        heard_by=audience(before, after, columns=AUDIENCE),
        change=change,
        from_status=before.status if before else None,
        to_status=after.status,
        subject_version=after.version,
        amount=after.amount,
        open_amount=open_amount,
    )
