"""The orders that a list offers, each with an index behind it."""

from __future__ import annotations

from enum import Enum

import strawberry

from models.query import Order


@strawberry.enum(description="The order of a list.")
class ListOrder(Enum):
    """The order of a list."""

    NEWEST = strawberry.enum_value("NEWEST", description="The one that was created last comes first.")
    OLDEST = strawberry.enum_value("OLDEST", description="The one that was created first comes first.")

    @property
    def order(self) -> Order:
        """Ids are UUIDv7: they ascend with time."""
        return Order(descending=self is ListOrder.NEWEST)


@strawberry.enum(description="The order of a list whose items change.")
class ChangeOrder(Enum):
    """The order of a list whose items change."""

    NEWEST = strawberry.enum_value("NEWEST", description="The one that was created last comes first.")
    OLDEST = strawberry.enum_value("OLDEST", description="The one that was created first comes first.")
    LAST_CHANGED = strawberry.enum_value("LAST_CHANGED", description="The one that was changed last comes first.")

    @property
    def order(self) -> Order:
        """As the read engine takes it."""
        if self is ChangeOrder.LAST_CHANGED:
            return Order("updated_at", descending=True)
        return Order(descending=self is ChangeOrder.NEWEST)
