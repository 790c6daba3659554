"""Says the verbs of stock through the public endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.client import Client

BALANCE = "stockBalance { id quantity value averageCost warningLevel lowSince version }"
MOVEMENT = "stockMovement { id kind quantity quantityAfter value note workOrder { id } batches { nodes { quantity } } }"
TAKE = (
    "stocktake { id status version lines { nodes { item { id } expected counted difference } }"
    " movements { nodes { item { id } quantity value } } }"
)
SHOWS = {
    "warehouseCreate": "warehouse { id code name address archivedAt version property { id } }",
    "warehouseUpdate": "warehouse { id code name address archivedAt version }",
    "warehouseArchive": "warehouse { id archivedAt version }",
    "stockItemCreate": "stockItem { id code name unit decimals category barcode version }",
    "stockItemUpdate": "stockItem { id code name category keywords version }",
    "stockItemArchive": "stockItem { id archivedAt version }",
    "stockReceive": f"{MOVEMENT} {BALANCE}",
    "stockIssue": f"{MOVEMENT} {BALANCE}",
    "stockReturn": f"{MOVEMENT} {BALANCE}",
    "stockTransfer": "sent { id quantity value } received { id quantity value origin { id } } " + BALANCE,
    "stockLevelSet": BALANCE,
    "workOrderUseMaterial": f"material {{ id taken returned used cost }} {MOVEMENT} {BALANCE}",
    "stocktakeStart": TAKE,
    "stocktakeCount": f"line {{ id expected counted difference version }} {TAKE}",
    "stocktakeFinish": TAKE,
    "stocktakeCancel": TAKE,
}


def codes(answer: dict[str, Any]) -> list[tuple[str, Any]]:
    """What stopped a verb: top-level codes, or those of userErrors with their fields."""
    if "errors" in answer:
        return [(error["extensions"]["code"], None) for error in answer["errors"]]
    return [(error["code"], error["field"]) for error in answer["data"]["x"]["userErrors"]]


def made(answer: dict[str, Any]) -> dict[str, Any]:
    """What a verb that was not refused answers."""
    assert codes(answer) == [], answer
    found: dict[str, Any] = answer["data"]["x"]
    return found


@dataclass
class Store:
    """The verbs for one account; rows of the world by their names, others by their ids. Answers come under `x`."""

    client: Client
    who: str = "chief"

    def id(self, name: str) -> str:
        """The id of a row of the world, or of one that a verb has made."""
        acme = self.client.world.acme
        return acme.id(name) if name in acme.keys else name

    async def say(self, verb: str, id_: str | None = None, **wish: Any) -> dict[str, Any]:
        """One verb; the whole answer."""
        type_ = f"{verb[0].upper()}{verb[1:]}Input!"
        named, given = ("$id: ID!, ", "id: $id, ") if id_ else ("", "")
        query = (
            f"mutation ({named}$input: {type_}) {{ x: {verb}({given}input: $input)"
            f" {{ {SHOWS[verb]} userErrors {{ code field message }} }} }}"
        )
        variables: dict[str, Any] = {"id": self.id(id_)} if id_ else {}
        return await self.client.post(query, self.who, **variables, input=wish)

    def where(self, warehouse: str = "warehouse", item: str = "tube") -> dict[str, str]:
        """The two ids that most verbs take."""
        return {"warehouseId": self.id(warehouse), "itemId": self.id(item)}

    async def receive(self, quantity: str, cost: str, *where: str, **more: Any) -> dict[str, Any]:
        """Goods come in."""
        return await self.say("stockReceive", **self.where(*where), quantity=quantity, unitCost=cost, **more)

    async def issue(self, quantity: str, *where: str) -> dict[str, Any]:
        """Handed out."""
        return await self.say("stockIssue", **self.where(*where), quantity=quantity, note="大堂")

    async def take_back(self, movement: str, quantity: str) -> dict[str, Any]:
        """It comes back."""
        return await self.say("stockReturn", movementId=self.id(movement), quantity=quantity)

    async def transfer(self, quantity: str, source: str, target: str, item: str = "tube") -> dict[str, Any]:
        """From one to another."""
        where = {**self.where(source, item), "toWarehouseId": self.id(target)}
        return await self.say("stockTransfer", **where, quantity=quantity)

    async def use(self, quantity: str, *where: str, order: str = "order1") -> dict[str, Any]:
        """For a work order."""
        return await self.say("workOrderUseMaterial", order, **self.where(*where), quantity=quantity)

    async def level(self, level: str | None, *where: str) -> dict[str, Any]:
        """When to buy."""
        return await self.say("stockLevelSet", **self.where(*where), warningLevel=level)

    async def start(self, warehouse: str = "warehouse", **more: Any) -> dict[str, Any]:
        """Open a count."""
        answer = made(await self.say("stocktakeStart", warehouseId=self.id(warehouse), **more))
        sheet: dict[str, Any] = answer["stocktake"]
        return sheet

    async def count(self, take: str, counted: str, item: str = "tube") -> dict[str, Any]:
        """So much is there."""
        return await self.say("stocktakeCount", take, itemId=self.id(item), counted=counted)

    async def item(self, code: str, name: str = "球阀", unit: str = "个", **more: Any) -> str:
        """A new item; its id."""
        answer = await self.say("stockItemCreate", code=code, name=name, unit=unit, **more)
        id_: str = made(answer)["stockItem"]["id"]
        return id_
