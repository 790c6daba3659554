"""A day of the buyer who keeps the warehouse, through GraphQL only; and counts that people work through."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from tests.dump import dump
from tests.live.hearing import hears
from tests.live.talk import live_cursor
from tests.stock import Store, codes, made

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live

LEVELS = """subscription ($place: ID!, $after: Cursor) { stockLevelChanged(warehouseId: $place, after: $after) {
  cursor change quantity warningLevel version stockBalance { item { name } quantity } } }"""
MOVED = (
    "query ($w: ID!) { stockMovements(warehouseId: $w, first: 100) { nodes { item { code } kind quantity value } } }"
)
THERE = "query ($w: ID!) { stockBalances(warehouseId: $w) { nodes { item { code } quantity value } } }"
USED = """query ($id: ID!) { workOrder(id: $id) { materials { nodes {
  item { name unit } warehouse { code } used cost } } } }"""


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is."""
    return Limits(ws_ping_seconds=0.1)


async def test_a_day_of_the_buyer(live: Live) -> None:
    client = live.client
    buyer, technician = Store(client, "buyer"), Store(client, "tech1")

    # In the morning: a new store room, what belongs into it, and a delivery.
    room = made(await buyer.say("warehouseCreate", code="B1", name="地下室备件间", propertyId=buyer.id("home")))
    place = room["warehouse"]["id"]
    valve = await buyer.item("QF-20", "球阀 DN20", "个", category="给排水")
    tape = await buyer.item("SLD-1", "生料带", "卷", category="给排水", keywords="密封带 shengliaodai")
    made(await buyer.receive("20", "18.5", place, valve, supplier="华东五金", note="送货单 1107"))
    made(await buyer.receive("30", "1.2", place, tape, supplier="华东五金", note="送货单 1107"))
    made(await buyer.level("8", place, valve))

    # A technician looks for what he needs, by the letters that his phone offers, and takes it for his order.
    find = "query ($text: String!) { stockItems(search: $text) { nodes { id code } } }"
    for typed, code in (("qf", "QF-20"), ("密封", "SLD-1"), ("shengliao", "SLD-1")):
        found = await client.data(find, "tech1", text=typed)
        assert [node["code"] for node in found["stockItems"]["nodes"]] == [code], typed
    start = await live_cursor(client, "buyer")
    taken = made(await technician.use("12", place, valve))
    made(await technician.use("2", place, tape))
    assert codes(await technician.use("9", place, valve)) == [("STOCK_INSUFFICIENT", ["input", "quantity"])]
    made(await technician.take_back(taken["stockMovement"]["id"], "3"))

    # Time to buy: announced in the transaction that took the twelfth, and again when it was over.
    last = await live_cursor(client, "buyer")
    heard = [
        event["data"]["stockLevelChanged"] for event in await hears(live, "buyer", LEVELS, start, last, place=place)
    ]
    told = [(event["change"], event["quantity"], event["warningLevel"]) for event in heard]
    assert told == [("LOW", "8.000", "8.000"), ("RECOVERED", "11.000", "8.000")]
    assert heard[0]["stockBalance"] == {"item": {"name": "球阀 DN20"}, "quantity": "11.000"}, "as it is now"

    # In the evening everything is counted; while he counts, somebody takes two more.
    sheet = await buyer.start(place, note="11 月盘点")
    made(await buyer.count(sheet["id"], "10", valve))  # one is missing of 11
    made(await technician.use("2", place, valve))
    line = made(await buyer.count(sheet["id"], "29", tape))["line"]
    assert (line["expected"], line["difference"]) == ("28.000", "1.000")
    done = made(await buyer.say("stocktakeFinish", sheet["id"], expectedVersion=1))["stocktake"]
    posted = {node["item"]["id"]: node["quantity"] for node in done["movements"]["nodes"]}
    assert posted == {valve: "-1.000", tape: "1.000"}

    # The manager sees what the order cost, and the books add up.
    used = (await client.data(USED, "manager", id=buyer.id("order1")))["workOrder"]["materials"]["nodes"]
    mine = [node for node in used if node["warehouse"]["code"] == "B1"]
    assert [(node["item"]["name"], node["used"], node["cost"]) for node in mine] == [
        ("球阀 DN20", "11.000", "203.5000"),
        ("生料带", "2.000", "2.4000"),
    ]
    await adds_up(client, place, {"QF-20": "8.000", "SLD-1": "29.000"})


