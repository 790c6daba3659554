"""Which warehouses, items, balances, batches, movements and counts a viewer lists and hears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import StockBalance, StockBatch, StockItem, StockMovement, Stocktake, Warehouse
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, all_of, contains, eq, is_null, less, negate
from models.query import Order, Query
from models.rules.key import least_key
from models.rules.stock import MAX_SEARCH, StockMovementKind, StocktakeStatus, search_words
from models.scope import audible, visible
from subscriptions.feed import Cursor, Feed
from subscriptions.stock import StockLevelChanged

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from models.viewer import Viewer


def warehouses(
    viewer: Viewer | None, order: Order, property_id: UUID | None = None, archived: bool | None = None
) -> Query:
    """Warehouses, of one Property or of all."""
    place = EVERYTHING if property_id is None else eq("property_id", property_id)
    return Query(Warehouse, visible(Warehouse, viewer), order).only(place, _set("archived_at", archived))


def items(
    viewer: Viewer | None,
    order: Order,
    search: str | None = None,
    category: str | None = None,
    barcode: str | None = None,
    archived: bool | None = None,
) -> Query:
    """Items whose code, name, initials, keywords or barcode have every word of `search`. Raises Refusal."""
    if search is not None and len(search) > MAX_SEARCH:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="search", message="TEXT_LENGTH", low=0, high=MAX_SEARCH)
    return Query(StockItem, visible(StockItem, viewer), order).only(
        *(contains("search_text", word) for word in search_words(search or "")),
        EVERYTHING if category is None else eq("category", category),
        EVERYTHING if barcode is None else eq("barcode", barcode),
        _set("archived_at", archived),
    )


def balances(
    viewer: Viewer | None, warehouse_id: UUID, order: Order, item_id: UUID | None = None, low: bool | None = None
) -> Query:
    """What lies in a warehouse; `low`: what is at its warning level."""
    return Query(StockBalance, visible(StockBalance, viewer), order).only(
        eq("warehouse_id", warehouse_id), _item(item_id), _set("low_at", low)
    )


def batches(
    viewer: Viewer | None,
    warehouse_id: UUID,
    order: Order,
    item_id: UUID | None = None,
    expires_before: date | None = None,
    left: bool | None = None,
) -> Query:
    """Batches of a warehouse; `left`: those of which something is left, or nothing."""
    empty = eq("quantity_left", 0)
    some: Predicate = EVERYTHING
    if left is not None:
        some = negate(empty) if left else empty
    return Query(StockBatch, visible(StockBatch, viewer), order).only(
        eq("warehouse_id", warehouse_id),
        _item(item_id),
        EVERYTHING if expires_before is None else less("expires_on", expires_before),
        some,
    )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which movements; None asks for nothing. `since` is the first instant, `until` the first one after."""

    item_id: UUID | None = None
    kind: StockMovementKind | None = None
    since: datetime | None = None
    until: datetime | None = None

    def where(self) -> Predicate:
        """As a predicate; a period is one of keys, which ascend with time."""
        return all_of(
            _item(self.item_id),
            EVERYTHING if self.kind is None else eq("kind", self.kind.value),
            EVERYTHING if self.since is None else negate(less("id", least_key(self.since))),
            EVERYTHING if self.until is None else less("id", least_key(self.until)),
        )


def movements(viewer: Viewer | None, warehouse_id: UUID, order: Order, wanted: Wanted) -> Query:
    """Movements of a warehouse."""
    return Query(StockMovement, visible(StockMovement, viewer), order).only(
        eq("warehouse_id", warehouse_id), wanted.where()
    )


def stocktakes(viewer: Viewer | None, warehouse_id: UUID, order: Order, status: StocktakeStatus | None = None) -> Query:
    """Counts of a warehouse."""
    return Query(Stocktake, visible(Stocktake, viewer), order).only(
        eq("warehouse_id", warehouse_id), EVERYTHING if status is None else eq("status", status.value)
    )


def level_changes(viewer: Viewer, warehouse_id: UUID, property_id: UUID | None, after: str | None) -> Feed:
    """What of a warehouse reaches its warning level or rises above it."""
    return Feed(
        stream=property_id or viewer.organization_id,
        type=StockLevelChanged.TYPE,
        where=all_of(audible(StockBalance, viewer), eq("warehouse_id", warehouse_id)),
        after=Cursor.decode(after) if after else None,
    )


def _item(item_id: UUID | None) -> Predicate:
    return EVERYTHING if item_id is None else eq("item_id", item_id)


def _set(column: str, wanted: bool | None) -> Predicate:
    if wanted is None:
        return EVERYTHING
    return negate(is_null(column)) if wanted else is_null(column)
