"""What the verbs of stock share: rights in a warehouse, texts, quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import StockItem, Warehouse
from models.errors import ErrorCode, Refusal
from models.rules.stock import MAX_NOTE, MOST_QUANTITY, PLACES, fits
from resolvers.viewer import require, require_everywhere

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

    from models.base import Versioned
    from models.rules.permission import Permission
    from resolvers.unit import Unit


def require_there(unit: Unit, permission: Permission, property_id: UUID | None) -> None:
    """Raise Refusal FORBIDDEN unless it is held in the warehouse's Property, or everywhere when it has none."""
    if property_id is None:
        require_everywhere(unit.signed_in, permission)
    else:
        require(unit.signed_in, permission, property_id)


async def open_warehouse(
    unit: Unit, id_: UUID, field: str, permission: Permission | None, *, into: bool = False
) -> Warehouse:
    """A warehouse in use in which the viewer holds `permission`; None: the caller has asked already.

    Kept as it is when something goes `into` it, so that it is not archived meanwhile.
    """
    found = await unit.see(Warehouse, id_, field)
    if permission is not None:
        require_there(unit, permission, found.property_id)
    if into:
        await keep(unit, found)
    if found.archived_at is not None:
        raise Refusal(ErrorCode.WAREHOUSE_ARCHIVED, field=field)
    return found


async def open_item(unit: Unit, id_: UUID, field: str, *, into: bool = False) -> StockItem:
    """An item in use; kept as it is when something of it comes in, so that it is not archived meanwhile."""
    found = await unit.see(StockItem, id_, field)
    if into:
        await keep(unit, found)
    if found.archived_at is not None:
        raise Refusal(ErrorCode.STOCK_ITEM_ARCHIVED, field=field)
    return found


async def keep(unit: Unit, row: Versioned) -> None:
    """Nobody changes the row before we commit, others may keep it too. Before any balance is locked (`hold`).

    `find` would lock it for us alone: then what refers to it waits (a movement does), with its balance in hand, for
    whom we wait for that balance. On SQLite a writer is alone.
    """
    if unit.house.database.dialect == "postgres":
        sql = f"SELECT * FROM {type(row)._meta.db_table} WHERE id = $1 FOR SHARE"  # noqa: S608 - our own names
        row.update_from_dict(dict((await unit.tx.fetch(sql, row.id))[0]))


def thousandths(amount: Decimal, item: StockItem, field: str, *, least: int = 1) -> int:
    """A quantity of an item as it is kept. Raises Refusal BAD_USER_INPUT naming `field`."""
    quantity = int(amount.scaleb(PLACES))
    if not least <= quantity <= MOST_QUANTITY:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="QUANTITY_OUT_OF_RANGE")
    if not fits(quantity, item.decimals):
        raise Refusal(
            ErrorCode.BAD_USER_INPUT, field=field, message="QUANTITY_PLACES", places=item.decimals, unit=item.unit
        )
    return quantity


def text(field: str, said: str | None, high: int, low: int = 0) -> str | None:
    """A text as it is kept, without blanks around it; None when it is empty and may be. Raises Refusal."""
    kept = (said or "").strip()
    if not low <= len(kept) <= high:
        raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=low, high=high)
    return kept or None


def note_of(said: str | None) -> str | None:
    """What is said with a movement."""
    return text("note", said, MAX_NOTE)
