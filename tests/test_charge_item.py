"""Charge items through the public endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.dump import audits, dump
from tests.money import Till, codes, field, made
from tests.paging import check_paging

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client


@pytest.fixture
def till(client: Client) -> Till:
    return Till(client)


async def test_one_is_entered_and_archived(till: Till, house: House) -> None:
    wish = {"propertyId": till.id("home"), "code": " SF ", "name": " 水费 ", "rounding": "UP"}
    item = made(await till.say("chargeItemCreate", "manager", wish))
    assert (item["code"], item["name"], item["rounding"], item["archivedAt"], item["version"]) == (
        "SF", "水费", "UP", None, 1,
    )  # fmt: skip
    again = await till.say("chargeItemCreate", "manager", wish)
    assert (codes(again), field(again)) == (["CHARGE_ITEM_EXISTS"], ["input", "code"])
    ended = made(await till.say("chargeItemArchive", "manager", {"expectedVersion": 1}, item["id"]))
    assert (ended["archivedAt"], ended["version"]) == ("2026-11-22T02:00:00.000000Z", 2)
    before = await dump(house)
    still = made(await till.say("chargeItemArchive", "manager", {"expectedVersion": 2}, item["id"]))
    stale = await till.say("chargeItemArchive", "manager", {"expectedVersion": 1}, item["id"])
    assert still["version"] == 2
    assert codes(stale) == ["CONFLICT"]
    assert stale["data"]["x"]["chargeItem"]["version"] == 2
    assert await dump(house) == before
    assert made(await till.say("chargeItemCreate", "manager", wish))["version"] == 1, "the code is free again"
    assert [entry["after"]["code"] for entry in await audits(house, "chargeItem.create")] == ["SF", "SF"]
    assert [entry["before"]["archived_at"] for entry in await audits(house, "chargeItem.archive")] == [None]


async def test_who_issues_no_bills_changes_none(till: Till, house: House) -> None:
    before = await dump(house)
    bad = {"propertyId": till.id("home"), "code": "", "name": ""}
    for who, code in (
        ("cashier", "FORBIDDEN"),
        ("resident", "FORBIDDEN"),
        ("tech1", "FORBIDDEN"),
        ("away_manager", "NOT_FOUND"),
        (None, "UNAUTHENTICATED"),
    ):
        assert codes(await till.say("chargeItemCreate", who, bad)) == [code], who
    for who, code in (
        ("cashier", "FORBIDDEN"),
        ("resident", "FORBIDDEN"),
        ("tech1", "NOT_FOUND"),
        ("away_manager", "NOT_FOUND"),
        (None, "UNAUTHENTICATED"),
    ):
        answer = await till.say("chargeItemArchive", who, {"expectedVersion": 9}, till.id("charge_item"))
        assert codes(answer) == [code], who
    assert await dump(house) == before


async def test_a_bad_field_is_named(till: Till, house: House) -> None:
    before = await dump(house)
    for name, value in (("code", " "), ("code", "x" * 21), ("name", ""), ("name", "x" * 81), ("propertyId", "x")):
        wish = {"propertyId": till.id("home"), "code": "x", "name": "x", name: value}
        answer = await till.say("chargeItemCreate", "manager", wish)
        assert (codes(answer), field(answer)) == (["BAD_USER_INPUT"], ["input", name])
    assert await dump(house) == before


async def test_lists_page_and_filter(till: Till) -> None:
    for code in ("A", "B", "C"):
        wish = {"propertyId": till.id("home"), "code": code, "name": code}
        item = made(await till.say("chargeItemCreate", "admin", wish))
    made(await till.say("chargeItemArchive", "admin", {"expectedVersion": 1}, item["id"]))
    where = f'propertyId: "{till.id("home")}"'

    async def listed(chosen: str) -> list[str]:
        data = await till.client.data(f"{{ chargeItems({where} {chosen} first: 100) {{ nodes {{ id code }} }} }}")
        return sorted(node["code"] for node in data["chargeItems"]["nodes"])

    assert await listed("") == ["A", "B", "C", "WY"]
    assert await listed("filter: { archived: false }") == ["A", "B", "WY"]
    assert await listed("filter: { archived: true }") == ["C"]
    data = await till.client.data(f"{{ chargeItems({where} first: 100) {{ nodes {{ id }} }} }}")
    oldest = [node["id"] for node in data["chargeItems"]["nodes"]]
    await check_paging(till.client, "chargeItems", "manager", f"{where} order: OLDEST", oldest)
    await check_paging(till.client, "chargeItems", "manager", f"{where} order: NEWEST", oldest[::-1])
