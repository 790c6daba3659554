"""How a balance moves, inside any transaction: the one place that does it.

The order is always: lock the balances in the order of their ids (`hold`), then move each, with its movement and its
batches. Whoever holds a balance is alone with its batches and with what came back of its movements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models import StockBalance, StockBatch, StockMovement, StockPick
from models.errors import ErrorCode, Refusal
from models.rules.stock import MOST_QUANTITY, NEVER, StockMovementKind, average, crossing, drawn, is_low, share, written
from subscriptions.stock import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from models import Warehouse
    from resolvers.unit import Unit

    Picks = list[tuple[StockBatch, int]]
    Balances = dict[tuple[UUID, UUID], StockBalance]  # by warehouse and item

_MOVE = (
    "UPDATE stock_balance SET quantity = quantity + $3, value = value + $4, average_cost = $5, low_at = $6,"
    " updated_at = $7, version = version + 1"
    " WHERE id = $1 AND organization_id = $2 AND quantity + $3 >= 0 RETURNING version"
)


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why something moves, and what it refers to."""

    kind: StockMovementKind
    note: str | None = None
    work_order_id: UUID | None = None
    stocktake_id: UUID | None = None
    origin_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Lot:
    """What comes in as one batch: `unit_cost` in 1/10,000 yuan, `quantity` in 1/1,000."""

    quantity: int
    unit_cost: int
    received_at: datetime
    supplier: str | None = None
    expires_on: date = NEVER


async def hold(
    unit: Unit, warehouses: Sequence[Warehouse], items: Iterable[UUID]
) -> dict[tuple[UUID, UUID], StockBalance]:
    """The balances of the items in each of the warehouses, locked; made when first needed."""
    wanted = sorted((place.id, item) for place in warehouses for item in set(items))
    found = await _locked(unit, wanted)
    if missing := [key for key in wanted if key not in found]:
        of = {place.id: place.property_id for place in warehouses}
        made = [unit.new(StockBalance, warehouse_id=at, item_id=item, property_id=of[at]) for at, item in missing]
        await StockBalance.bulk_create(made, ignore_conflicts=True)  # somebody else may make it right now
        found = await _locked(unit, wanted)
    return found


async def _locked(unit: Unit, wanted: Sequence[tuple[UUID, UUID]]) -> Balances:
    query = StockBalance.filter(
        organization_id=unit.organization_id,
        warehouse_id__in={place for place, _ in wanted},
        item_id__in={item for _, item in wanted},
    )
    return {(row.warehouse_id, row.item_id): row for row in await query.order_by("id").select_for_update()}


async def put_in(unit: Unit, balance: StockBalance, value: int, lots: Sequence[Lot], cause: Cause) -> StockMovement:
    """Add the lots as new batches, worth `value` together."""
    movement = await _move(unit, balance, sum(lot.quantity for lot in lots), value, cause)
    batches = [
        unit.new(
            StockBatch,
            property_id=balance.property_id,
            warehouse_id=balance.warehouse_id,
            item_id=balance.item_id,
            received_at=lot.received_at,
            supplier=lot.supplier,
            expires_on=lot.expires_on,
            unit_cost=lot.unit_cost,
            quantity=lot.quantity,
            quantity_left=lot.quantity,
        )
        for lot in lots
    ]
    await unit.add_all(batches)
    await _note(unit, movement, [(batch, batch.quantity) for batch in batches])
    return movement


async def take_out(unit: Unit, balance: StockBalance, quantity: int, cause: Cause) -> tuple[StockMovement, Picks]:
    """Take at the moving average, from what expires first, then from what came first. Also what each batch gave.

    Raises Refusal STOCK_INSUFFICIENT naming `quantity`.
    """
    if quantity > balance.quantity:
        raise _insufficient(balance)
    value = share(balance.value, balance.quantity, quantity)
    movement = await _move(unit, balance, -quantity, -value, cause)
    there = {"warehouse_id": balance.warehouse_id, "item_id": balance.item_id, "quantity_left__gt": 0}
    batches = await StockBatch.filter(**there).order_by("expires_on", "received_at", "id")
    picks = drawn(((batch, batch.quantity_left) for batch in batches), quantity)
    await _note(unit, movement, [(batch, -part) for batch, part in picks], moved=True)
    return movement, picks


