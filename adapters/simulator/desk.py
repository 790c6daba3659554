"""What a manager does about tickets and money: asks residents now and then, goes on without them, charges repairs."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.simulator.hour import ZONE
from adapters.simulator.trouble import Refused

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence
    from datetime import date

    from adapters.simulator.actor import Stage
    from adapters.simulator.session import Session

ASK_SHARE = 0.03  # of a manager's looks
PATIENCE_SECONDS = 120.0  # for a resident who does not answer
CHARGE_SHARE = 0.35  # of what was done in a household
DUE = timedelta(days=14)
HOUR_PRICE = "60"
PART_PRICES = ("12", "28", "45", "88")
QUESTIONS = (
    "请问今天几点家里有人？",
    "需要更换配件，费用自理，是否同意？",
    "漏水时楼上是否在用水？",
    "方便先发一张照片吗？",
)
MENDED = ("住户来电，已确认。", "已联系上住户，可以继续。")
WAITING = """query Waiting($property: ID!) {
  tickets(propertyId: $property, order: LAST_CHANGED, first: 30, filter: {status: [OPEN, IN_PROGRESS]}) {
    nodes { id number version awaitingSince unit { id } viewerCanAwaitResident viewerCanResume }
  }
}"""
ASK = """mutation Ask($id: ID!, $input: TicketAwaitResidentInput!) {
  ticketAwaitResident(id: $id, input: $input) { ticket { id } userErrors { code message } }
}"""
RESUME = """mutation Resume($id: ID!, $input: TicketResumeInput!) {
  ticketResume(id: $id, input: $input) { ticket { id } userErrors { code message } }
}"""
ITEMS = (
    "query Items($property: ID!) { chargeItems(propertyId: $property, first: 100) { nodes { id code archivedAt } } }"
)
DONE = """query Done($id: ID!) { workOrder(id: $id) {
  version viewerCanCharge unit { id } labourMinutes bills(first: 1) { nodes { id } }
  materials(first: 20) { nodes { id used } }
} }"""
CHARGE = """mutation Charge($id: ID!, $input: WorkOrderChargeInput!) {
  workOrderCharge(id: $id, input: $input) { bill { number amount { amount } } userErrors { code message } }
}"""
REPAIRS = "WXF"  # the charge item of repairs


class Desk:
    """Of one manager; acts through their session and says what was done in a few words."""

    def __init__(self, stage: Stage, session: Session, chance: random.Random) -> None:
        self._stage = stage
        self._session = session
        self._chance = chance
        self._asked: dict[str, float] = {}  # since when a ticket waits, as we have seen it, by its id

    async def talk(self, property_id: str) -> str | None:
        """Ask a resident something, or go on without an answer; what was done."""
        tickets = (await self._session.read(WAITING, property=property_id))["tickets"]["nodes"]
        now = asyncio.get_running_loop().time()
        waits = {ticket["id"]: self._asked.get(ticket["id"], now) for ticket in tickets if ticket["awaitingSince"]}
        self._asked = waits
        patience = PATIENCE_SECONDS / self._stage.speed
        for ticket in tickets:
            if ticket["viewerCanResume"] and now - waits.get(ticket["id"], now) > patience:
                return await self._say(RESUME, ticket, "goes on with", note=self._chance.choice(MENDED))
        asking = [ticket for ticket in tickets if ticket["viewerCanAwaitResident"] and ticket["unit"]]
        if asking and self._chance.random() < ASK_SHARE:
            question = self._chance.choice(QUESTIONS)
            return await self._say(ASK, self._chance.choice(asking), "asks the resident about", text=question)
        return None

    async def _say(self, document: str, ticket: dict[str, Any], done: str, **words: str) -> str | None:
        try:
            await self._session.act(document, id=ticket["id"], input={"expectedVersion": ticket["version"], **words})
        except Refused as refused:
            if not refused.codes & {"CONFLICT", "TRANSITION_NOT_ALLOWED"}:
                raise
            return None  # somebody else was faster
        return f"{done} {ticket['number']}"

    async def charge(self, order_id: str, property_id: str) -> str | None:
        """Bill what was done in a household, to who reported it; the bill in words, None when there is none to be."""
        order = (await self._session.read(DONE, id=order_id))["workOrder"]
        if not order or not order["viewerCanCharge"] or not order["unit"] or order["bills"]["nodes"]:
            return None
        items = (await self._session.read(ITEMS, property=property_id))["chargeItems"]["nodes"]
        item = next((item["id"] for item in items if item["code"] == REPAIRS and not item["archivedAt"]), None)
        if item is None:
            return None
        due = self._stage.clock.now().astimezone(ZONE).date() + DUE
        try:
            wish = plan_charge(self._chance, order, item, due)
            bill = (await self._session.act(CHARGE, id=order_id, input=wish))["bill"]
        except Refused as refused:
            return f"cannot charge it: {', '.join(sorted(refused.codes))}"  # whoever reported it holds no home there
        return f"charges {bill['amount']['amount']} for it: {bill['number']}"


def plan_charge(chance: random.Random, order: dict[str, Any], item_id: str, due_on: date) -> dict[str, Any]:
    """The time, the materials that were used, and the way."""
    used: Sequence[dict[str, Any]] = [part for part in order["materials"]["nodes"] if float(part["used"]) > 0]
    return {
        "expectedVersion": order["version"],
        "chargeItemId": item_id,
        "dueOn": due_on.isoformat(),
        "labourPrice": HOUR_PRICE if order["labourMinutes"] > 0 else None,
        "materials": [{"materialId": part["id"], "unitPrice": chance.choice(PART_PRICES)} for part in used],
        "lines": [{"description": "上门服务", "quantity": "1", "unitPrice": "20"}],
    }
