"""Stock through the public endpoint: moved, refused, raced for, announced, found."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tests.client import Client
from tests.dump import audits, dump, owner
from tests.paging import check_paging
from tests.stock import Store, codes, made

if TYPE_CHECKING:
    from resolvers.ports import House

EVENTS = "SELECT * FROM event WHERE type = 'stock.level_changed' ORDER BY position"


@pytest.fixture
def store(client: Client) -> Store:
    return Store(client)


def figures(balance: dict[str, Any]) -> tuple[str, str, str]:
    return balance["quantity"], balance["value"], balance["averageCost"]


async def test_what_comes_in_goes_out_at_the_average(store: Store, house: House) -> None:
    item = await store.item("QF-20")
    first = made(await store.receive("10", "8", "warehouse", item, supplier="华东五金", note="送货单 7"))
    assert figures(first["stockBalance"]) == ("10.000", "80.0000", "8.0000")
    await store.receive("5", "9.2001", "warehouse", item)
    out = made(await store.issue("4", "warehouse", item))
    assert (out["stockMovement"]["quantity"], out["stockMovement"]["value"]) == ("-4.000", "-33.6001")
    assert figures(out["stockBalance"]) == ("11.000", "92.4004", "8.4000")
    rest = made(await store.issue("11", "warehouse", item))
    assert figures(rest["stockBalance"]) == ("0.000", "0.0000", "8.4000"), "the last ones take all that is left"
    assert [node["quantity"] for node in rest["stockMovement"]["batches"]["nodes"]] == ["-6.000", "-5.000"]
    audit = (await audits(house, "stock.issue"))[-1]
    assert (audit["account_id"], audit["subject_type"]) == (store.client.world.acme.keys["chief"], "StockMovement")


async def test_what_expires_first_leaves_first_and_comes_back_last(store: Store) -> None:
    item = await store.item("JS-1", "结构胶")
    for day in (None, "2027-05-01", "2027-03-01"):
        made(await store.receive("2", "1", "warehouse", item, expiresOn=day))
    out = made(await store.issue("5", "warehouse", item))["stockMovement"]
    batches = "query ($w: ID!, $i: ID!) { stockBatches(warehouseId: $w, filter: { itemId: $i }) { nodes {"
    batches += " expiresOn quantityLeft } } }"

    async def left() -> list[tuple[Any, str]]:
        data = await store.client.data(batches, "chief", w=store.id("warehouse"), i=item)
        return [(node["expiresOn"], node["quantityLeft"]) for node in data["stockBatches"]["nodes"]]

    assert await left() == [("2027-03-01", "0.000"), ("2027-05-01", "0.000"), (None, "1.000")]
    made(await store.take_back(out["id"], "2"))
    assert await left() == [("2027-03-01", "0.000"), ("2027-05-01", "1.000"), (None, "2.000")]
    assert codes(await store.take_back(out["id"], "4")) == [("RETURN_EXCEEDS_ISSUE", ["input", "quantity"])]
    back = made(await store.take_back(out["id"], "3"))
    assert figures(back["stockBalance"]) == ("6.000", "6.0000", "1.0000")


async def test_a_transfer_takes_value_and_batches_along(store: Store, house: House) -> None:
    sent = made(await store.transfer("10", "warehouse", "away_warehouse"))
    assert (sent["sent"]["value"], sent["received"]["value"]) == ("-82.1666", "82.1666")
    assert sent["received"]["origin"] == {"id": sent["sent"]["id"]}
    item = store.client.world.acme.keys["tube"]
    rows = await owner(house, "SELECT * FROM stock_batch WHERE item_id = $1", item)
    left = sorted((row["quantity_left"], row["unit_cost"]) for row in rows)
    assert left == [(0, 80_000), (1_000, 93_000), (1_000, 93_000), (9_000, 80_000)]
    assert {row["supplier"] for row in rows} == {"acme 五金"}
    before = await dump(house)
    assert codes(await store.transfer("2", "warehouse", "central")) == [("STOCK_INSUFFICIENT", ["input", "quantity"])]
    assert await dump(house) == before, "half a transfer is none"


async def test_of_twenty_who_take_the_last_ten_ten_are_served(store: Store, house: House) -> None:
    made(await store.issue("1"))
    answers = await asyncio.gather(*(store.issue("1") for _ in range(20)))
    told = [codes(answer) for answer in answers]
    assert told.count([]) == 10
    assert told.count([("STOCK_INSUFFICIENT", ["input", "quantity"])]) == 10
    shown = [answer["data"]["x"]["stockBalance"]["quantity"] for answer in answers if codes(answer)]
    assert set(shown) == {"0.000"}
    keys = store.client.world.acme.keys
    (row,) = await owner(house, "SELECT * FROM stock_balance WHERE id = $1", keys["stock_tube"])
    assert (row["quantity"], row["value"]) == (0, 0)
    moved = await owner(
        house, "SELECT quantity_after FROM stock_movement WHERE item_id = $1 AND kind = 'OUT'", keys["tube"]
    )
    assert sorted(row["quantity_after"] for row in moved) == [*range(0, 11_000, 1_000), 11_000]


async def test_transfers_both_ways_at_once_do_not_wait_in_a_ring(store: Store, house: House) -> None:
    made(await store.transfer("5", "warehouse", "away_warehouse"))
    ways = [("warehouse", "away_warehouse"), ("away_warehouse", "warehouse")] * 5
    answers = await asyncio.gather(*(store.transfer("1", *way) for way in ways))
    assert [codes(answer) for answer in answers] == [[]] * 10
    item = store.client.world.acme.keys["tube"]
    rows = await owner(house, "SELECT quantity, value FROM stock_balance WHERE item_id = $1", item)
    assert (sum(row["quantity"] for row in rows), sum(row["value"] for row in rows)) == (11_000, 903_833)


async def test_the_database_itself_refuses_to_go_below_zero(store: Store, house: House) -> None:
    key = store.client.world.acme.keys["stock_tube"]
    with pytest.raises(Exception, match=r"(?i)check"):
        await owner(house, "UPDATE stock_balance SET quantity = -1 WHERE id = $1", key)


async def test_a_technician_takes_for_his_own_orders_and_brings_back(store: Store, house: House) -> None:
    mine = Store(store.client, "tech1")
    taken = made(await mine.use("3"))
    assert taken["stockMovement"]["value"] is None, "what it cost is not for him"
    assert (taken["material"]["taken"], taken["material"]["cost"]) == ("4.000", None)
    made(await mine.take_back(taken["stockMovement"]["id"], "2"))
    query = "query ($id: ID!) { workOrder(id: $id) { materials { nodes { taken returned used cost item { name } } } } }"
    seen = (await store.client.data(query, "manager", id=store.id("order1")))["workOrder"]["materials"]["nodes"]
    tube = {"item": {"name": "LED灯管 T8"}, "taken": "4.000", "returned": "2.000", "used": "2.000"}
    assert seen == [{**tube, "cost": "16.4334"}]
    assert codes(await mine.issue("1")) == [("FORBIDDEN", None)]
    assert codes(await mine.use("1", order="order0")) == [("NOT_FOUND", ["id"])]
    assert codes(await Store(store.client, "tech2").use("1")) == [("NOT_FOUND", ["id"])]
    assert codes(await mine.use("1", "away_warehouse", "tap")) == [("NOT_FOUND", ["input", "warehouseId"])]
    assert codes(await store.use("1", "away_warehouse", "tap")) == [("NOT_FOUND", ["input", "warehouseId"])]
    made(await store.use("1", "central", "cable"))  # the company's own serves every Property
    order = store.client.world.acme.keys["order1"]
    await owner(house, "UPDATE work_order SET status = 'DONE' WHERE id = $1", order)
    assert codes(await mine.use("1")) == [("WORK_ORDER_TAKES_NO_MATERIAL", ["id"])]
    made(await mine.take_back(taken["stockMovement"]["id"], "1"))  # what is left over comes back all the same


async def test_a_level_is_announced_once_per_crossing(store: Store, house: House) -> None:
    made(await store.level("8"))
    assert await owner(house, EVENTS) == []
    low = made(await store.issue("3"))["stockBalance"]
    assert (low["quantity"], low["lowSince"]) == ("8.000", "2026-11-22T02:00:00.000000Z")
    made(await store.issue("1"))
    made(await store.level("20"))
    made(await store.receive("13", "8"))
    made(await store.receive("1", "8"))
    made(await store.level("30"))
    assert made(await store.level(None))["stockBalance"]["lowSince"] is None
    told = [orjson.loads(row["data"]) for row in await owner(house, EVENTS)]
    assert [(data["change"], data["quantity"], data["warning_level"]) for data in told] == [
        ("LOW", 8_000, 8_000),
        ("RECOVERED", 21_000, 20_000),
        ("LOW", 21_000, 30_000),
        ("RECOVERED", 21_000, None),
    ]


async def test_a_level_that_is_reached_by_a_refused_verb_is_not_announced(store: Store, house: House) -> None:
    made(await store.level("10"))
    assert codes(await store.issue("12")) == [("STOCK_INSUFFICIENT", ["input", "quantity"])]
    assert await owner(house, EVENTS) == []


async def test_lists_page_and_narrow(store: Store) -> None:
    client, acme = store.client, store.client.world.acme
    home = f'warehouseId: "{acme.id("warehouse")}"'
    then = 'from: "2026-11-22T02:00:00Z", until: "2026-11-22T02:00:01Z"'
    for field, extra, expected in (
        ("stockMovements", "order: NEWEST", ["used", "moved1", "moved0"]),
        ("stockMovements", "order: OLDEST", ["moved0", "moved1", "used"]),
        ("stockBatches", "order: EXPIRING", ["batch0", "batch1"]),
        ("stockBatches", "order: NEWEST", ["batch1", "batch0"]),
    ):
        await check_paging(client, field, "buyer", f"{home} {extra}", [acme.id(name) for name in expected])
    await check_paging(client, "stockItems", "buyer", "order: OLDEST", [acme.id(n) for n in ("tube", "tap", "cable")])
    cases = {
        f"stockMovements({home} filter: {{ kind: OUT }})": ["used"],
        f'stockMovements({home} filter: {{ itemId: "{acme.id("tap")}" }})': [],
        f"stockMovements({home} filter: {{ {then} }}, order: OLDEST)": ["moved0", "moved1", "used"],
        f'stockMovements({home} filter: {{ until: "2026-11-22T02:00:00Z" }})': [],
        f"stockBalances({home} filter: {{ low: true }})": [],
        f"stockBalances({home} filter: {{ low: false }})": ["stock_tube"],
        f"stockBatches({home} filter: {{ left: true }})": ["batch0", "batch1"],
        f"stockBatches({home} filter: {{ left: false }})": [],
        f'stockBatches({home} filter: {{ expiresBefore: "2030-01-01" }})': [],
        f"stocktakes({home} filter: {{ status: OPEN }})": [],
        f'warehouses(filter: {{ propertyId: "{acme.id("home")}", archived: false }})': ["warehouse"],
        'stockItems(search: "dg")': ["tube"],
        'stockItems(search: "灯 T8")': ["tube"],
        'stockItems(search: "SLT-1")': ["tap"],
        'stockItems(search: "dx 2.5")': ["cable"],
        'stockItems(search: "灯 水")': [],
        'stockItems(filter: { barcode: "6901234567892" })': ["tube"],
        'stockItems(filter: { category: "给排水" })': ["tap"],
    }
    for field, names in cases.items():
        data = await client.data(f"{{ x: {field} {{ nodes {{ id }} }} }}", "buyer")
        assert [node["id"] for node in data["x"]["nodes"]] == [acme.id(name) for name in names], field


async def test_what_does_not_expire_is_listed_again_and_again(store: Store) -> None:
    """The second time a statement comes another way on PostgreSQL, and a driver has its own word for the last day."""
    made(await store.receive("1", "2.00"))
    asked = f'stockBatches(warehouseId: "{store.client.world.acme.id("warehouse")}", order: EXPIRING, first: 2)'
    for _ in range(3):
        found = await store.client.data(
            f"{{ x: {asked} {{ nodes {{ expiresOn }} pageInfo {{ endCursor }} }} }}", "buyer"
        )
        assert found["x"]["nodes"] == [{"expiresOn": None}] * 2


async def test_bad_input_is_refused_and_nothing_changes(store: Store, house: House) -> None:
    before = await dump(house)
    low, high = "0", "1000001"
    cases = [
        (await store.receive(low, "1"), "BAD_USER_INPUT", "quantity"),
        (await store.receive(high, "1"), "BAD_USER_INPUT", "quantity"),
        (await store.receive("0.5", "1"), "BAD_USER_INPUT", "quantity"),  # half a tube
        (await store.receive("1", "-1"), "BAD_USER_INPUT", "unitCost"),
        (await store.receive("1", "1000000.0001"), "BAD_USER_INPUT", "unitCost"),
        (await store.receive("1", "1", note="x" * 201), "BAD_USER_INPUT", "note"),
        (await store.receive("999990", "1"), "STOCK_TOO_MUCH", "quantity"),
        (await store.issue("-1"), "BAD_USER_INPUT", "quantity"),
        (await store.say("stockIssue", **store.where(), quantity="1", note=" "), "BAD_USER_INPUT", "note"),
        (await store.take_back("moved0", "1"), "BAD_USER_INPUT", "movementId"),
        (await store.transfer("1", "warehouse", "warehouse"), "BAD_USER_INPUT", "toWarehouseId"),
        (await store.level("-1"), "BAD_USER_INPUT", "warningLevel"),
        (await store.say("warehouseCreate", code="warehouse", name="n"), "STOCK_CODE_TAKEN", "code"),
        (await store.say("warehouseCreate", code="", name="n"), "BAD_USER_INPUT", "code"),
        (await store.say("stockItemCreate", code="DG-T8", name="n", unit="个"), "STOCK_CODE_TAKEN", "code"),
        (await store.say("stockItemCreate", code="n", name="n", unit="个", decimals=4), "BAD_USER_INPUT", "decimals"),
        (
            await store.say("stockItemUpdate", "tap", expectedVersion=1, barcode="6901234567892"),
            "STOCK_CODE_TAKEN",
            "barcode",
        ),
        (await store.say("warehouseArchive", "warehouse", expectedVersion=2), "CONFLICT", "expectedVersion"),
    ]
    for answer, code, field in cases:
        assert codes(answer) == [(code, ["input", field])], answer
    for verb, row in (("warehouseArchive", "warehouse"), ("stockItemArchive", "tube")):
        assert codes(await store.say(verb, row, expectedVersion=1)) == [("STOCK_LEFT", ["id"])]
    malformed = await store.receive("1.0005", "1")
    assert malformed["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert await dump(house) == before


async def test_warehouses_and_items_change_and_end(store: Store) -> None:
    place = made(await store.say("warehouseCreate", code="W9", name="九号仓", propertyId=store.id("home")))["warehouse"]
    assert (place["property"], place["version"]) == ({"id": store.id("home")}, 1)
    changed = made(await store.say("warehouseUpdate", place["id"], expectedVersion=1, name="九号库", address="地下室"))
    assert [changed["warehouse"][name] for name in ("name", "address", "version")] == ["九号库", "地下室", 2]
    item = await store.item("GY-1", "拖把", keywords="地拖")
    made(await store.say("stockItemUpdate", item, expectedVersion=1, keywords=None, name="棉拖把"))
    find = '{ stockItems(search: "mtb") { nodes { id keywords } } }'
    assert (await store.client.data(find))["stockItems"]["nodes"] == [{"id": item, "keywords": None}]
    made(await store.receive("1", "5", place["id"], item))
    assert codes(await store.say("warehouseArchive", place["id"], expectedVersion=2)) == [("STOCK_LEFT", ["id"])]
    made(await store.issue("1", place["id"], item))
    ended = made(await store.say("warehouseArchive", place["id"], expectedVersion=2))["warehouse"]
    assert (ended["archivedAt"], ended["version"]) == ("2026-11-22T02:00:00.000000Z", 3)
    assert codes(await store.receive("1", "5", place["id"], item)) == [("WAREHOUSE_ARCHIVED", ["input", "warehouseId"])]
    made(await store.say("stockItemArchive", item, expectedVersion=2))
    assert codes(await store.receive("1", "5", "warehouse", item)) == [("STOCK_ITEM_ARCHIVED", ["input", "itemId"])]
    await store.item("GY-1", "另一种拖把")  # its code is free again


async def test_whoever_may_not_changes_nothing(store: Store, house: House) -> None:
    before = await dump(house)
    for who, told in (
        ("tech2", "FORBIDDEN"),
        ("auditor", "FORBIDDEN"),
        ("desk", "NOT_FOUND"),
        ("resident", "NOT_FOUND"),
    ):
        one = Store(store.client, who)
        for answer in (await one.receive("1", "1"), await one.issue("1"), await one.level("1")):
            assert [code for code, _ in codes(answer)] == [told], who
    buyer = Store(store.client, "buyer")  # of one Property
    assert codes(await buyer.say("warehouseCreate", code="n", name="n")) == [("FORBIDDEN", None)]
    assert codes(await buyer.say("stockItemUpdate", "tube", expectedVersion=1, name="n")) == [("FORBIDDEN", None)]
    assert codes(await buyer.transfer("1", "warehouse", "away_warehouse")) == [
        ("NOT_FOUND", ["input", "toWarehouseId"])
    ]
    assert codes(await buyer.receive("1", "1", "central", "cable")) == [("NOT_FOUND", ["input", "warehouseId"])]
    assert await dump(house) == before
