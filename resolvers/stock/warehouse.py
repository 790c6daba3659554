"""Warehouses: where things lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.database import UniqueViolation
from models import Property, StockBalance, Stocktake, Warehouse
from models.errors import ErrorCode, Refusal
from models.rules.permission import Permission
from models.rules.stock import MAX_CODE, MAX_NAME, MAX_NOTE, StocktakeStatus
from resolvers.stock.common import require_there, text
from resolvers.unit import Unit, check_version, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

_LENGTHS = {"code": (1, MAX_CODE), "name": (1, MAX_NAME), "address": (0, MAX_NOTE)}


async def create(
    viewer: Viewer | None,
    house: House,
    code: str,
    name: str,
    property_id: UUID | None = None,
    address: str | None = None,
) -> Warehouse:
    """A warehouse of a Property, or of the Organization. Raises Refusal STOCK_CODE_TAKEN."""
    try:
        async with unit_of_work(house, viewer) as unit:
            if property_id is not None:
                await unit.see(Property, property_id, "property_id")
            require_there(unit, Permission.STOCK_MANAGE, property_id)
            kept = await _checked(unit, None, {"code": code, "name": name, "address": address})
            place = await unit.add(Warehouse, property_id=property_id, archived_at=None, **kept)
            unit.audit("warehouse.create", None, place)
    except UniqueViolation:  # somebody was faster
        raise Refusal(ErrorCode.STOCK_CODE_TAKEN, field="code") from None
    return place


async def update(viewer: Viewer | None, house: House, id_: UUID, expected_version: int, **values: Any) -> Warehouse:
    """Change what is sent; null empties the address. Raises Refusal STOCK_CODE_TAKEN, WAREHOUSE_ARCHIVED."""
    try:
        async with unit_of_work(house, viewer) as unit:
            place = await _live(unit, id_, expected_version)
            before = await unit.change(place, **await _checked(unit, place.id, values))
            unit.audit("warehouse.update", before, place)
    except UniqueViolation:
        raise Refusal(ErrorCode.STOCK_CODE_TAKEN, field="code") from None
    return place


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> Warehouse:
    """Give up an empty warehouse. Raises Refusal STOCK_LEFT, STOCKTAKE_OPEN."""
    async with unit_of_work(house, viewer) as unit:
        place = await _live(unit, id_, expected_version)
        if await StockBalance.filter(warehouse_id=place.id, quantity__gt=0).exists():
            raise Refusal(ErrorCode.STOCK_LEFT, field="id", current=place.id)
        if await Stocktake.filter(warehouse_id=place.id, status=StocktakeStatus.OPEN).exists():
            raise Refusal(ErrorCode.STOCKTAKE_OPEN, field="id", current=place.id)
        before = await unit.change(place, archived_at=unit.now)
        unit.audit("warehouse.archive", before, place)
    return place


async def _live(unit: Unit, id_: UUID, expected_version: int) -> Warehouse:
    place = await unit.find(Warehouse, id_, "id")
    require_there(unit, Permission.STOCK_MANAGE, place.property_id)
    check_version(place, expected_version)
    if place.archived_at is not None:
        raise Refusal(ErrorCode.WAREHOUSE_ARCHIVED, field="id", current=place.id)
    return place


async def _checked(unit: Unit, own_id: UUID | None, values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Refusal."""
    kept = {name: text(name, said, _LENGTHS[name][1], _LENGTHS[name][0]) for name, said in values.items()}
    if "code" in kept:
        same = {"organization_id": unit.organization_id, "code": kept["code"], "archived_at": None}
        taken = await Warehouse.filter(**same).get_or_none()
        if taken is not None and taken.id != own_id:
            raise Refusal(ErrorCode.STOCK_CODE_TAKEN, field="code")
    return kept
