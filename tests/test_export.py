"""Exports: what is refused before anything runs, what a sheet holds, and how one ends."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
from openpyxl import load_workbook

from adapters.settings import Limits
from models.rules.permission import ROLE_PERMISSIONS, Permission, Role
from resolvers.jobs.export import ExportRunner
from resolvers.jobs.file import sweep_files
from resolvers.rights import Viewers
from schema import build_schema
from schema.base import encode
from schema.http.execution import Engine
from server import application
from tests.client import Client
from tests.dump import audits, dump, owner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from resolvers.ports import House
    from tests.factories.world import World

CREATE = """mutation ($input: ExportCreateInput!) { exportCreate(input: $input) {
    dataExport { id state rowCount name format timeZone file { id } error version }
    userErrors { code field message } } }"""
CANCEL = """mutation ($id: ID!) { exportCancel(id: $id) {
    dataExport { id state } userErrors { code field message } } }"""
SHOW = """query ($id: ID!) { export(id: $id) { state rowCount error timeZone endedAt
    file { url thumbnailUrl name kind mediaType sizeBytes } } }"""
TICKETS = "query ($p: ID!) { tickets(propertyId: $p) { nodes { number text unit { number } createdAt } } }"


@pytest.fixture
async def quiet(house: House, world: World) -> AsyncIterator[Client]:
    """The product without a runner of its own: each test runs exports when it wants to."""
    asgi = application(house)
    await house.database.connect()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi), base_url="http://wuye.test") as http:
            yield Client(http, world)
    finally:
        await house.counters.close()
        await house.database.close()


def runner(house: House) -> ExportRunner:
    """One more process."""
    return ExportRunner(house, Engine(build_schema(), house, Viewers(house.database, house.clock)).listings)


async def create(
    client: Client, document: str = TICKETS, who: str | None = "manager", **changes: Any
) -> dict[str, Any]:
    """The payload of exportCreate."""
    about: dict[str, Any] = {"name": "工单", "format": "CSV", "document": document}
    if "$p" in document:
        about["variables"] = json.dumps({"p": client.world.acme.id("home")})
    payload: dict[str, Any] = (await client.data(CREATE, who, input={**about, **changes}))["exportCreate"]
    return payload


async def ended(
    client: Client, house: House, document: str = TICKETS, who: str = "manager", **changes: Any
) -> dict[str, Any]:
    """An export after its run."""
    payload = await create(client, document, who, **changes)
    assert payload["userErrors"] == []
    assert await runner(house).run_one()
    return await show(client, payload["dataExport"]["id"], who)


async def show(client: Client, id_: str, who: str = "manager") -> dict[str, Any]:
    found: dict[str, Any] = (await client.data(SHOW, who, id=id_))["export"]
    return found


async def lines(client: Client, export: dict[str, Any]) -> list[list[str]]:
    """The rows of a CSV export, downloaded by its link."""
    assert (export["state"], export["error"]) == ("DONE", None)
    response = await client.http.get(export["file"]["url"])
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


async def test_a_list_becomes_a_sheet(quiet: Client, house: House) -> None:
    payload = await create(quiet)
    assert {key: payload["dataExport"][key] for key in ("state", "rowCount", "file", "version", "timeZone")} == {
        "state": "WAITING", "rowCount": 0, "file": None, "version": 1, "timeZone": "Asia/Shanghai"
    }  # fmt: skip
    assert await runner(house).run_one()
    assert not await runner(house).run_one(), "it is done once"
    export = await show(quiet, payload["dataExport"]["id"])
    file = export["file"]
    assert (export["rowCount"], file["name"], file["kind"], file["mediaType"]) == (2, "工单.csv", "SHEET", "text/csv")
    assert file["thumbnailUrl"] is None
    assert await lines(quiet, export) == [
        ["number", "text", "unit.number", "createdAt (Asia/Shanghai)"],
        ["261122-T1", "acme 漏水 1", "101", "2026-11-22 10:00:00"],
        ["261122-T0", "acme 漏水 0", "101", "2026-11-22 10:00:00"],
    ]
    response = await quiet.http.get(file["url"])
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%B7%A5%E5%8D%95.csv"
    assert (response.headers["x-content-type-options"], len(response.content)) == ("nosniff", file["sizeBytes"])
    (entry,) = await audits(house, "export.create")
    assert (entry["account_id"], entry["after"]["document"]) == (quiet.world.acme.keys["manager"], TICKETS)


async def test_excel_aliases_headings_fragments_and_edges(quiet: Client, house: House) -> None:
    document = """query ($p: ID!, $no: Boolean = false) {
      units(propertyId: $p, first: 1, after: null) { pageInfo { endCursor } edges { cursor node { ...Of
        use @include(if: $no) place: building { name floorsAbove } } } } }
      fragment Of on Unit { no: number area: builtUpArea ... on Node { __typename } }"""
    headings = ["房号", "=建筑面积", "类型", "楼栋", "层数"]
    export = await ended(quiet, house, document, format="XLSX", headings=headings)
    response = await quiet.http.get(export["file"]["url"])
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("房号", "'=建筑面积", "类型", "楼栋", "层数")
    assert rows[1:] == [(f"{n}01", 120.5, "Unit", "1 号楼", 6) for n in (1, 2, 3, 4)], (
        "the whole list, whatever `first`"
    )


async def test_a_text_of_a_resident_is_no_formula(quiet: Client, house: House) -> None:
    await owner(house, "UPDATE ticket SET text = '=HYPERLINK(1)' WHERE number = '261122-T1'")
    export = await ended(quiet, house, "query ($p: ID!) { tickets(propertyId: $p) { nodes { text } } }")
    assert (await lines(quiet, export))[1] == ["'=HYPERLINK(1)"]


async def test_lists_of_values_are_joined_and_instants_of_many_properties_are_utc(quiet: Client, house: House) -> None:
    export = await ended(quiet, house, "{ properties { nodes { name createdAt } } }", "chief")
    assert export["timeZone"] == "UTC"
    assert (await lines(quiet, export))[:2] == [["name", "createdAt (UTC)"], ["acme home", "2026-11-22 02:00:00"]]


REFUSED = {
    "no GraphQL": ("{", "document"),
    "not in the schema": ("{ nothing { nodes { id } } }", "document"),
    "a mutation": ("mutation { accountSignOut { userErrors { code } } }", "document"),
    "a subscription": ("subscription { exportProgressed { cursor } }", "document"),
    "two lists": ("{ staff { nodes { id } } accounts { nodes { id } } }", "document"),
    "the same list twice": ("{ a: staff { nodes { id } } b: staff { nodes { id } } }", "document"),
    "no list": ("{ viewer { account { login } } }", "document"),
    "introspection": ("{ __schema { types { name } } }", "document"),
    "a typename": ("{ __typename }", "document"),
    "several operations": ("query A { staff { nodes { id } } } query B { staff { nodes { id } } }", "document"),
    "no column": ("{ staff { pageInfo { hasNextPage } } }", "document"),
    "nothing left": ("{ staff { nodes { id @skip(if: true) } } }", "document"),
    "a list in a row": (
        "query ($p: ID!) { workOrders(propertyId: $p) { nodes { id steps { nodes { id } } } } }",
        "document",
    ),
    "photos in a row": ("query ($p: ID!) { workOrders(propertyId: $p) { nodes { id photos { id } } } }", "document"),
    "too deep": ("{ staff " + "{ nodes " * 13 + "{ id }" + " }" * 13 + " }", "document"),
    "an unknown argument": ("{ staff(nothing: 1) { nodes { id } } }", "document"),
    "no variable": ("query ($q: ID!) { tickets(propertyId: $q) { nodes { id } } }", "document"),
    "a bad id": ('{ tickets(propertyId: "x") { nodes { id } } }', "document"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_no_list_is_refused_before_anything_runs(quiet: Client, house: House, name: str) -> None:
    document, field = REFUSED[name]
    before = await dump(house)
    payload = await create(quiet, document)
    assert payload["dataExport"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
        ("BAD_USER_INPUT", ["input", field])
    ]
    assert await dump(house) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a/b"),
        ("name", "x" * 81),
        ("variables", "[]"),
        ("variables", "{"),
        ("variables", '{"a": "' + "x" * 16_400 + '"}'),
        ("headings", ["one"]),
        ("headings", ["a", "b", "c", ""]),
    ],
)
async def test_other_input_is_refused_by_its_field(quiet: Client, house: House, field: str, value: Any) -> None:
    before = await dump(house)
    payload = await create(quiet, **{field: value})
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [
        ("BAD_USER_INPUT", ["input", field])
    ]
    assert await dump(house) == before


MAY = [role for role in Role if Permission.EXPORT_RUN in ROLE_PERMISSIONS[role]]
LOGIN_ROLES = {
    "resident": Role.RESIDENT,
    "tech1": Role.TECHNICIAN,
    "control": Role.CONTROL_ROOM,
    "manager": Role.MANAGER,
    "chief": Role.MANAGER,
    "cashier": Role.CASHIER,
    "admin": Role.ORGANIZATION_ADMIN,
}


@pytest.mark.parametrize("who", [*LOGIN_ROLES, None])
async def test_who_may_export(quiet: Client, house: House, who: str | None) -> None:
    wish = {"name": "x", "format": "CSV", "document": "{ staff { nodes { name } } }"}
    if who and LOGIN_ROLES[who] in MAY:
        assert (await quiet.data(CREATE, who, input=wish))["exportCreate"]["userErrors"] == []
        return
    before = await dump(house)
    for document in (wish["document"], "{"):  # rights come before anything the document would tell
        codes = await quiet.codes(CREATE, who, input={**wish, "document": document})
        assert codes == ["FORBIDDEN" if who else "UNAUTHENTICATED"]
    assert await dump(house) == before


async def test_it_shows_what_the_viewer_may_see(quiet: Client, house: House) -> None:
    document = "query ($p: ID!) { units(propertyId: $p) { nodes { number } } }"
    theirs = json.dumps({"p": quiet.world.rival.id("home")})
    assert len(await lines(quiet, await ended(quiet, house, document))) == 5
    assert await lines(quiet, await ended(quiet, house, document, variables=theirs)) == [["number"]]
    away = json.dumps({"p": quiet.world.acme.id("away")})
    assert await lines(quiet, await ended(quiet, house, document, variables=away)) == [["number"]]


async def test_nobody_else_sees_or_cancels_it(quiet: Client, house: House) -> None:
    id_ = (await create(quiet))["dataExport"]["id"]
    before = await dump(house)
    for who, tenant in (("chief", "acme"), ("cashier", "acme"), ("manager", "rival")):
        tenant_ = getattr(quiet.world, tenant)
        assert (await quiet.data(SHOW, who, tenant_, id=id_))["export"] is None
        payload = (await quiet.data(CANCEL, who, tenant_, id=id_))["exportCancel"]
        assert [error["code"] for error in payload["userErrors"]] == ["NOT_FOUND"]
    assert await quiet.codes(CANCEL, None, id=id_) == ["UNAUTHENTICATED"]
    assert await dump(house) == before


async def test_cancel(quiet: Client, house: House) -> None:
    id_ = (await create(quiet))["dataExport"]["id"]
    payload = (await quiet.data(CANCEL, id=id_))["exportCancel"]
    assert payload == {"dataExport": {"id": id_, "state": "CANCELLED"}, "userErrors": []}
    assert not await runner(house).run_one()
    assert (await show(quiet, id_))["file"] is None
    before = await dump(house)
    payload = (await quiet.data(CANCEL, id=id_))["exportCancel"]
    assert [error["code"] for error in payload["userErrors"]] == ["TRANSITION_NOT_ALLOWED"]
    assert payload["dataExport"] == {"id": id_, "state": "CANCELLED"}
    assert await dump(house) == before
    (entry,) = await audits(house, "export.cancel")
    assert (entry["before"]["state"], entry["after"]["state"]) == ("WAITING", "CANCELLED")


class TestLimits:
    @pytest.fixture
    def limits(self) -> Limits:
        return replace(Limits(), export_open=2, export_rows=3)

    async def test_so_many_at_once(self, quiet: Client, house: House) -> None:
        for _ in range(2):
            assert (await create(quiet))["userErrors"] == []
        before = await dump(house)
        assert [error["code"] for error in (await create(quiet))["userErrors"]] == ["EXPORT_LIMIT"]
        assert await dump(house) == before
        assert (await create(quiet, who="chief"))["userErrors"] == []
        assert await runner(house).run_one()
        assert (await create(quiet))["userErrors"] == []

    async def test_so_many_rows(self, quiet: Client, house: House) -> None:
        document = "query ($p: ID!) { units(propertyId: $p) { nodes { number } } }"
        export = await ended(quiet, house, document)
        assert (export["state"], export["error"], export["file"]) == ("FAILED", "QUERY_LIMIT_EXCEEDED", None)


async def test_it_is_removed_after_seven_days(quiet: Client, house: House) -> None:
    await ended(quiet, house)
    house.clock.move(timedelta(days=6, hours=23))  # type: ignore[attr-defined]  # a HeldClock
    await sweep_files(house)
    count = "SELECT (SELECT COUNT(*) FROM data_export) AS exports, (SELECT COUNT(*) FROM file) AS files"
    assert dict((await owner(house, count))[0]) == {"exports": 7, "files": 1}
    house.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
    await sweep_files(house)
    assert dict((await owner(house, count))[0]) == {"exports": 0, "files": 0}
    assert [key async for batch in house.storage.kept_keys() for key in batch] == []


async def test_a_sheet_is_no_photo_of_a_ticket(quiet: Client, house: House) -> None:
    await ended(quiet, house)
    (row,) = await owner(house, "SELECT id FROM file")
    wish = {"propertyId": quiet.world.acme.id("home"), "kind": "REPAIR", "category": "c", "text": "t"}
    before = await dump(house)
    answer = await quiet.data(
        "mutation ($i: TicketCreateInput!) { ticketCreate(input: $i) { userErrors { code } } }",
        i={**wish, "photoIds": [encode("File", UUID(str(row["id"])))]},
    )
    assert answer["ticketCreate"]["userErrors"] == [{"code": "FILE_TYPE_NOT_ALLOWED"}]
    assert await dump(house) == before
