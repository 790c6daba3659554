"""Stock live: a balance reached its warning level, or rose above it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.rules.stock import StockLevelChange
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import StockBalance


@dataclass(frozen=True, kw_only=True)
class StockLevelChanged(DomainEvent):
    """A balance crossed its warning level; once per crossing. Quantities in 1/1,000 of the item's unit.

    `warning_level` is the one it crossed: None when it has just been taken away.
    """

    TYPE: ClassVar[str] = "stock.level_changed"

    change: StockLevelChange
    quantity: int
    warning_level: int | None
    subject_version: int


AUDIENCE = ("property_id", "warehouse_id")


def changed(change: StockLevelChange, balance: StockBalance, at: datetime) -> StockLevelChanged:
    """The event of one crossing, on the stream of the warehouse's Property or, if it has none, of the Organization."""
    return StockLevelChanged(
        stream=balance.property_id or balance.organization_id,
        subject_id=balance.id,
        occurred_at=at,
        heard_by=audience(balance, columns=AUDIENCE),
        change=change,
        quantity=balance.quantity,
        warning_level=balance.warning_level,
        subject_version=balance.version,
    )
