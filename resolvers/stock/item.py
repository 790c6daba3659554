"""Stock items: the company's catalogue of what can lie in a warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import StockBalance, StockItem
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.stock import MAX_ITEM_CODE, MAX_KEYWORDS, MAX_NAME, MAX_UNIT, MAX_WORD, PLACES, search_text
from resolvers.stock.common import text
from resolvers.unit import Unit, check_version, unit_of_work
from resolvers.viewer import require, require_everywhere

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

_LENGTHS = {
    "code": (1, MAX_ITEM_CODE),
    "name": (1, MAX_NAME),
    "unit": (1, MAX_UNIT),
    "category": (0, MAX_WORD),
    "barcode": (0, MAX_WORD),
    "keywords": (0, MAX_KEYWORDS),
}
_FOUND_BY = ("code", "name", "barcode", "keywords")


async def create(viewer: Viewer | None, house: House, decimals: int = 0, **values: Any) -> StockItem:
    """Enter an item: by whoever manages the stock of a Property. `values`: code, name, unit and what more is known.

    Raises Refusal STOCK_CODE_TAKEN.
    """
    try:
        async with unit_of_work(house, viewer) as unit:
            require(unit.signed_in, Permission.STOCK_MANAGE)
            if not 0 <= decimals <= PLACES:
                raise Refusal(ErrorCode.BAD_USER_INPUT, field="decimals", message="NUMBER_BETWEEN", low=0, high=PLACES)
            kept = await _checked(unit, None, {**dict.fromkeys(_LENGTHS), **values})
            found_by = search_text(**{name: kept[name] for name in _FOUND_BY})
            item = await unit.add(StockItem, decimals=decimals, archived_at=None, search_text=found_by, **kept)
            unit.audit("stockItem.create", None, item)
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.STOCK_CODE_TAKEN, field="code") from None
    return item


async def update(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **values: Any) -> StockItem:
    """Change what is sent: for all the company's warehouses. Raises Refusal STOCK_CODE_TAKEN, STOCK_ITEM_ARCHIVED."""
    try:
        async with unit_of_work(house, viewer) as unit:
            item = await _live(unit, id_, expected_version)
            kept = await _checked(unit, item.id, values)
            found_by = search_text(**{name: kept.get(name, getattr(item, name)) for name in _FOUND_BY})
            before = await unit.change(item, search_text=found_by, **kept)
            unit.audit("stockItem.update", before, item)
    except UniqueViolation:
        raise Refusal(ErrorCode.STOCK_CODE_TAKEN, field="code") from None
    return item


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> StockItem:
    """The item is used no more; nothing of it may be left anywhere. Raises Refusal STOCK_LEFT."""
    async with unit_of_work(house, viewer) as unit:
        item = await _live(unit, id_, expected_version)
        if await StockBalance.filter(item_id=item.id, quantity__gt=0).exists():
            raise Refusal(ErrorCode.STOCK_LEFT, field="id", current=item.id)
        before = await unit.change(item, archived_at=unit.now)
        unit.audit("stockItem.archive", before, item)
    return item


async def _live(unit: Unit, id_: UUID, expected_version: int) -> StockItem:
    item = await unit.find(StockItem, id_, "id")
    require_everywhere(unit.signed_in, Permission.STOCK_MANAGE)
    check_version(item, expected_version)
    if item.archived_at is not None:
        raise Refusal(ErrorCode.STOCK_ITEM_ARCHIVED, field="id", current=item.id)
    return item


async def _checked(unit: Unit, own_id: UUID | None, values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Refusal."""
    kept = {name: text(name, said, _LENGTHS[name][1], _LENGTHS[name][0]) for name, said in values.items()}
    for name in ("code", "barcode"):
        if kept.get(name) is not None:
            same = {"organization_id": unit.organization_id, name: kept[name], "archived_at": None}
            taken = await StockItem.filter(**same).get_or_none()
            if taken is not None and taken.id != own_id:
                raise Refusal(ErrorCode.STOCK_CODE_TAKEN, field=name, current=taken.id)
    return kept
