"""Imports through the public endpoint: what is written, what is refused, who may, and how far it is."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from models.rules.data_import import ImportKind
from resolvers.data_import import run
from resolvers.jobs import data_import as job
from tests.dump import audits, dump, owner
from tests.live.websocket import talk
from tests.sheets import ONE, OPEN, PLACES, begun, counts, ended, faults, imported, send, sheet
from tests.test_sheet_read import workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live

HEADING = [*PLACES.split(","), "building_name"]
TOWER: list[list[object]] = [["home", "9", "1", f"{floor}01", floor, "89.50", "九号楼"] for floor in range(1, 6)]
PROPERTIES = "项目编号,项目名称,类型,地址,纬度,经度"
CANCEL = """mutation ($id: ID!, $input: ImportCancelInput!) { importCancel(id: $id, input: $input) {
    import { id state } userErrors { code field message } } }"""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 0.02)


@pytest.fixture
def limits() -> Limits:
    return Limits(import_bytes=200_000, import_rows=3_000)


def tower(*rows: Sequence[object]) -> bytes:
    return sheet(",".join(HEADING), *(rows or TOWER))


async def versions(house: House) -> list[tuple[str, int]]:
    """Ids and versions of everything that sheets write."""
    found = []
    for table in ("property", "building", "entrance", "unit", "person", "occupancy", "vehicle", "device"):
        found += [(str(row["id"]), row["version"]) for row in await owner(house, f"SELECT id, version FROM {table}")]
    return sorted(found)


async def test_places_are_made_with_their_buildings_and_entrances(client: Client, house: House) -> None:
    made = await imported(client, "PLACES", tower(), "manager", name="../九号楼.csv")
    assert counts(made) == ("DONE", 5, 0, 0, 0)
    assert (made["rowsTotal"], made["rowsRead"], made["fileName"], made["account"]) == (
        5,
        5,
        "九号楼.csv",
        {"login": "manager"},
    )
    data = await client.data(
        """query ($id: ID!) { property(id: $id) { placeTree { code name floorsAbove floorsBelow
            entrances { code units { number floor builtUpArea billingAreaBasis use status } } } } }""",
        id=client.world.acme.id("home"),
    )
    found = data["property"]["placeTree"][-1]
    assert (found["code"], found["name"], found["floorsAbove"], found["floorsBelow"]) == ("9", "九号楼", 5, 0)
    assert [unit["number"] for unit in found["entrances"][0]["units"]] == ["101", "201", "301", "401", "501"]
    assert found["entrances"][0]["units"][0] == {
        "number": "101",
        "floor": 1,
        "builtUpArea": "89.50",
        "billingAreaBasis": "BUILT_UP",
        "use": "DWELLING",
        "status": "VACANT",
    }
    (audit,) = await audits(house, "import.chunk")
    assert audit["after"]["rows"] == {"from": 2, "to": 6}
    assert {name: len(ids) for name, ids in audit["after"]["created"].items()} == {
        "Building": 1,
        "Entrance": 1,
        "Unit": 5,
    }
    assert audit["account_id"] == client.world.acme.keys["manager"]


async def test_the_same_sheet_again_changes_nothing(client: Client, house: House) -> None:
    await imported(client, "PLACES", tower())
    before = await versions(house)
    assert counts(await imported(client, "PLACES", tower())) == ("DONE", 0, 0, 5, 0)
    assert counts(await imported(client, "PLACES", workbook(list[object](HEADING), *TOWER))) == ("DONE", 0, 0, 5, 0)
    assert await versions(house) == before
    assert len(await audits(house, "import.chunk")) == 1


async def test_an_edited_row_changes_what_differs_and_nothing_else(client: Client, house: House) -> None:
    await imported(client, "PLACES", tower())
    before = dict(await versions(house))
    edited: list[list[object]] = [*TOWER[:2], [*TOWER[2][:5], "90", "九号楼"], *TOWER[3:]]
    assert counts(await imported(client, "PLACES", tower(*edited))) == ("DONE", 0, 1, 4, 0)
    after = dict(await versions(house))
    grown = {id_: version for id_, version in after.items() if version != before[id_]}
    assert list(grown.values()) == [2]
    audit = (await audits(house, "import.chunk"))[-1]
    assert audit["before"] == {"Unit": {next(iter(grown)): {"built_up_area": 8_950}}}
    assert audit["after"]["changed"] == {"Unit": {next(iter(grown)): {"built_up_area": 9_000}}}


async def test_all_or_nothing_writes_nothing_with_one_bad_row(client: Client, house: House) -> None:
    before = await versions(house)
    rows: list[list[object]] = [
        *TOWER,
        ["home", "9", "1", "601", "roof", "0", ""],
        ["home", "9", "1", "101", 1, 80, ""],
    ]
    made = await imported(client, "PLACES", tower(*rows))
    assert counts(made)[0] == "FAILED"
    assert made["rowsBad"] == 2
    assert faults(made) == [
        (7, "floor", "NUMBER_EXPECTED"),
        (7, "built_up_area", "NUMBER_OUT_OF_RANGE"),
        (8, None, "ROW_TWICE"),
    ]
    assert made["errors"]["nodes"][2]["message"] == "This repeats row 2. Keep one of them."
    assert await versions(house) == before


async def test_skip_bad_writes_the_good_rows(client: Client) -> None:
    rows: list[list[object]] = [*TOWER, ["home", "9", "1", "601", "roof", "80", ""]]
    assert counts(await imported(client, "PLACES", tower(*rows), mode="SKIP_BAD")) == ("DONE", 5, 0, 0, 1)
    assert counts(await imported(client, "PLACES", tower(*rows), mode="SKIP_BAD")) == ("DONE", 0, 0, 5, 1)


async def test_a_dry_run_counts_and_writes_nothing(client: Client, house: House) -> None:
    before = await versions(house)
    made = await imported(
        client, "PLACES", tower(*TOWER, ["none", "1", "1", "1", 1, 1, ""]), dryRun=True, mode="SKIP_BAD"
    )
    assert counts(made) == ("DONE", 5, 0, 0, 1)
    assert faults(made) == [(7, "property", "NOT_FOUND")]
    assert await versions(house) == before


async def test_properties_need_the_right_for_the_whole_organization(client: Client, house: House) -> None:
    rows: list[list[object]] = [
        ["NEW", "新城", "住宅", "新城路 1 号", 30.1, 120.2],
        ["home", "老家", "MIXED", "旧路", "", ""],
    ]
    content = sheet(PROPERTIES, *rows)
    before = await dump(house)
    answer = await send(client, "PROPERTIES", content, "manager")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert await dump(house) == before
    assert counts(await imported(client, "PROPERTIES", content, "admin")) == ("DONE", 1, 1, 0, 0)
    assert counts(await imported(client, "PROPERTIES", content, "admin")) == ("DONE", 0, 0, 2, 0)
    query = "{ properties(first: 9) { nodes { code name kind timeZone location { latitude } } } }"
    found = {node["code"]: node for node in (await client.data(query, "chief"))["properties"]["nodes"]}
    assert found["NEW"] == {
        "code": "NEW",
        "name": "新城",
        "kind": "RESIDENTIAL",
        "timeZone": "Asia/Shanghai",
        "location": {"latitude": 30.1},
    }
    assert found["home"]["name"] == "老家"
    assert found["home"]["location"] == {"latitude": 30.25}, "an empty cell leaves what is there"


@pytest.mark.parametrize("who", ["resident", "tech1", "control", "cashier", None])
async def test_who_may_not_import(client: Client, house: House, who: str | None) -> None:
    before = await dump(house)
    answer = await send(client, "PLACES", tower(), who)
    code = "FORBIDDEN" if who else "UNAUTHENTICATED"
    assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
    assert await dump(house) == before
    assert not list((house.settings.storage_path / "import").glob("*"))


async def test_a_foreign_property_is_as_missing_as_a_missing_one(client: Client, house: House) -> None:
    before = await versions(house)
    rows = [["away", "9", "1", "101", 1, 80, ""], ["nowhere", "9", "1", "101", 1, 80, ""]]
    made = await imported(client, "PLACES", tower(*rows), "manager", mode="SKIP_BAD")
    assert faults(made) == [(2, "property", "NOT_FOUND"), (3, "property", "NOT_FOUND")]
    assert len({one["message"] for one in made["errors"]["nodes"]}) == 1
    assert await versions(house) == before
    assert counts(await imported(client, "PLACES", tower(rows[0]), "chief")) == ("DONE", 1, 0, 0, 0)


async def test_messages_follow_the_language(client: Client) -> None:
    made = await imported(client, "PLACES", tower(["none", "1", "1", "1", 1, 1, ""]))
    headers = client.headers("chief") | {"accept-language": "zh"}
    body = {"query": ONE, "variables": {"id": made["id"]}}
    answer = (await client.http.post("/graphql", json=body, headers=headers)).json()
    (fault,) = answer["data"]["import"]["errors"]["nodes"]
    assert fault["message"] == "找不到，或您无权在此导入：请核对，或先导入它。"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "SHEET_EMPTY"),
        (b"%PDF\x00", "SHEET_TYPE"),
        (b"PK\x03\x04x", "SHEET_UNREADABLE"),
        (PLACES.encode(), "SHEET_EMPTY"),
        (sheet(PLACES, *([f"x{n}"] for n in range(3_001))), "TOO_MANY_ROWS"),
        (sheet("property,building", ["home", "1"]), "COLUMN_MISSING"),
        (sheet(f"{PLACES},wibble", ["home", "9", "1", "101", "1", "80", "x"]), "COLUMN_UNKNOWN"),
    ],
)
async def test_a_sheet_that_cannot_be_read_says_why(client: Client, content: bytes, code: str) -> None:
    made = await imported(client, "PLACES", content)
    assert made["state"] == "FAILED"
    assert code in {fault for _, _, fault in faults(made)}
    assert made["rowsBad"] == 0


async def test_too_many_bytes_are_refused_at_once(client: Client, house: House) -> None:
    before = await dump(house)
    payload = (await send(client, "PLACES", b"x" * 200_001))["data"]["importCreate"]
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == ("FILE_TOO_LARGE", ["input", "file"])
    assert await dump(house) == before


async def test_formulas_are_data(client: Client, house: House) -> None:
    rows = [["home", "9", "1", "101", 1, 80, "=HYPERLINK(1)"], ["home", "9", "1", "102", 1, 80, "'=HYPERLINK(1)"]]
    assert counts(await imported(client, "PLACES", tower(*rows))) == ("DONE", 2, 0, 0, 0)
    (found,) = await owner(house, "SELECT name FROM building WHERE code = '9'")
    assert found["name"] == "=HYPERLINK(1)"


async def test_cancelling(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    acme = client.world.acme
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 3_600.0)
    await asyncio.sleep(0.1)  # the runner's last short pause ends
    made = await begun(client, "PLACES", tower(), "manager")
    for who, codes in (("away_manager", ["NOT_FOUND"]), ("resident", ["NOT_FOUND"])):
        payload = (await client.data(CANCEL, who, id=made["id"], input={}))["importCancel"]
        assert [error["code"] for error in payload["userErrors"]] == codes
    stale = (await client.data(CANCEL, "manager", id=made["id"], input={"expectedVersion": 7}))["importCancel"]
    assert [error["code"] for error in stale["userErrors"]] == ["CONFLICT"]
    payload = (await client.data(CANCEL, "manager", id=made["id"], input={"expectedVersion": 1}))["importCancel"]
    assert payload["import"]["state"] == "CANCELLED"
    again = (await client.data(CANCEL, "manager", id=acme.id("import0"), input={}))["importCancel"]
    assert [error["code"] for error in again["userErrors"]] == ["IMPORT_ENDED"]
    assert len(await audits(house, "import.cancel")) == 1
    assert await run_all(house) == 1
    assert await sealed(house) == []
    assert not await owner(house, "SELECT id FROM building WHERE code = '9'")


async def run_all(house: House) -> int:
    """Work until nothing waits; how many imports there were."""
    from resolvers.data_import import work_one

    done = 0
    while await work_one(house):
        done += 1
    return done


async def sealed(house: House) -> list[str]:
    """The keys of the sheets that are still kept."""
    kept = await owner(house, "SELECT storage_key FROM data_import WHERE storage_key IS NOT NULL")
    there = sorted(path.name for path in (house.settings.storage_path / "import").glob("*"))
    assert there == sorted(row["storage_key"].partition("/")[2] for row in kept)
    return there


async def test_rights_that_are_lost_end_it(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 3_600.0)
    await asyncio.sleep(0.1)
    made = await begun(client, "PLACES", tower(), "manager")
    await owner(house, "UPDATE account SET disabled_at = created_at WHERE login = 'manager'")
    assert await run_all(house) == 1
    found = await ended(client, made["id"])
    assert (found["state"], faults(found)) == ("FAILED", [(None, None, "RIGHTS_LOST")])
    assert not await owner(house, "SELECT id FROM building WHERE code = '9'")


async def test_a_lost_sheet_ends_it(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 3_600.0)
    await asyncio.sleep(0.1)
    made = await begun(client, "PLACES", tower())
    for path in (house.settings.storage_path / "import").glob("*"):
        path.write_bytes(b"x" + path.read_bytes()[1:])
    assert await run_all(house) == 1
    found = await ended(client, made["id"])
    assert (found["state"], faults(found)) == ("FAILED", [(None, None, "BROKEN_OFF")])


async def test_a_run_that_stumbles_goes_on_from_its_last_chunk(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 3_600.0)
    monkeypatch.setattr(run, "CHUNK_ROWS", 2)
    await asyncio.sleep(0.1)
    made = await begun(client, "PLACES", tower(), mode="SKIP_BAD")
    real, calls = run.WRITERS[ImportKind.PLACES], list[int]()

    async def stumbles(batch: Any, rows: Any) -> None:
        calls.append(len(rows))
        await real(batch, rows)
        if len(calls) == 2:
            raise RuntimeError("stumbled")

    monkeypatch.setitem(run.WRITERS, ImportKind.PLACES, stumbles)
    with pytest.raises(RuntimeError, match="stumbled"):
        await run_all(house)
    assert await run_all(house) == 0, "it is still held"
    house.clock.move(run.LEASE * 2)  # type: ignore[attr-defined]
    assert await run_all(house) == 1
    assert calls == [2, 2, 2, 1]
    found = await ended(client, made["id"])
    assert counts(found) == ("DONE", 5, 0, 0, 0)
    assert len(await owner(house, "SELECT id FROM unit WHERE number IN ('101', '501') AND floor = 5")) == 1


@pytest.mark.parametrize(("survives", "state", "begun_chunks"), [(1, "DONE", 15), (0, "FAILED", 5)])
async def test_a_worker_may_die_again_and_again_but_not_at_one_chunk(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch, survives: int, state: str, begun_chunks: int
) -> None:
    """Eight chunks of which each worker `survives` so many."""
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 3_600.0)
    monkeypatch.setattr(run, "CHUNK_ROWS", 1)
    await asyncio.sleep(0.1)
    made = await begun(
        client, "PLACES", tower(*([*TOWER[0][:3], f"{n}01", n, "80"] for n in range(1, 9))), mode="SKIP_BAD"
    )
    real, calls = run.WRITERS[ImportKind.PLACES], list[int]()

    async def dies(batch: Any, rows: Any) -> None:
        calls.append(len(rows))
        await real(batch, rows)
        if len(calls) % (survives + 1) == 0:
            raise RuntimeError("died")

    monkeypatch.setitem(run.WRITERS, ImportKind.PLACES, dies)
    while (found := (await client.data(ONE, "admin", id=made["id"]))["import"])["state"] in OPEN:
        with suppress(RuntimeError):
            await run_all(house)
        house.clock.move(run.LEASE * 2)  # type: ignore[attr-defined]
    assert (found["state"], found["rowsRead"], len(calls)) == (state, 8 * survives, begun_chunks)


async def test_many_workers_run_each_import_once(client: Client, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.ImportRunner, "EVERY_SECONDS", 3_600.0)
    made = [await begun(client, "PLACES", tower(row)) for row in TOWER[:3]]
    # The product's own worker may be in the middle of its last second, and take one.
    assert sum(await asyncio.gather(*(run_all(house) for _ in range(4)))) in (2, 3)
    assert [counts(await ended(client, one["id"])) for one in made] == [("DONE", 1, 0, 0, 0)] * 3
    assert await sealed(house) == []


PROGRESS = """subscription ($id: ID!, $after: Cursor) { importProgressed(importId: $id, after: $after) {
    cursor state rowsRead rowsCreated rowsBad version import { id state } } }"""


async def test_progress_is_heard_by_whoever_may_see_it(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    client, acme = live.client, live.client.world.acme
    monkeypatch.setattr(run, "CHUNK_ROWS", 2)
    query = "query ($id: ID!) { organization(id: $id) { liveCursor } }"
    data = await client.data(query, "manager", id=acme.id("organization"))
    after = data["organization"]["liveCursor"]
    made = await imported(client, "PLACES", tower(), "manager")
    async with talk(live.websocket_url, acme.token("manager")) as socket:
        await socket.subscribe("1", PROGRESS, id=made["id"], after=after)
        heard: list[dict[str, Any]] = []
        while not heard or heard[-1]["state"] not in ("DONE", "FAILED"):
            message = await socket.receive()
            assert message["type"] == "next", message
            heard.append(message["payload"]["data"]["importProgressed"])
    assert [(one["state"], one["rowsRead"]) for one in heard] == [
        ("WAITING", 0),
        ("CHECKING", 0),
        ("CHECKING", 2),
        ("CHECKING", 4),
        ("CHECKING", 5),
        ("WRITING", 0),
        ("WRITING", 2),
        ("WRITING", 4),
        ("WRITING", 5),
        ("DONE", 5),
    ]
    assert [one["version"] for one in heard] == sorted({one["version"] for one in heard})
    assert heard[-1]["version"] == made["version"]
