"""Properties, buildings, entrances and units through the public endpoint."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.clock import HeldClock
from models import Building, Entrance
from resolvers.unit import system_unit
from schema.base import encode
from tests.client import Client
from tests.dump import owner
from tests.factories.world import NOW
from tests.paging import check_paging
from tests.statements import watch

if TYPE_CHECKING:
    import pytest

    from resolvers.ports import House

TREE = """query ($id: ID!) { property(id: $id) { placeTree { id code entrances { id code units { id number } } } } }"""


async def test_lists_page_in_every_order(client: Client) -> None:
    acme = client.world.acme
    places = [acme.id("home"), acme.id("away")]
    await check_paging(client, "properties", "chief", "order: OLDEST", places)
    await check_paging(client, "properties", "chief", "order: NEWEST", places[::-1])
    units = [acme.id(f"unit{n}") for n in range(4)]
    where = f'propertyId: "{acme.id("home")}"'
    await check_paging(client, "units", "manager", f"{where} order: OLDEST", units)
    await check_paging(client, "units", "manager", f"{where} order: NEWEST", units[::-1])


async def test_buildings_and_entrances_are_lists_too(client: Client, house: House) -> None:
    acme = client.world.acme
    assert isinstance(house.clock, HeldClock)
    house.clock.move(timedelta(minutes=1))  # later than the world's
    async with system_unit(house, acme.keys["organization"]) as unit:
        place = {"property_id": acme.keys["home"], "code": "2", "name": "2 号", "position": 2}
        building = await unit.add(Building, **place, floors_above=6, floors_below=0)
        entrance = await unit.add(Entrance, **place, building_id=building.id)
    where = f'propertyId: "{acme.id("home")}"'
    second = {"buildings": encode("Building", building.id), "entrances": encode("Entrance", entrance.id)}
    for field, name in (("buildings", "building"), ("entrances", "entrance")):
        expected = [acme.id(name), second[field]]
        await check_paging(client, field, "manager", f"{where} order: OLDEST", expected)
        await check_paging(client, field, "manager", f"{where} order: NEWEST", expected[::-1])
    chosen = f'filter: {{ buildingId: "{second["buildings"]}" }}'
    data = await client.data(f"{{ entrances({where}, {chosen}) {{ nodes {{ id }} }} }}")
    assert data["entrances"]["nodes"] == [{"id": second["entrances"]}]


async def test_bad_pages_and_cursors_are_refused(client: Client) -> None:
    acme = client.world.acme
    data = await client.data(
        """query ($id: ID!) { a: units(propertyId: $id, first: 1) { pageInfo { endCursor } }
            b: tickets(propertyId: $id, order: LAST_CHANGED, first: 1) { pageInfo { endCursor } } }""",
        id=acme.id("home"),
    )
    by_id, by_change = data["a"]["pageInfo"]["endCursor"], data["b"]["pageInfo"]["endCursor"]
    bad = {
        "first: -1": "first",
        "first: 501": "first",
        "last: 501": "last",
        "first: 1, last: 1": "last",
        'after: "nonsense"': "after",
        'before: "é"': "before",
        f'after: "{by_change}"': "after",
    }
    for arguments, field in bad.items():
        answer = await client.post(f'{{ units(propertyId: "{acme.id("home")}", {arguments}) {{ nodes {{ id }} }} }}')
        (error,) = answer["errors"]
        assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_USER_INPUT", field), arguments
    answer = await client.post(
        f'{{ tickets(propertyId: "{acme.id("home")}", order: LAST_CHANGED, after: "{by_id}") {{ nodes {{ id }} }} }}'
    )
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_filters(client: Client, house: House) -> None:
    acme = client.world.acme

    async def units(who: str, chosen: str) -> list[str]:
        data = await client.data(
            f'{{ units(propertyId: "{acme.id("home")}", filter: {{ {chosen} }}) {{ nodes {{ number }} }} }}', who
        )
        return [node["number"] for node in data["units"]["nodes"]]

    await owner(house, "UPDATE unit SET status = 'VACANT' WHERE id = $1", acme.keys["unit2"])
    assert await units("manager", "statuses: [VACANT]") == ["301"]
    assert await units("manager", "statuses: [VACANT, OCCUPIED]") == ["101", "201", "301", "401"]
    assert await units("manager", "statuses: []") == []
    assert await units("manager", f'buildingId: "{acme.id("building")}"') == ["101", "201", "301", "401"]
    assert await units("chief", f'buildingId: "{acme.id("away_building")}"') == []
    assert await units("resident", "statuses: [VACANT, OCCUPIED]") == ["101"]
    for kinds, names in (("RESIDENTIAL", ["home"]), ("OFFICE", ["away"]), ("MIXED", [])):
        data = await client.data(f"{{ properties(filter: {{ kinds: [{kinds}] }}) {{ nodes {{ code }} }} }}", "chief")
        assert [node["code"] for node in data["properties"]["nodes"]] == names


async def test_every_field_of_a_property_and_a_unit(client: Client) -> None:
    acme = client.world.acme
    data = await client.data(
        """query ($home: ID!, $unit: ID!) {
            property(id: $home) { code name kind address location { latitude longitude } landArea buildingArea
                timeZone createdAt version }
            unit(id: $unit) { number floor layout builtUpArea innerArea billingAreaBasis billingArea orientation use
                status version property { id } building { id } entrance { id } } }""",
        home=acme.id("home"),
        unit=acme.id("unit1"),
    )
    assert data["property"] == {
        "code": "home",
        "name": "acme home",
        "kind": "RESIDENTIAL",
        "address": "文三路 1 号",
        "location": {"latitude": 30.25, "longitude": 120.15},
        "landArea": "10000.00",
        "buildingArea": "20000.50",
        "timeZone": "Asia/Shanghai",
        "createdAt": "2026-11-22T02:00:00.000000Z",
        "version": 1,
    }
    assert data["unit"] == {
        "number": "201",
        "floor": 2,
        "layout": "三室两厅",
        "builtUpArea": "120.50",
        "innerArea": "98.00",
        "billingAreaBasis": "INNER",
        "billingArea": "98.00",
        "orientation": None,
        "use": "DWELLING",
        "status": "OCCUPIED",
        "version": 1,
        "property": {"id": acme.id("home")},
        "building": {"id": acme.id("building")},
        "entrance": {"id": acme.id("entrance")},
    }


async def test_the_billing_area_is_the_one_that_counts(client: Client, house: House) -> None:
    async def area(unit: str) -> str:
        data = await client.data("query ($id: ID!) { unit(id: $id) { billingArea } }", id=client.world.acme.id(unit))
        shown: str = data["unit"]["billingArea"]
        return shown

    assert await area("unit1") == "98.00"
    assert await area("unit0") == "120.50", "no inner area is known"
    await owner(house, "UPDATE unit SET billing_area_basis = 'BUILT_UP' WHERE id = $1", client.world.acme.keys["unit1"])
    assert await area("unit1") == "120.50"


async def plant(house: House, client: Client, buildings: int) -> None:
    """More buildings, in the reverse of their order, each with two entrances and units."""
    keys = client.world.acme.keys

    async def insert(table: str, **values: Any) -> Any:
        id_ = house.identity.uuid()
        stamps = {"created_at": NOW, "updated_at": NOW, "version": 1}
        row = {"id": id_, "organization_id": keys["organization"], "property_id": keys["home"], **stamps, **values}
        marks = ", ".join(f"${n}" for n in range(1, len(row) + 1))
        await owner(house, f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())
        return id_

    for b in reversed(range(buildings)):
        building = await insert("building", code=f"B{b}", name="", floors_above=1, floors_below=0, position=10 + b)
        for e in (2, 1):
            entrance = await insert("entrance", building_id=building, code=f"E{e}", name="", position=e)
            for u in (3, 1, 2):
                await insert(
                    "unit",
                    building_id=building,
                    entrance_id=entrance,
                    number=str(u),
                    floor=1,
                    layout="",
                    built_up_area=1,
                    billing_area_basis="BUILT_UP",
                    use="DWELLING",
                    status="VACANT",
                    position=u,
                )


async def test_the_tree_is_whole_in_order_and_costs_the_same_whatever_its_size(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = watch(house, monkeypatch)

    async def tree(who: str) -> tuple[list[Any], int]:
        statements.clear()
        data = await client.data(TREE, who, id=client.world.acme.id("home"))
        shown = [
            (
                building["code"],
                [
                    (entrance["code"], [unit["number"] for unit in entrance["units"]])
                    for entrance in building["entrances"]
                ],
            )
            for building in data["property"]["placeTree"]
        ]
        return shown, len(statements)

    first = ("1", [("1", ["101", "201", "301", "401"])])
    small, cost = await tree("manager")
    assert small == [first]
    assert cost == (4 if house.database.dialect == "sqlite" else 1), (
        "one for each level; PostgreSQL writes the whole tree"
    )
    await plant(house, client, 7)
    units = ["1", "2", "3"]
    large, same = await tree("manager")
    assert large == [first, *((f"B{b}", [("E1", units), ("E2", units)]) for b in range(7))]
    assert same == cost
    own, _ = await tree("resident")
    assert own[0] == ("1", [("1", ["101"])]), "a resident's tree holds the own unit only"
    assert not any(numbers for _, entrances in own[1:] for _, numbers in entrances)


async def test_the_live_cursor_is_read_before_anything_else(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = client.world.acme
    statements = watch(house, monkeypatch)
    query = "query ($id: ID!) { property(id: $id) { name ...Live } } fragment Live on Property { here: liveCursor }"
    first = (await client.data(query, id=acme.id("home")))["property"]["here"]
    assert "event_stream" in statements[0]
    assert not any("event_stream" in sql for sql in statements[1:])
    assert (await client.data(query, id=acme.id("home")))["property"]["here"] == first
    opened = await client.data(
        'mutation ($id: ID!) { gateOpen(id: $id, input: { reason: "x" }) { userErrors { code } } }', id=acme.id("gate0")
    )
    assert opened["gateOpen"]["userErrors"] == []
    assert (await client.data(query, id=acme.id("home")))["property"]["here"] != first
    statements.clear()
    await client.data("query ($id: ID!) { property(id: $id) { name } }", id=acme.id("home"))
    assert not any("event_stream" in sql for sql in statements), "who does not ask does not pay"
