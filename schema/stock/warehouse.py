"""Verbs of warehouses and items, and what they take and answer."""

from __future__ import annotations

from typing import Any

import strawberry

from models.rules.permission import Permission
from resolvers.stock import item as items
from resolvers.stock import warehouse as warehouses
from schema.base import Info, Payload, changed, decode, ref, text, values, verb
from schema.stock.type import StockItem, Warehouse

VERSION = "The version the viewer saw; a newer one is a CONFLICT."
_CODE, _NAME, _ADDRESS = "Short name; 1 to 20 characters.", "For people; 1 to 80 characters.", "Where it is."
_ITEM_CODE, _CATEGORY, _BARCODE = "编码; 1 to 40 characters.", "类别; at most 40 characters.", "条码; at most 40."
_KEYWORDS = "What else it is looked for by, such as other names or a full pinyin; at most 200 characters."


@strawberry.input(description="A warehouse to open.")
class WarehouseCreateInput:
    """A warehouse to open."""

    code: str = text(_CODE)
    name: str = text(_NAME)
    property_id: strawberry.ID | None = ref("Property", "Of which Property; of the company without it.", optional=True)
    address: str | None = text(_ADDRESS, optional=True)


@strawberry.input(description="What changes about a warehouse. What is not sent stays; null empties.")
class WarehouseUpdateInput:
    """What changes about a warehouse."""

    expected_version: int = text(VERSION)
    code: str | None = changed(_CODE)
    name: str | None = changed(_NAME)
    address: str | None = changed(_ADDRESS)


@strawberry.input(description="Which state of the warehouse the viewer saw.")
class WarehouseArchiveInput:
    """Which state the viewer saw."""

    expected_version: int = text(VERSION)


@strawberry.input(description="A kind of thing to enter.")
class StockItemCreateInput:
    """A kind of thing to enter."""

    code: str = text(_ITEM_CODE)
    name: str = text(_NAME)
    unit: str = text("计量单位, such as 个, 根, 米; 1 to 10 characters. It stays as it is.")
    decimals: int = text("The places that a quantity may have, 0 to 3. It stays as it is.", default=0)
    category: str | None = text(_CATEGORY, optional=True)
    barcode: str | None = text(_BARCODE, optional=True)
    keywords: str | None = text(_KEYWORDS, optional=True)


@strawberry.input(description="What changes about an item, for all warehouses. What is not sent stays; null empties.")
class StockItemUpdateInput:
    """What changes about an item."""

    expected_version: int = text(VERSION)
    code: str | None = changed(_ITEM_CODE)
    name: str | None = changed(_NAME)
    category: str | None = changed(_CATEGORY)
    barcode: str | None = changed(_BARCODE)
    keywords: str | None = changed(_KEYWORDS)


@strawberry.input(description="Which state of the item the viewer saw.")
class StockItemArchiveInput:
    """Which state the viewer saw."""

    expected_version: int = text(VERSION)


def _shown(words: str) -> Any:
    return strawberry.field(default=None, description=words)


_AS_IT_IS = "As it is now."


@strawberry.type(description="Answer to warehouseCreate.")
class WarehouseCreatePayload(Payload):
    """The new warehouse."""

    warehouse: Warehouse | None = _shown("The new one.")


@strawberry.type(description="Answer to warehouseUpdate.")
class WarehouseUpdatePayload(Payload):
    """The warehouse as it is."""

    warehouse: Warehouse | None = _shown(_AS_IT_IS)


@strawberry.type(description="Answer to warehouseArchive.")
class WarehouseArchivePayload(Payload):
    """The archived warehouse."""

    warehouse: Warehouse | None = _shown(_AS_IT_IS)


@strawberry.type(description="Answer to stockItemCreate.")
class StockItemCreatePayload(Payload):
    """The new item."""

    stock_item: StockItem | None = _shown("The new one; with STOCK_CODE_TAKEN the one that has it.")


@strawberry.type(description="Answer to stockItemUpdate.")
class StockItemUpdatePayload(Payload):
    """The item as it is."""

    stock_item: StockItem | None = _shown("As it is now; with STOCK_CODE_TAKEN the one that has it.")


@strawberry.type(description="Answer to stockItemArchive.")
class StockItemArchivePayload(Payload):
    """The archived item."""

    stock_item: StockItem | None = _shown(_AS_IT_IS)


@strawberry.type
class WarehouseMutation:
    """Verbs of warehouses and items."""

    @verb(
        "Open a Warehouse: of a Property by who manages stock there, of the whole company by who does everywhere.",
        permission=Permission.STOCK_MANAGE,
    )
    async def warehouse_create(self, info: Info, input: WarehouseCreateInput) -> WarehouseCreatePayload | None:
        """Open it."""
        made = await warehouses.create(info.context.viewer, info.context.house, **values(input))
        return WarehouseCreatePayload(warehouse=await info.context.show("Warehouse", made.id))

    @verb("Change what a Warehouse is called and where it is.", shows="Warehouse", permission=Permission.STOCK_MANAGE)
    async def warehouse_update(
        self, info: Info, id: strawberry.ID, input: WarehouseUpdateInput
    ) -> WarehouseUpdatePayload | None:
        """Change it."""
        context = info.context
        row = await warehouses.update(context.viewer, context.house, decode("Warehouse", id), **values(input))
        return WarehouseUpdatePayload(warehouse=await context.show("Warehouse", row.id))

    @verb("Give up a Warehouse in which nothing is left.", shows="Warehouse", permission=Permission.STOCK_MANAGE)
    async def warehouse_archive(
        self, info: Info, id: strawberry.ID, input: WarehouseArchiveInput
    ) -> WarehouseArchivePayload | None:
        """End it."""
        context = info.context
        row = await warehouses.archive(context.viewer, context.house, decode("Warehouse", id), **values(input))
        return WarehouseArchivePayload(warehouse=await context.show("Warehouse", row.id))

    @verb(
        "Enter a StockItem, for all warehouses: by who manages stock anywhere.",
        shows="StockItem",
        permission=Permission.STOCK_MANAGE,
    )
    async def stock_item_create(self, info: Info, input: StockItemCreateInput) -> StockItemCreatePayload | None:
        """Enter it."""
        made = await items.create(info.context.viewer, info.context.house, **values(input))
        return StockItemCreatePayload(stock_item=await info.context.show("StockItem", made.id))

    @verb(
        "Change a StockItem, for all warehouses: by who manages stock everywhere.",
        shows="StockItem",
        permission=Permission.STOCK_MANAGE,
    )
    async def stock_item_update(
        self, info: Info, id: strawberry.ID, input: StockItemUpdateInput
    ) -> StockItemUpdatePayload | None:
        """Change it."""
        context = info.context
        row = await items.update(context.viewer, context.house, decode("StockItem", id), **values(input))
        return StockItemUpdatePayload(stock_item=await context.show("StockItem", row.id))

    @verb(
        "Archive a StockItem of which nothing is left: by who manages stock everywhere. Its code is free again.",
        shows="StockItem",
        permission=Permission.STOCK_MANAGE,
    )
    async def stock_item_archive(
        self, info: Info, id: strawberry.ID, input: StockItemArchiveInput
    ) -> StockItemArchivePayload | None:
        """End it."""
        context = info.context
        row = await items.archive(context.viewer, context.house, decode("StockItem", id), **values(input))
        return StockItemArchivePayload(stock_item=await context.show("StockItem", row.id))
