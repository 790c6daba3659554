"""What lies where, how it moved, and what was counted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models.rules.permission import Permission
from models.rules.stock import NEVER, PLACES, StockLevelChange, StockMovementKind, StocktakeStatus
from schema.account import Account
from schema.base import (
    Connection,
    Decimal3,
    Decimal4,
    Event,
    Node,
    Scaled,
    column,
    computed,
    event,
    happened,
    node,
    subject,
    to_many,
    to_one,
)
from schema.place import Property
from subscriptions import StockLevelChanged as Changed

if TYPE_CHECKING:
    from models.viewer import Viewer
    from schema.work_order import WorkOrder

thousandths, ten_thousandths = Scaled(PLACES), Scaled(4)
WorkOrderNode = Annotated["WorkOrder", strawberry.lazy("schema.work_order")]


def _cost(description: str, source: str | None = None) -> Any:
    """Yuan with four places, for who sees what things cost."""
    return column(
        f"{description} Yuan; null for a viewer without cost.read there.",
        source=source,
        convert=ten_thousandths,
        permission=Permission.COST_READ,
    )


def _difference(row: dict[str, Any], _viewer: Viewer) -> Decimal | None:
    return None if row["counted"] is None else thousandths(row["counted"] - row["expected"])


def _remaining(row: dict[str, Any], _viewer: Viewer) -> Decimal:
    return thousandths(row["taken"] - row["returned"])


@node(models.Warehouse, "仓库: where things lie; of a Property, or of the whole company.")
class Warehouse(Node):
    """Where things lie."""

    property: Property | None = to_one("The estate; null for one of the whole company.")
    code: str = column("Short name, unique in the company while not archived.")
    name: str = column("For people.")
    address: str | None = column("Where it is; null when unknown.")
    archived_at: datetime | None = column("When it was given up; null while it is used.")
    created_at: datetime = column("When it was entered.")
    version: int = column("Grows by one with each change.")


@node(models.StockItem, "物资: a kind of thing that can lie in a warehouse; of the whole company.")
class StockItem(Node):
    """A kind of thing."""

    code: str = column("编码, unique in the company while not archived.")
    name: str = column("For people.")
    unit: str = column("计量单位: 个, 根, 米, 千克.")
    decimals: int = column("The places that a quantity of it may have: 0 to 3.")
    category: str | None = column("类别; null without one.")
    barcode: str | None = column("条码, unique in the company while not archived; null without one.")
    keywords: str | None = column("What else a search finds it by; null without any.")
    archived_at: datetime | None = column("When it ceased to be used; null while it is.")
    balances: Connection[StockBalance] = to_many("Where how much of it lies.", "StockBalance", "item_id")
    created_at: datetime = column("When it was entered.")
    version: int = column("Grows by one with each change.")


@node(models.StockBalance, "库存: how much of an item lies in a warehouse. The sum of its movements; never below zero.")
class StockBalance(Node):
    """How much of an item lies in a warehouse."""

    warehouse: Warehouse = to_one("Where.")
    item: StockItem = to_one("Of what.")
    quantity: Decimal3 = column("How much, in the item's unit.", convert=thousandths)
    value: Decimal4 | None = _cost("What it cost: the sum of the values of its movements.")
    average_cost: Decimal4 | None = _cost(
        "移动加权平均: what one cost on the average, also of what was there last; null before anything came in."
    )
    warning_level: Decimal3 | None = column("预警: time to buy at this or below; null: never.", convert=thousandths)
    low_since: datetime | None = column("Since when it is at its warning level; null when it is not.", source="low_at")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@node(models.StockBatch, "批次: what came in together. What expires first leaves first, then what came first.")
class StockBatch(Node):
    """What came in together."""

    warehouse: Warehouse = to_one("Where it lies.")
    item: StockItem = to_one("Of what.")
    received_at: datetime = column("When the company got it; a transfer does not change it.")
    supplier: str | None = column(
        "From whom; null when unknown, and for a viewer without cost.read there.", permission=Permission.COST_READ
    )
    expires_on: date | None = column(
        "The last day on which it is good; null when it does not expire.",
        convert=lambda day: None if day == NEVER else day,
    )
    unit_cost: Decimal4 | None = _cost("What one cost.")
    quantity: Decimal3 = column("How much came into this warehouse.", convert=thousandths)
    quantity_left: Decimal3 = column("How much is left here.", convert=thousandths)


@node(models.StockMovement, "出入库: one change of a balance. Never changed itself; a correction is another movement.")
class StockMovement(Node):
    """One change of a balance."""

    warehouse: Warehouse = to_one("Where.")
    item: StockItem = to_one("Of what.")
    kind: StockMovementKind = column("Why.")
    quantity: Decimal3 = column("How much; below zero what left.", convert=thousandths)
    quantity_after: Decimal3 = column("The balance after it.", convert=thousandths)
    value: Decimal4 | None = _cost("What it was worth, with the sign of the quantity.")
    note: str | None = column("What was said with it; null for nothing.")
    account: Account | None = to_one("Who did it.")
    work_order: WorkOrderNode | None = to_one("The order that took it, or gave it back.")
    stocktake: Stocktake | None = to_one("The count that found it.")
    origin: StockMovement | None = to_one("Of a return what was handed out; of what a transfer brought what left.")
    batches: Connection[StockPick] = to_many("What it put into each batch, or took.", "StockPick", "movement_id")
    occurred_at: datetime = column("When.", source="created_at")


@node(models.StockPick, "How much of a movement went into a batch or, below zero, came out of it.")
class StockPick(Node):
    """A movement's part in a batch."""

    movement: StockMovement = to_one("Which movement.")
    batch: StockBatch = to_one("Which batch.")
    quantity: Decimal3 = column("How much; below zero what was taken.", convert=thousandths)


