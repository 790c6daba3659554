"""Counting what is there (盘点): a sheet, counts, and the differences as movements in one transaction.

Nothing stands still meanwhile. What is expected of an item is written down in the moment of its count, with its balance
locked; the difference is between these two. What moved before is in both, what moves after is in neither: so at the end
the difference is added to the balance as it is then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.database import UniqueViolation
from models import StockBalance, StockItem, Stocktake, StocktakeLine, Warehouse
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.stock import MAX_WORD, MOST_LINES, StockMovementKind, StocktakeStatus, worth
from resolvers.stock.common import note_of, open_item, open_warehouse, require_there, text, thousandths
from resolvers.stock.moving import Cause, Lot, hold, put_in, take_out
from resolvers.unit import Unit, check_version, unit_of_work

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


async def start(
    viewer: Viewer | None, house: House, warehouse_id: UUID, category: str | None = None, note: str | None = None
) -> Stocktake:
    """Open a sheet with every item that a warehouse has or had, or with those of a category. Raises Refusal."""
    try:
        async with unit_of_work(house, viewer) as unit:
            place = await open_warehouse(unit, warehouse_id, "warehouse_id", Permission.STOCK_KEEP, into=True)
            wanted, said = text("category", category, MAX_WORD), note_of(note)
            balances = await _balances(place, wanted)
            if len(balances) > MOST_LINES:
                raise Refusal(ErrorCode.BAD_USER_INPUT, field="category", message="TOO_MANY_TO_COUNT", max=MOST_LINES)
            take = await unit.add(
                Stocktake,
                property_id=place.property_id,
                warehouse_id=place.id,
                started_by_id=unit.signed_in.account_id,
                status=StocktakeStatus.OPEN,
                note=said,
            )
            await unit.add_all([_line(unit, take, row.item_id, row.quantity) for row in balances])
            unit.audit("stocktake.start", None, take)
    except UniqueViolation:
        raise Refusal(ErrorCode.STOCKTAKE_OPEN, field="warehouse_id") from None
    return take


async def count(viewer: Viewer | None, house: House, id_: UUID, item_id: UUID, counted: Decimal) -> StocktakeLine:
    """So much is there; a later count of the same item holds. What is not on the sheet is added. Raises Refusal."""
    async with unit_of_work(house, viewer) as unit:
        take = await _found(unit, id_, Permission.STOCK_KEEP, None)
        item = await open_item(unit, item_id, "item_id")
        _check_open(take)
        found = thousandths(counted, item, "counted", least=0)
        place = await open_warehouse(unit, take.warehouse_id, "id", None, into=True)
        balance = (await hold(unit, [place], [item.id]))[place.id, item.id]
        line = await StocktakeLine.filter(stocktake_id=take.id, item_id=item.id).get_or_none()
        if line is None:
            line = _line(unit, take, item.id, balance.quantity)
            await unit.add_all([line])
        before = await unit.change(
            line,
            expected=balance.quantity,
            counted=found,
            counted_at=unit.now,
            counted_by_id=unit.signed_in.account_id,
        )
        unit.audit("stocktake.count", before, line)
    return line


async def finish(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Stocktake:
    """Post every difference, in one transaction; what was not counted stays as it is.

    Raises Refusal STOCKTAKE_COUNT_AGAIN when more is missing of an item than its balance has by now.
    """
    async with unit_of_work(house, viewer) as unit:
        take = await _open(unit, id_, Permission.STOCK_MANAGE, expected_version)
        place = await open_warehouse(unit, take.warehouse_id, "id", None, into=True)
        lines = await StocktakeLine.filter(stocktake_id=take.id, counted__isnull=False).order_by("id")
        differing = [line for line in lines if line.counted != line.expected]
        held = await hold(unit, [place], [line.item_id for line in differing]) if differing else {}
        for line in differing:
            await _post(unit, take, line, held[place.id, line.item_id])
        before = await unit.change(
            take, status=StocktakeStatus.FINISHED, finished_at=unit.now, finished_by_id=unit.signed_in.account_id
        )
        unit.audit("stocktake.finish", before, take)
    return take


async def cancel(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Stocktake:
    """Give up a count: nothing is posted."""
    async with unit_of_work(house, viewer) as unit:
        take = await _open(unit, id_, Permission.STOCK_KEEP, expected_version)
        before = await unit.change(
            take, status=StocktakeStatus.CANCELLED, finished_at=unit.now, finished_by_id=unit.signed_in.account_id
        )
        unit.audit("stocktake.cancel", before, take)
    return take


async def _open(unit: Unit, id_: UUID, permission: Permission, expected_version: int) -> Stocktake:
    take = await _found(unit, id_, permission, expected_version)
    _check_open(take)
    return take


async def _found(unit: Unit, id_: UUID, permission: Permission, expected_version: int | None) -> Stocktake:
    take = await unit.find(Stocktake, id_, "id")
    require_there(unit, permission, take.property_id)
    check_version(take, expected_version)
    return take


def _check_open(take: Stocktake) -> None:
    if take.status is not StocktakeStatus.OPEN:
        raise Refusal(ErrorCode.STOCKTAKE_ENDED, field="id", current=take.id)


async def _balances(place: Warehouse, category: str | None) -> list[StockBalance]:
    """What the sheet begins with, in the order of the items."""
    rows = StockBalance.filter(warehouse_id=place.id, item__archived_at=None)
    if category is not None:
        rows = rows.filter(item__category=category)
    return await rows.order_by("item__code", "id").limit(MOST_LINES + 1)


def _line(unit: Unit, take: Stocktake, item_id: UUID, expected: int) -> StocktakeLine:
    return unit.new(
        StocktakeLine, property_id=take.property_id, stocktake_id=take.id, item_id=item_id, expected=expected
    )


async def _post(unit: Unit, take: Stocktake, line: StocktakeLine, balance: StockBalance) -> None:
    """A loss at the moving average, what was found at the last known one. The balance is held."""
    difference = (line.counted or 0) - line.expected
    cause = Cause(kind=StockMovementKind.STOCKTAKE, note=take.note, stocktake_id=take.id)
    if difference > 0:
        cost = balance.average_cost or 0
        lot = Lot(quantity=difference, unit_cost=cost, received_at=unit.now)
        await put_in(unit, balance, worth(difference, cost), [lot], cause)
        return
    if -difference > balance.quantity:
        item = await StockItem.get(id=line.item_id)
        raise Refusal(ErrorCode.STOCKTAKE_COUNT_AGAIN, field="id", current=take.id, item=item.name)
    await take_out(unit, balance, -difference, cause)