async def give_back(
    unit: Unit, balance: StockBalance, origin: StockMovement, quantity: int, cause: Cause
) -> StockMovement:
    """Some of what `origin` took out, at the value at which it left, into the batches that it left last.

    Raises Refusal RETURN_EXCEEDS_ISSUE naming `quantity`.
    """
    before = await StockMovement.filter(origin_id=origin.id, kind=StockMovementKind.RETURN)
    left = -origin.quantity - sum(row.quantity for row in before)
    if quantity > left:
        raise Refusal(ErrorCode.RETURN_EXCEEDS_ISSUE, field="quantity", left=written(left))
    value = share(-origin.value - sum(row.value for row in before), left, quantity)
    movement = await _move(unit, balance, quantity, value, cause)
    picked = {pick.batch_id: -pick.quantity for pick in await StockPick.filter(movement_id=origin.id).order_by("id")}
    for pick in await StockPick.filter(movement_id__in=[row.id for row in before]):
        picked[pick.batch_id] -= pick.quantity
    batches = {batch.id: batch for batch in await StockBatch.filter(id__in=list(picked))}
    parts = drawn(reversed([(batches[id_], out) for id_, out in picked.items()]), quantity)
    await _note(unit, movement, parts, moved=True)
    return movement


async def relevel(unit: Unit, balance: StockBalance, level: int | None) -> StockBalance:
    """Set the warning level; the balance as it was. What is crossed by it is announced too."""
    change = crossing(balance.low_at is not None, is_low(balance.quantity, level))
    low_at = balance.low_at if change is None else _since(unit, balance.quantity, level)
    before = await unit.change(balance, warning_level=level, low_at=low_at)
    if change is not None:
        unit.announce(changed(change, balance, unit.now))
    return before


async def _move(unit: Unit, balance: StockBalance, quantity: int, value: int, cause: Cause) -> StockMovement:
    """The balance, its movement and what is announced of it; the database refuses to go below zero."""
    after, total = balance.quantity + quantity, balance.value + value
    if after > MOST_QUANTITY:
        raise Refusal(ErrorCode.STOCK_TOO_MUCH, field="quantity")
    change = crossing(balance.low_at is not None, is_low(after, balance.warning_level))
    low_at = balance.low_at if change is None else _since(unit, after, balance.warning_level)
    cost = average(total, after) if after else balance.average_cost
    ids = (balance.id, unit.organization_id)
    moved = await unit.tx.fetch(_MOVE, *ids, quantity, value, cost, low_at, unit.now)
    if not moved:
        raise _insufficient(balance)
    balance.update_from_dict(
        {"quantity": after, "value": total, "average_cost": cost, "low_at": low_at, "version": moved[0]["version"]}
    )
    if change is not None:
        unit.announce(changed(change, balance, unit.now))
    return await unit.add(
        StockMovement,
        property_id=balance.property_id,
        warehouse_id=balance.warehouse_id,
        item_id=balance.item_id,
        account_id=unit.viewer.account_id if unit.viewer else None,
        quantity=quantity,
        value=value,
        quantity_after=after,
        kind=cause.kind,
        note=cause.note,
        work_order_id=cause.work_order_id,
        stocktake_id=cause.stocktake_id,
        origin_id=cause.origin_id,
    )


def _since(unit: Unit, quantity: int, level: int | None) -> datetime | None:
    return unit.now if is_low(quantity, level) else None


async def _note(unit: Unit, movement: StockMovement, parts: Picks, *, moved: bool = False) -> None:
    """What the movement put into each batch (below zero: took), and with `moved` what the batch holds then."""
    if moved:
        for batch, part in parts:
            batch.quantity_left += part
            await batch.save(update_fields=["quantity_left"])
    ids = {"property_id": movement.property_id, "movement_id": movement.id}
    await unit.add_all([unit.new(StockPick, batch_id=batch.id, quantity=part, **ids) for batch, part in parts])


def _insufficient(balance: StockBalance) -> Refusal:
    there = written(balance.quantity)
    return Refusal(ErrorCode.STOCK_INSUFFICIENT, field="quantity", current=balance.id, there=there)
