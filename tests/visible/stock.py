"""Stock, by hand.

- What lies in a warehouse: with stock.read there (manager, technician, cleaner, buyer, auditor); in one of the company:
  with stock.read for all of it.
- Items: whoever meets them in a warehouse or in an order (stock.read, work_order.read or work_order.work anywhere).
- What an order took: with work_order.read there; a technician that of the orders assigned to him.
"""

from __future__ import annotations

ITEMS = {"tube", "tap", "cable"}
HOME = {"warehouse", "stock_tube", "batch0", "batch1", "moved0", "moved1", "used", "stocktake0", "line0"}
HOME |= {"moved0_pick", "moved1_pick", "used_pick"}
AWAY = {"away_warehouse", "away_stock", "away_batch", "away_moved", "away_moved_pick"}
CENTRAL = {"central", "central_stock", "central_batch", "central_moved", "central_moved_pick"}
MATERIAL = {"material"}

SEES: dict[str, set[str]] = {
    "manager": HOME | ITEMS | MATERIAL,
    "away_manager": AWAY | ITEMS,
    "control": ITEMS | MATERIAL,
    "tech1": HOME | ITEMS | MATERIAL,
    "tech2": HOME | ITEMS,
    "chief": HOME | AWAY | CENTRAL | ITEMS | MATERIAL,
    "admin": HOME | AWAY | CENTRAL | ITEMS | MATERIAL,
    "cleaner": HOME | ITEMS,
    "desk": ITEMS | MATERIAL,
    "buyer": HOME | ITEMS,
    "auditor": HOME | ITEMS | MATERIAL,
}
ROOT_LISTS: dict[str, set[str]] = {"warehouses": {"warehouse", "away_warehouse", "central"}, "stockItems": ITEMS}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
PARENT_LISTS = {
    "stockBalances": (
        "warehouseId",
        {"warehouse": {"stock_tube"}, "away_warehouse": {"away_stock"}, "central": {"central_stock"}},
    ),
    "stockBatches": (
        "warehouseId",
        {"warehouse": {"batch0", "batch1"}, "away_warehouse": {"away_batch"}, "central": {"central_batch"}},
    ),
    "stockMovements": (
        "warehouseId",
        {"warehouse": {"moved0", "moved1", "used"}, "away_warehouse": {"away_moved"}, "central": {"central_moved"}},
    ),
    "stocktakes": ("warehouseId", {"warehouse": {"stocktake0"}, "central": set()}),
}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {
    "warehouse": "Warehouse",
    "stockItem": "StockItem",
    "stockBalance": "StockBalance",
    "stockMovement": "StockMovement",
    "stocktake": "Stocktake",
}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(name, arguments) of each verb that takes an id, with ids of `of`."""
    version, one = "expectedVersion: 1", 'quantity: "1"'
    here, item = f'warehouseId: "{own["warehouse"]}"', f'itemId: "{own["tube"]}"'
    there, thing = f'warehouseId: "{of["warehouse"]}"', f'itemId: "{of["tube"]}"'
    return [
        ("warehouseCreate", f'input: {{ code: "n", name: "n", propertyId: "{of["home"]}" }}'),
        ("warehouseUpdate", f'id: "{of["warehouse"]}", input: {{ {version}, name: "n" }}'),
        ("warehouseArchive", f'id: "{of["warehouse"]}", input: {{ {version} }}'),
        ("stockItemUpdate", f'id: "{of["tube"]}", input: {{ {version}, name: "n" }}'),
        ("stockItemArchive", f'id: "{of["tube"]}", input: {{ {version} }}'),
        ("stockReceive", f'input: {{ {there}, {item}, {one}, unitCost: "1" }}'),
        ("stockReceive", f'input: {{ {here}, {thing}, {one}, unitCost: "1" }}'),
        ("stockIssue", f'input: {{ {there}, {item}, {one}, note: "n" }}'),
        ("stockIssue", f'input: {{ {here}, {thing}, {one}, note: "n" }}'),
        ("stockReturn", f'input: {{ movementId: "{of["used"]}", quantity: "0.5" }}'),
        ("stockTransfer", f'input: {{ {there}, toWarehouseId: "{own["warehouse"]}", {item}, {one} }}'),
        ("stockTransfer", f'input: {{ {here}, toWarehouseId: "{of["warehouse"]}", {item}, {one} }}'),
        ("stockTransfer", f'input: {{ {here}, toWarehouseId: "{own["warehouse"]}", {thing}, {one} }}'),
        ("stockLevelSet", f"input: {{ {there}, {item} }}"),
        ("stockLevelSet", f"input: {{ {here}, {thing} }}"),
        ("workOrderUseMaterial", f'id: "{of["order1"]}", input: {{ {here}, {item}, {one} }}'),
        ("workOrderUseMaterial", f'id: "{own["order1"]}", input: {{ {there}, {item}, {one} }}'),
        ("workOrderUseMaterial", f'id: "{own["order1"]}", input: {{ {here}, {thing}, {one} }}'),
        ("stocktakeStart", f"input: {{ {there} }}"),
        ("stocktakeCount", f'id: "{of["stocktake0"]}", input: {{ {item}, counted: "1" }}'),
        ("stocktakeCount", f'id: "{own["stocktake0"]}", input: {{ {thing}, counted: "1" }}'),
        ("stocktakeFinish", f'id: "{of["stocktake0"]}", input: {{ {version} }}'),
        ("stocktakeCancel", f'id: "{of["stocktake0"]}", input: {{ {version} }}'),
    ]