async def adds_up(client: Client, place: str, expected: dict[str, str]) -> None:
    """Each balance is the sum of the movements that the contract shows, quantity and value."""
    moved = (await client.data(MOVED, "buyer", w=place))["stockMovements"]["nodes"]
    there = (await client.data(THERE, "buyer", w=place))["stockBalances"]["nodes"]
    assert {node["item"]["code"]: node["quantity"] for node in there} == expected
    for node in there:
        own = [move for move in moved if move["item"] == node["item"]]
        for column in ("quantity", "value"):
            assert sum(Decimal(move[column]) for move in own) == Decimal(node[column]), node


async def test_a_count_posts_all_or_nothing(client: Client, house: House) -> None:
    store = Store(client)
    item = await store.item("LS-1", "螺丝")
    made(await store.receive("10", "1", "warehouse", item))
    sheet = await store.start()
    assert [line["expected"] for line in sheet["lines"]["nodes"]] == ["11.000", "10.000"]
    made(await store.count(sheet["id"], "12"))  # one tube more than there should be
    made(await store.count(sheet["id"], "4", item))  # six screws are missing
    made(await store.issue("5", "warehouse", item))
    before = await dump(house)
    answer = await store.say("stocktakeFinish", sheet["id"], expectedVersion=1)
    assert codes(answer) == [("STOCKTAKE_COUNT_AGAIN", ["id"])]
    assert "螺丝" in answer["data"]["x"]["userErrors"][0]["message"]
    assert await dump(house) == before
    line = made(await store.count(sheet["id"], "5", item))["line"]  # counted again: nothing is missing
    assert (line["expected"], line["difference"]) == ("5.000", "0.000")
    done = made(await store.say("stocktakeFinish", sheet["id"], expectedVersion=1))["stocktake"]
    moves = [(node["quantity"], node["value"]) for node in done["movements"]["nodes"]]
    assert moves == [("1.000", "8.2167")], "at the average of the tubes"


async def test_counts_begin_and_end_once(client: Client, house: House) -> None:
    store = Store(client)
    sheet = await store.start(category="照明")
    assert codes(await store.say("stocktakeStart", warehouseId=store.id("warehouse"))) == [
        ("STOCKTAKE_OPEN", ["input", "warehouseId"])
    ]
    assert codes(await store.count(sheet["id"], "-1")) == [("BAD_USER_INPUT", ["input", "counted"])]
    found = made(await store.count(sheet["id"], "2", "tap"))  # was not on the sheet
    assert (found["line"]["expected"], found["line"]["difference"]) == ("0.000", "2.000")
    gone = made(await store.say("stocktakeCancel", sheet["id"], expectedVersion=1))["stocktake"]
    assert (gone["status"], gone["movements"]["nodes"]) == ("CANCELLED", [])
    before = await dump(house)
    ended: list[Any] = [
        await store.count(sheet["id"], "1"),
        await store.say("stocktakeFinish", sheet["id"], expectedVersion=2),
        await store.say("stocktakeCancel", sheet["id"], expectedVersion=2),
    ]
    assert [codes(answer) for answer in ended] == [[("STOCKTAKE_ENDED", ["id"])]] * 3
    assert codes(await store.say("stocktakeFinish", "stocktake0", expectedVersion=9)) == [
        ("CONFLICT", ["input", "expectedVersion"])
    ]
    assert await dump(house) == before
    await store.start()  # another one may begin
