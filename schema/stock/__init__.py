"""Stock in the contract."""

from schema.stock.read import StockQuery, StockSubscription
from schema.stock.type import WorkOrderMaterial
from schema.stock.verb import StockMutation
from schema.stock.warehouse import WarehouseMutation

__all__ = ["StockMutation", "StockQuery", "StockSubscription", "WarehouseMutation", "WorkOrderMaterial"]
