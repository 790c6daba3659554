"""Vehicles and devices: verbs through the public endpoint, and their sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from resolvers.jobs import data_import as job
from tests.dump import audits, dump, owner
from tests.paging import check_paging
from tests.sheets import counts, faults, imported, sheet
from tests.test_data_import import versions

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

SHOWN = "id plate kind brand colour archivedAt version unit { id } owner { id }"
CREATE = f"""mutation ($input: VehicleCreateInput!) {{ vehicleCreate(input: $input) {{
    vehicle {{ {SHOWN} }} userErrors {{ code message field }} }} }}"""
UPDATE = f"""mutation ($id: ID!, $input: VehicleUpdateInput!) {{ vehicleUpdate(id: $id, input: $input) {{
    vehicle {{ {SHOWN} }} userErrors {{ code message field }} }} }}"""
ARCHIVE = f"""mutation ($id: ID!, $input: VehicleArchiveInput!) {{ vehicleArchive(id: $id, input: $input) {{
    vehicle {{ {SHOWN} }} userErrors {{ code message field }} }} }}"""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 0.02)


async def create(client: Client, who: str | None = "manager", **changes: Any) -> dict[str, Any]:
    wanted = {"propertyId": client.world.acme.id("home"), "plate": "浙b·99999", "kind": "OWNER", **changes}
    return await client.post(CREATE, who, input=wanted)


def refused(answer: dict[str, Any]) -> list[tuple[str, list[str]]]:
    (payload,) = answer["data"].values()
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


async def test_lists_page_and_filter(client: Client) -> None:
    acme = client.world.acme
    rows = [acme.id(f"vehicle{n}") for n in range(3)]
    where = f'propertyId: "{acme.id("home")}"'
    await check_paging(client, "vehicles", "control", f"{where} order: OLDEST", rows)
    await check_paging(client, "vehicles", "control", f"{where} order: NEWEST", rows[::-1])
    cases = {
        'plate: "浙a·12346"': [1],
        'plate: "浙A"': [],
        "kind: OWNER": [0, 2],
        "kind: OWNER, archived: false": [0],
        "archived: true": [2],
    }
    for chosen, names in cases.items():
        data = await client.data(f"{{ vehicles({where}, filter: {{ {chosen} }}) {{ nodes {{ id }} }} }}")
        assert [node["id"] for node in data["vehicles"]["nodes"]] == [rows[n] for n in names], chosen


async def test_a_vehicle_from_its_first_day_to_its_last(client: Client, house: House) -> None:
    acme = client.world.acme
    home = {"unitId": acme.id("unit1"), "ownerId": acme.id("neighbour_person"), "brand": " 比亚迪 ", "colour": ""}
    made = (await create(client, **home))["data"]["vehicleCreate"]["vehicle"]
    assert (made["plate"], made["brand"], made["colour"], made["version"]) == ("浙B99999", "比亚迪", None, 1)
    assert (made["unit"]["id"], made["owner"]["id"]) == (home["unitId"], home["ownerId"])
    wish = {"expectedVersion": 1, "colour": "白", "ownerId": None}
    changed = (await client.data(UPDATE, id=made["id"], input=wish))["vehicleUpdate"]["vehicle"]
    assert (changed["colour"], changed["owner"], changed["unit"], changed["brand"]) == (
        "白",
        None,
        made["unit"],
        "比亚迪",
    )
    stale = await client.post(ARCHIVE, id=made["id"], input={"expectedVersion": 1})
    assert refused(stale) == [("CONFLICT", ["input", "expectedVersion"])]
    assert stale["data"]["vehicleArchive"]["vehicle"]["version"] == 2
    ended = (await client.data(ARCHIVE, id=made["id"], input={"expectedVersion": 2}))["vehicleArchive"]["vehicle"]
    assert ended["archivedAt"] == "2026-11-22T02:00:00.000000Z"
    again = await client.post(UPDATE, id=made["id"], input={"expectedVersion": 3, "colour": "黑"})
    assert refused(again) == [("VEHICLE_ARCHIVED", ["id"])]
    assert (await create(client))["data"]["vehicleCreate"]["userErrors"] == [], "the plate is free again"
    for verb, n in (("create", 2), ("update", 1), ("archive", 1)):
        assert len(await audits(house, f"vehicle.{verb}")) == n


async def test_what_is_refused(client: Client, house: House) -> None:
    acme = client.world.acme
    before = await dump(house)
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"plate": "浙AI2345"}, ("BAD_USER_INPUT", "plate")),
        ({"plate": "浙A·12345"}, ("PLATE_TAKEN", "plate")),
        ({"brand": "x" * 41}, ("BAD_USER_INPUT", "brand")),
        ({"unitId": acme.id("away_unit0")}, ("NOT_FOUND", "unitId")),
        ({"ownerId": acme.id("away_resident_person")}, ("NOT_FOUND", "ownerId")),
        ({"propertyId": acme.id("away")}, ("NOT_FOUND", "propertyId")),
    ]
    for changes, (code, field) in cases:
        assert refused(await create(client, **changes)) == [(code, ["input", field])], changes
    chief = await create(client, "chief", unitId=acme.id("away_unit0"))
    assert refused(chief) == [("NOT_FOUND", ["input", "unitId"])], "a unit of another property"
    taken = (await create(client, plate="浙A12345"))["data"]["vehicleCreate"]["vehicle"]
    assert taken["id"] == acme.id("vehicle0")
    own = {"expectedVersion": 1, "plate": None}
    answer = await client.post(UPDATE, id=acme.id("vehicle1"), input=own)
    assert refused(answer) == [("BAD_USER_INPUT", ["input", "plate"])]
    answer = await client.post(UPDATE, id=acme.id("vehicle1"), input={**own, "plate": "浙A12345"})
    assert refused(answer) == [("PLATE_TAKEN", ["input", "plate"])]
    assert await dump(house) == before


@pytest.mark.parametrize("who", ["resident", "control", "cashier", "tech1"])
async def test_who_may_not_write(client: Client, house: House, who: str) -> None:
    before = await dump(house)
    answer = await create(client, who)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    for query in (UPDATE, ARCHIVE):
        answer = await client.post(query, who, id=client.world.acme.id("vehicle0"), input={"expectedVersion": 1})
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        assert codes == ["FORBIDDEN"] or [code for code, _ in refused(answer)] == ["NOT_FOUND"]
    assert await dump(house) == before


async def test_vehicles_from_a_sheet(client: Client, house: House) -> None:
    heading = "项目编号,车牌,类型,楼栋,单元,房号,车主姓名,品牌,颜色"
    rows: list[list[object]] = [
        ["home", "浙a·12345", "业主车", "1", "1", "101", "acme resident", "比亚迪", "白"],
        ["home", "粤Z1234港", "月租", "", "", "", "", "", ""],
        ["home", "浙A12347", "黑名单", "", "", "", "", "", ""],
    ]
    assert counts(await imported(client, "VEHICLES", sheet(heading, *rows), "manager")) == ("DONE", 2, 1, 0, 0)
    before = await versions(house)
    assert counts(await imported(client, "VEHICLES", sheet(heading, *rows), "manager")) == ("DONE", 0, 0, 3, 0)
    assert await versions(house) == before
    bad: list[list[object]] = [
        ["home", "浙A1", "业主", "", "", "", "", "", ""],
        ["home", "浙B11111", "业主", "1", "", "", "", "", ""],
        ["home", "浙B22222", "业主", "1", "1", "999", "", "", ""],
        ["home", "浙B33333", "业主", "", "", "", "nobody", "", ""],
        ["away", "浙B44444", "业主", "", "", "", "", "", ""],
        ["home", "浙B55555", "业主", "", "", "", "acme away_resident", "", ""],
    ]
    made = await imported(client, "VEHICLES", sheet(heading, *bad), "manager", mode="SKIP_BAD")
    assert faults(made) == [
        (2, "plate", "PLATE_WRONG"),
        (3, "entrance", "NEEDS_COLUMN"),
        (3, "unit", "NEEDS_COLUMN"),
        (4, "unit", "NOT_FOUND"),
        (5, "owner_name", "NOT_FOUND"),
        (6, "property", "NOT_FOUND"),
        (7, "owner_name", "NOT_FOUND"),
    ]
    assert await versions(house) == before


async def test_devices_from_a_sheet(client: Client, house: House) -> None:
    heading = "property,name,kind,brand,model,serial,building,installed_on,cost,heartbeat_seconds"
    rows: list[list[object]] = [
        ["home", "1 号梯", "电梯", "迅达", "5500", "SN-1", "1", "2020-05-01", "350000.50", 120],
        ["home", "东门控制器", "GATE_CONTROLLER", "", "", "", "", "", "", ""],
    ]
    first = await imported(client, "DEVICES", sheet(heading, *rows), "manager")
    assert counts(first) == ("DONE", 1, 0, 1, 0)
    before = await versions(house)
    assert counts(await imported(client, "DEVICES", sheet(heading, *rows), "manager")) == ("DONE", 0, 0, 2, 0)
    assert await versions(house) == before
    (lift,) = await owner(house, "SELECT * FROM device WHERE serial = 'SN-1'")
    assert (lift["cost"], lift["heartbeat_seconds"], lift["status"]) == (35_000_050, 120, "IN_SERVICE")
    renamed = [["home", "一号梯", *rows[0][2:]]]
    assert counts(await imported(client, "DEVICES", sheet(heading, *renamed), "manager")) == ("DONE", 0, 1, 0, 0)
    clash: list[list[object]] = [["home", "东门控制器", *rows[0][2:]], ["home", "新", "水泵", "", "", "", "77"]]
    made = await imported(client, "DEVICES", sheet(heading, *clash), "manager")
    assert made["state"] == "FAILED"
    assert faults(made) == [(2, "name", "NAME_TAKEN"), (3, "building", "NOT_FOUND")]
