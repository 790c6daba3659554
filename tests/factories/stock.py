"""Warehouses of both properties and of the company, with books that balance.

`home` has 11 tubes (10 came in at 8.00, 2 at 9.30, one went to order1), `away` 5 taps. A count of `home` is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import models
from models.rules.stock import NEVER, StockMovementKind, StocktakeStatus, search_text
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from tests.factories.world import Builder

ITEMS = {
    "tube": ("DG-T8", "LED灯管 T8", "根", 0, "照明", "6901234567892"),
    "tap": ("SLT-15", "水龙头 DN15", "个", 0, "给排水", None),
    "cable": ("DX-25", "铜芯电线 2.5", "米", 3, "电气", None),
}


def furnish(builder: Builder) -> None:
    """Write them."""
    keys = builder.tenant.keys
    for name, place in (("warehouse", "home"), ("away_warehouse", "away"), ("central", None)):
        builder.add(
            name,
            models.Warehouse,
            property_id=keys[place] if place else None,
            code=name,
            name=f"{builder.tenant.slug} {name}",
            address=None,
            archived_at=None,
        )
    for name, (code, title, unit, decimals, category, barcode) in ITEMS.items():
        found_by = search_text(code=code, name=title, barcode=barcode, keywords=builder.tenant.slug)
        words = {"code": code, "name": title, "unit": unit, "category": category, "barcode": barcode}
        more = {"decimals": decimals, "keywords": builder.tenant.slug, "search_text": found_by, "archived_at": None}
        builder.add(name, models.StockItem, **words, **more)
    _books(builder)
    _count(builder)
    _used(builder)


def _books(builder: Builder) -> None:
    _balance(builder, "stock_tube", "warehouse", "tube", 11_000, 903_833)
    _balance(builder, "away_stock", "away_warehouse", "tap", 5_000, 1_000_000)
    _balance(builder, "central_stock", "central", "cable", 2_500, 50_000)
    _batch(builder, "batch0", "warehouse", "tube", (10_000, 9_000), 80_000)
    _batch(builder, "batch1", "warehouse", "tube", (2_000, 2_000), 93_000)
    _batch(builder, "away_batch", "away_warehouse", "tap", (5_000, 5_000), 200_000)
    _batch(builder, "central_batch", "central", "cable", (2_500, 2_500), 20_000)
    _moved(builder, "moved0", "warehouse", "tube", "batch0", (10_000, 800_000, 10_000))
    _moved(builder, "moved1", "warehouse", "tube", "batch1", (2_000, 186_000, 12_000))
    _moved(builder, "away_moved", "away_warehouse", "tap", "away_batch", (5_000, 1_000_000, 5_000))
    _moved(builder, "central_moved", "central", "cable", "central_batch", (2_500, 50_000, 2_500))


def _used(builder: Builder) -> None:
    keys = builder.tenant.keys
    _moved(builder, "used", "warehouse", "tube", "batch0", (-1_000, -82_167, 11_000), keys["order1"])
    builder.add(
        "material",
        models.WorkOrderMaterial,
        property_id=keys["home"],
        work_order_id=keys["order1"],
        warehouse_id=keys["warehouse"],
        item_id=keys["tube"],
        taken=1_000,
        returned=0,
        cost=82_167,
    )


def _property(builder: Builder, warehouse: str) -> UUID | None:
    keys = builder.tenant.keys
    return {"warehouse": keys["home"], "away_warehouse": keys["away"], "central": None}[warehouse]


def _where(builder: Builder, warehouse: str, item: str) -> dict[str, UUID | None]:
    keys = builder.tenant.keys
    return {
        "property_id": _property(builder, warehouse),
        "warehouse_id": keys[warehouse],
        "item_id": keys[item],
    }


def _balance(builder: Builder, name: str, warehouse: str, item: str, quantity: int, value: int) -> None:
    builder.add(
        name,
        models.StockBalance,
        quantity=quantity,
        value=value,
        average_cost=(2 * value * 1_000 + quantity) // (2 * quantity),
        warning_level=None,
        low_at=None,
        **_where(builder, warehouse, item),
    )


def _batch(builder: Builder, name: str, warehouse: str, item: str, quantities: tuple[int, int], unit_cost: int) -> None:
    builder.add(
        name,
        models.StockBatch,
        received_at=NOW,
        supplier=f"{builder.tenant.slug} 五金",
        expires_on=NEVER,
        unit_cost=unit_cost,
        quantity=quantities[0],
        quantity_left=quantities[1],
        **_where(builder, warehouse, item),
    )


def _moved(
    builder: Builder,
    name: str,
    warehouse: str,
    item: str,
    batch: str,
    figures: tuple[int, int, int],
    order_id: UUID | None = None,
) -> None:
    quantity, value, after = figures
    keys = builder.tenant.keys
    movement = builder.add(
        name,
        models.StockMovement,
        kind=StockMovementKind.IN if quantity > 0 else StockMovementKind.OUT,
        quantity=quantity,
        value=value,
        quantity_after=after,
        note=builder.tenant.slug,
        account_id=keys["chief"],
        work_order_id=order_id,
        stocktake_id=None,
        origin_id=None,
        **_where(builder, warehouse, item),
    )
    where = {"property_id": _property(builder, warehouse), "movement_id": movement, "batch_id": keys[batch]}
    builder.add(f"{name}_pick", models.StockPick, quantity=quantity, **where)


def _count(builder: Builder) -> None:
    keys = builder.tenant.keys
    take = builder.add(
        "stocktake0",
        models.Stocktake,
        property_id=keys["home"],
        warehouse_id=keys["warehouse"],
        started_by_id=keys["buyer"],
        finished_by_id=keys["buyer"],
        status=StocktakeStatus.FINISHED,
        note=builder.tenant.slug,
        finished_at=NOW,
    )
    builder.add(
        "line0",
        models.StocktakeLine,
        property_id=keys["home"],
        stocktake_id=take,
        item_id=keys["tube"],
        expected=11_000,
        counted=11_000,
        counted_at=NOW,
        counted_by_id=keys["buyer"],
    )
