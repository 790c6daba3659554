"""Who may see warehouses and what lies in them. What is the Organization's own: who holds stock.read in all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.predicate import EVERYTHING, NOTHING, Predicate, any_of, exists
from models.rules.permission import Permission
from models.scope.word import Scopes, assigned, where
from models.stock import (
    StockBalance,
    StockBatch,
    StockItem,
    StockMovement,
    StockPick,
    Stocktake,
    StocktakeLine,
    Warehouse,
    WorkOrderMaterial,
)
from models.work_order import WorkOrder

if TYPE_CHECKING:
    from models.viewer import Viewer

_P = Permission
_CATALOGUE = (_P.STOCK_READ, _P.WORK_ORDER_READ, _P.WORK_ORDER_WORK)  # who meets items, in a warehouse or an order


def _stock(viewer: Viewer) -> Predicate:
    return where(viewer, _P.STOCK_READ)


def _item(viewer: Viewer) -> Predicate:
    return EVERYTHING if any(viewer.may(permission) for permission in _CATALOGUE) else NOTHING


def _material(viewer: Viewer) -> Predicate:
    orders = exists(WorkOrder, "id", assigned(viewer), outer="work_order_id")
    return any_of(where(viewer, _P.WORK_ORDER_READ), orders)


SCOPES: Scopes = {
    StockItem: _item,
    WorkOrderMaterial: _material,
    Warehouse: _stock,
    StockBalance: _stock,
    StockBatch: _stock,
    StockMovement: _stock,
    StockPick: _stock,
    Stocktake: _stock,
    StocktakeLine: _stock,
}