@node(models.Stocktake, "盘点: a count of a warehouse.")
class Stocktake(Node):
    """A count of a warehouse."""

    warehouse: Warehouse = to_one("Where.")
    status: StocktakeStatus = column("How far it is.")
    note: str | None = column("What was said with it; null for nothing.")
    started_by: Account | None = to_one("Who opened it.")
    finished_by: Account | None = to_one("Who ended it.")
    finished_at: datetime | None = column("When it ended; null while it is open.")
    lines: Connection[StocktakeLine] = to_many("The sheet.", "StocktakeLine", "stocktake_id", page=500)
    movements: Connection[StockMovement] = to_many("What it posted.", "StockMovement", "stocktake_id", page=500)
    created_at: datetime = column("When it was opened.")
    version: int = column("Grows by one with each change.")


@node(models.StocktakeLine, "An item on a count sheet.")
class StocktakeLine(Node):
    """An item on a count sheet."""

    stocktake: Stocktake = to_one("The sheet.")
    item: StockItem = to_one("What.")
    expected: Decimal3 = column(
        "The balance in the moment of the count; until then when it was put on the sheet.", convert=thousandths
    )
    counted: Decimal3 | None = column("What is there; null until it is counted.", convert=thousandths)
    difference: Decimal3 | None = computed(
        "盈亏: counted less expected; null until it is counted.",
        needs=("expected", "counted"),
        personal=False,
        compute=_difference,
    )
    counted_at: datetime | None = column("When it was last counted.")
    counted_by: Account | None = to_one("Who counted it last.")
    version: int = column("Grows by one with each count.")


@node(models.WorkOrderMaterial, "领料: what of an item a WorkOrder took from a warehouse.")
class WorkOrderMaterial(Node):
    """What a work order took."""

    work_order: WorkOrderNode | None = to_one("The order.")
    warehouse: Warehouse | None = to_one("From where, if the viewer may see it.")
    item: StockItem | None = to_one("What.")
    taken: Decimal3 = column("How much was taken in all.", convert=thousandths)
    returned: Decimal3 = column("How much of it came back.", convert=thousandths)
    used: Decimal3 = computed(
        "How much was used: taken less returned.", needs=("taken", "returned"), personal=False, compute=_remaining
    )
    cost: Decimal4 | None = _cost("What was used cost.")
    updated_at: datetime = column("When something was last taken or returned.")


@event(Changed, "A balance reached its warning level, or rose above it again.")
class StockLevelChanged(Event):
    """A balance crossed its warning level."""

    stock_balance: StockBalance | None = subject(
        "The balance as it is at delivery (it may be newer than the event); null when out of sight.", "StockBalance"
    )
    change: StockLevelChange = happened("Which way.", "change")
    quantity: Decimal3 = happened("How much there was after it.", "quantity", thousandths)
    warning_level: Decimal3 | None = happened(
        "The level that it crossed; null when it was taken away.",
        "warning_level",
        lambda level: None if level is None else thousandths(level),
    )
    version: int = happened("The balance's version after the event: apply it only if it is newer.", "subject_version")
