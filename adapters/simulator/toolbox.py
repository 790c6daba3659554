"""What a technician does beside the steps of an order: takes parts out of the store, notes the time it took."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adapters.demo.stock import ITEMS
from adapters.simulator.trouble import Refused

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from adapters.simulator.session import Session

PART_SHARE = 0.6  # of the orders for which the store has something
LEFT = 2  # so many of a thing are left for the others
STORES = (
    "query Stores($property: ID!) { warehouses(filter: {propertyId: $property, archived: false}) { nodes { id } } }"
)
THERE = """query There($store: ID!) {
  stockBalances(warehouseId: $store, first: 200) { nodes { quantity item { id code name } } }
}"""
TAKE = """mutation Take($id: ID!, $input: WorkOrderUseMaterialInput!) {
  workOrderUseMaterial(id: $id, input: $input) { material { used } userErrors { code message } }
}"""
NOTE = """mutation Note($id: ID!, $input: WorkOrderRecordLabourInput!) {
  workOrderRecordLabour(id: $id, input: $input) { workOrder { version } userErrors { code message } }
}"""
VERSION = "query Version($id: ID!) { workOrder(id: $id) { version } }"
NEEDED = {
    category: {item.code for item in ITEMS if category in item.needed} for item in ITEMS for category in item.needed
}


class Toolbox:
    """Of one technician."""

    def __init__(self, session: Session, chance: random.Random) -> None:
        self._session = session
        self._chance = chance

    async def note_work(self, order: dict[str, Any], property_id: str) -> tuple[int, str | None]:
        """Time, and what was taken for it: the order's version then, and the part. Raises Refused, Failed."""
        part = await self._take(order, property_id)
        version = (await self._session.read(VERSION, id=order["id"]))["workOrder"]["version"]
        minutes = self._chance.randrange(10, 95, 5)
        wish = {"expectedVersion": version, "staffId": order["assignee"]["id"], "minutes": minutes}
        noted = await self._session.act(NOTE, id=order["id"], input=wish)
        return int(noted["workOrder"]["version"]), part

    async def _take(self, order: dict[str, Any], property_id: str) -> str | None:
        """Something that such an order needs, while the store has it."""
        if order["skill"] not in NEEDED or self._chance.random() >= PART_SHARE:
            return None
        for store in (await self._session.read(STORES, property=property_id))["warehouses"]["nodes"]:
            there = (await self._session.read(THERE, store=store["id"]))["stockBalances"]["nodes"]
            part = choose_part(self._chance, order["skill"], there)
            if part is None:
                continue
            try:
                wish = {"warehouseId": store["id"], "itemId": part["id"], "quantity": "1"}
                await self._session.act(TAKE, id=order["id"], input=wish)
            except Refused as refused:
                if "STOCK_INSUFFICIENT" not in refused.codes:  # somebody took the last one meanwhile
                    raise
                continue
            return str(part["name"])
        return None


def choose_part(chance: random.Random, category: str, balances: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """A thing that orders of a category need and of which there is enough; None when there is none."""
    able = [
        balance["item"]
        for balance in balances
        if balance["item"]["code"] in NEEDED.get(category, ()) and Decimal(balance["quantity"]) > LEFT
    ]
    return chance.choice(sorted(able, key=lambda item: str(item["code"]))) if able else None
