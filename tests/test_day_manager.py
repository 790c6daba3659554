"""A manager's day, through GraphQL alone: the board in the morning, the day's orders, what they cost, who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from tests.live.hearing import hears
from tests.live.talk import ORDERS, live_cursor
from tests.money import ERRORS, Till, codes
from tests.test_shift import say
from tests.work import do, order_of

if TYPE_CHECKING:
    from tests.client import Client
    from tests.conftest import Live

BOARD = """query ($p: ID!) { workOrderBoard(propertyId: $p) { liveCursor columns { status count
  workOrders(first: 5) { nodes { id summary viewerCanAssign viewerCanVerify viewerCanCharge } } } } }"""
CHARGE = f"""mutation ($id: ID!, $input: WorkOrderChargeInput!) {{ x: workOrderCharge(id: $id, input: $input) {{
  bill {{ id lines {{ nodes {{ description amount {{ amount }} }} }} }} {ERRORS} }} }}"""
COSTS = """query ($p: ID!, $day: Date!) { workOrderCosts(propertyId: $p, from: $day, until: $day, groupBy: TEAM) {
  team { name } orders labour { amount } materials { amount } total { amount } charged { amount } } }"""


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is."""
    return Limits(ws_ping_seconds=0.1)


async def counts(client: Client) -> dict[str, int]:
    """What is on the board now, empty columns left out."""
    found = (await client.data(BOARD, p=client.world.acme.id("home")))["workOrderBoard"]["columns"]
    return {column["status"]: column["count"] for column in found if column["count"]}


class Day:
    """One day of the manager's, hour by hour; `order` is the one that comes in."""

    def __init__(self, live: Live) -> None:
        self.live, self.client, self.till = live, live.client, Till(live.client)
        self.id = live.client.world.acme.id
        self.home = {"propertyId": self.id("home")}
        self.ticket = self.order = ""

    async def step(self, name: str, who: str, **wish: Any) -> None:
        """A step of the order, by who has just looked at it."""
        version = (await order_of(self.client, self.ticket))["version"]
        await do(self.client, f"workOrder{name}", who, self.order, expectedVersion=version, **wish)

    async def morning(self) -> str:
        """Who works, and what is on the board. A tap was reported in the night. Where the board stood then."""
        client, home = self.client, self.home
        await do(
            client, "ticketCategoryCreate", "manager", None, **home, name="给排水", keywords=["龙头"], skill="水工"
        )
        place = {**home, "unitId": self.id("unit0"), "kind": "REPAIR"}
        self.ticket = (await do(client, "ticketCreate", "resident", None, **place, text="龙头断了"))["id"]
        early = {"name": "白班", "startsAt": "08:00", "endsAt": "17:00"}
        shift = (await say(client, "shiftCreate", **home, **early))["shift"]["id"]
        duty = {"staffId": self.id("tech1_staff"), "shiftId": shift, "day": "2026-12-01"}
        assert (await say(client, "shiftAssign", items=[duty]))["results"][0]["userErrors"] == []
        board = (await client.data(BOARD, p=self.id("home")))["workOrderBoard"]
        assert {c["status"]: c["count"] for c in board["columns"] if c["count"]} == {"CREATED": 2, "ASSIGNED": 1}
        waiting = board["columns"][0]["workOrders"]["nodes"]
        (tap,) = (card for card in waiting if card["summary"] == "给排水：龙头断了")
        assert (tap["viewerCanAssign"], tap["viewerCanVerify"], tap["viewerCanCharge"]) == (True, False, False)
        self.order = tap["id"]
        return str(board["liveCursor"])

    async def work(self, cursor: str) -> None:
        """It goes to a technician, who does it; the board follows from its cursor, card by card."""
        tech = {"staffId": self.id("tech1_staff")}
        await self.step("Assign", "manager", **tech)
        await self.step("Accept", "tech1")
        await self.step("Start", "tech1")
        await self.step("RecordLabour", "tech1", **tech, minutes=45, cost={"amount": "30.00"})
        await self.step("Complete", "tech1", result="换了龙头")
        told = await hears(self.live, "manager", ORDERS, cursor, await live_cursor(self.client))
        moves = [payload["data"]["workOrderChanged"] for payload in told]
        assert [(move["fromStatus"], move["toStatus"]) for move in moves] == [
            ("CREATED", "ASSIGNED"), ("ASSIGNED", "ACCEPTED"), ("ACCEPTED", "IN_PROGRESS"),
            ("IN_PROGRESS", "IN_PROGRESS"), ("IN_PROGRESS", "DONE"),
        ]  # fmt: skip
        assert await counts(self.client) == {"CREATED": 1, "ASSIGNED": 1, "DONE": 1}
        # The work is looked at: not tight yet, then well done.
        await self.step("Return", "manager", note="还在滴")
        await self.step("Accept", "tech1")
        await self.step("Start", "tech1")
        await self.step("Complete", "tech1", result="重新上紧")
        await self.step("Verify", "manager")

    async def charge(self) -> None:
        """The household broke the tap: it pays for the time and the tap. The charge item is the Property's own."""
        item = await self.till.say("chargeItemCreate", "manager", {**self.home, "code": "WX", "name": "维修费"})
        seen = await order_of(self.client, self.ticket)
        wish = {
            "expectedVersion": seen["version"],
            "chargeItemId": item["data"]["x"]["chargeItem"]["id"],
            "dueOn": "2026-12-20",
            "labourPrice": "60",
            "lines": [{"description": "龙头", "quantity": "1", "unitPrice": "88"}],
        }
        charged = await self.client.post(CHARGE, "manager", id=self.order, input=wish)
        assert codes(charged) == []
        bill = charged["data"]["x"]["bill"]
        lines = [(line["description"], line["amount"]["amount"]) for line in bill["lines"]["nodes"]]
        assert lines == [("人工（小时）", "45.00"), ("龙头", "88.00")]
        own = "query ($i: ID!) { bill(id: $i) { workOrderNumber openAmount { amount } workOrder { id } } }"
        assert (await self.client.data(own, "resident", i=bill["id"]))["bill"] == {
            "workOrderNumber": seen["number"], "openAmount": {"amount": "133.00"}, "workOrder": {"id": self.order},
        }  # fmt: skip

    async def evening(self) -> None:
        """What the day's work cost, by team, and that the books are right."""
        await self.step("Close", "manager")
        assert await counts(self.client) == {"CREATED": 1, "ASSIGNED": 1}
        (team,) = (await self.client.data(COSTS, p=self.id("home"), day="2026-11-22"))["workOrderCosts"]
        assert (team["orders"], team["labour"], team["total"]) == (1, {"amount": "30.00"}, {"amount": "30.00"})
        assert (team["team"] is not None, team["charged"]) == (True, {"amount": "133.00"})
        await self.till.check()


async def test_a_managers_day(live: Live) -> None:
    day = Day(live)
    cursor = await day.morning()
    await day.work(cursor)
    await day.charge()
    await day.evening()
