"""A manager's roster through the public endpoint: patterns, a week at once, what is refused, who is on duty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from resolvers.unit import system_unit
from tests.dump import audits, dump

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

PATTERN = "shift { id name startsAt endsAt breakMinutes restMinutes version archivedAt }"
DUTY = "{ id day startsAt endsAt cancelledAt version staff { id } shift { name } }"
SHOWS = {
    "shiftCreate": PATTERN,
    "shiftArchive": PATTERN,
    "shiftAssign": f"results {{ shiftAssignment {DUTY} userErrors {{ code field }} }}",
    "shiftUnassign": f"shiftAssignment {DUTY}",
}
ROSTER = f"""query ($p: ID!, $filter: RosterFilter) {{
  roster(propertyId: $p, first: 100, filter: $filter) {{ nodes {DUTY} }} }}"""
ON_DUTY = f"query ($p: ID!, $at: DateTime) {{ staffOnDuty(propertyId: $p, at: $at) {{ nodes {DUTY} }} }}"


async def say(client: Client, verb: str, who: str = "manager", id_: str | None = None, **wish: Any) -> dict[str, Any]:
    """What the verb answers: its payload, or `errors` with the codes that stopped it."""
    named, given = ("$id: ID!, ", "id: $id, ") if id_ else ("", "")
    query = (
        f"mutation ({named}$input: {verb[0].upper()}{verb[1:]}Input!) {{ x: {verb}({given}input: $input)"
        f" {{ {SHOWS[verb]} userErrors {{ code field }} }} }}"
    )
    variables: dict[str, Any] = {"id": id_} if id_ else {}
    answer = await client.post(query, who, **variables, input=wish)
    if "errors" in answer:
        return {"errors": [error["extensions"]["code"] for error in answer["errors"]]}
    shown: dict[str, Any] = answer["data"]["x"]
    return {**shown, "errors": [(error["code"], error["field"]) for error in shown["userErrors"]]}


async def assign(client: Client, *items: tuple[str, str, str], who: str = "manager") -> list[Any]:
    """For each (member of staff, shift, day): its instants, or the code that refused it."""
    acme = client.world.acme
    wish = [{"staffId": acme.id(f"{login}_staff"), "shiftId": shift, "day": day} for login, shift, day in items]
    answer = await say(client, "shiftAssign", who, items=wish)
    assert answer["errors"] == [], answer
    return [
        one["userErrors"][0]["code"] if one["userErrors"] else one["shiftAssignment"]["startsAt"][5:16]
        for one in answer["results"]
    ]


async def test_a_pattern_is_made_and_given_up(client: Client, house: House) -> None:
    wish: dict[str, Any] = {
        "propertyId": client.world.acme.id("home"),
        "name": " 夜班 ",
        "startsAt": "22:00",
        "endsAt": "06:00",
    }
    shift = (await say(client, "shiftCreate", **wish))["shift"]
    assert (shift["name"], shift["restMinutes"], shift["breakMinutes"]) == ("夜班", 660, 0)
    assert (await say(client, "shiftCreate", **wish))["errors"] == [("NAME_TAKEN", ["input", "name"])]
    before = await dump(house)
    for field, value in (
        ("name", " "), ("startsAt", "25:00"), ("endsAt", "6:00"), ("endsAt", "21:00"), ("breakMinutes", 480),
        ("restMinutes", 2881), ("restMinutes", -1),
    ):  # fmt: skip
        answer = await say(client, "shiftCreate", **{**wish, "name": "x", field: value})
        assert answer["errors"] == [("BAD_USER_INPUT", ["input", field])], (field, value)
    assert await dump(house) == before
    assert (await say(client, "shiftArchive", id_=shift["id"], expectedVersion=1))["shift"]["archivedAt"]
    assert await assign(client, ("guard", shift["id"], "2026-12-01")) == ["SHIFT_ARCHIVED"]
    again = await say(client, "shiftArchive", id_=shift["id"], expectedVersion=2)
    assert again["errors"] == [("SHIFT_ARCHIVED", ["id"])]


async def test_a_week_is_assigned_and_what_nobody_works_is_refused(client: Client, house: House) -> None:
    acme = client.world.acme
    early = acme.id("shift")
    where: dict[str, Any] = {"p": acme.id("home")}
    night: dict[str, Any] = {
        "propertyId": where["p"],
        "name": "夜班",
        "startsAt": "22:00",
        "endsAt": "06:00",
        "restMinutes": 600,
    }
    late = (await say(client, "shiftCreate", **night))["shift"]["id"]
    await check_week(client, early, late)
    assert len(await audits(house, "shift.assign")) == 3
    # The chief may do it everywhere; another Property counts as much.
    assert await assign(client, ("guard", acme.id("away_shift"), "2026-11-23"), who="chief") == ["SHIFT_OVERLAP"]

    week = {"from": "2026-11-23", "until": "2026-11-30"}
    seen = (await client.data(ROSTER, "manager", **where, filter=week))["roster"]["nodes"]
    assert [(node["day"], node["staff"]["id"]) for node in seen] == [
        ("2026-11-23", acme.id("guard_staff")),
        ("2026-11-24", acme.id("guard_staff")),
    ]
    own = (await client.data(ROSTER, "cleaner", **where, filter=None))["roster"]["nodes"]
    assert [node["day"] for node in own] == ["2026-11-22"], "everybody sees the own"
    assert (await client.data(ROSTER, "resident", **where, filter=None))["roster"]["nodes"] == []
    await check_duty(client, where)
    await check_taken_off(client, seen[0]["id"], late)


async def check_week(client: Client, early: str, late: str) -> None:
    """Each item has its own result."""
    there, elsewhere = client.world.acme.id("away_shift"), client.world.rival.id("shift")
    wanted = (
        ("guard", early, "2026-11-23", "11-23T00:00"),
        ("guard", early, "2026-11-23", "SHIFT_OVERLAP"),  # the same once more
        ("guard", late, "2026-11-22", "SHIFT_REST_TOO_SHORT"),  # over at 6, two hours before the early one
        ("guard", late, "2026-11-23", "SHIFT_REST_TOO_SHORT"),  # six hours after it; the early one needs eleven
        ("guard", late, "2026-11-24", "11-24T14:00"),
        ("cleaner", early, "2019-12-31", "STAFF_NOT_ELIGIBLE"),  # not employed yet
        ("cleaner", there, "2026-11-23", "NOT_FOUND"),  # not this manager's Property
        ("cleaner", elsewhere, "2026-11-23", "NOT_FOUND"),
        ("cleaner", late, "2026-11-22", "11-22T14:00"),
    )
    assert await assign(client, *(item[:3] for item in wanted)) == [item[3] for item in wanted]


async def check_duty(client: Client, where: dict[str, Any]) -> None:
    """At one in the morning in the Property the cleaner is on duty, at six no more."""
    acme = client.world.acme
    for at, on in (("2026-11-22T17:00:00Z", ["cleaner"]), ("2026-11-22T22:00:00Z", []), (None, ["tech1"])):
        found = (await client.data(ON_DUTY, "control", **where, at=at))["staffOnDuty"]["nodes"]
        assert [node["staff"]["id"] for node in found] == [acme.id(f"{login}_staff") for login in on], at


async def check_taken_off(client: Client, duty: str, late: str) -> None:
    """Taken off, the place is free again."""
    off = await say(client, "shiftUnassign", id_=duty, expectedVersion=1)
    assert off["shiftAssignment"]["cancelledAt"]
    again = await say(client, "shiftUnassign", id_=duty, expectedVersion=2)
    assert again["errors"] == [("SHIFT_CANCELLED", ["id"])]
    assert await assign(client, ("guard", late, "2026-11-22")) == ["11-22T14:00"]


async def test_the_database_lets_nobody_work_twice_at_once(client: Client, house: House) -> None:
    """Whoever writes past the verb: a row that overlaps is refused, and none that is only beside it."""
    from datetime import date, timedelta

    from models import ShiftAssignment
    from tests.factories.tenant import NOW

    keys = client.world.acme.keys
    who = {"property_id": keys["home"], "shift_id": keys["shift"], "staff_id": keys["tech1_staff"]}
    day = {"day": date(2026, 11, 22), "cancelled_at": None}

    async def write(start: int, end: int) -> None:
        times = {"starts_at": NOW + timedelta(hours=start), "ends_at": NOW + timedelta(hours=end)}
        async with system_unit(house, keys["organization"]) as unit:
            await unit.add(ShiftAssignment, **who, **day, **times)

    await write(6, 8)  # the world's own ends six hours after NOW
    before = await dump(house)
    for start, end in ((5, 7), (-9, -1), (-3, 9), (6, 8)):
        with pytest.raises(Exception, match="shifts overlap"):
            await write(start, end)
    assert await dump(house) == before


async def test_whoever_manages_no_staff_changes_nothing(client: Client, house: House) -> None:
    acme, before = client.world.acme, await dump(house)
    item = ("guard", acme.id("shift"), "2026-12-01")
    for who, code in (("control", "FORBIDDEN"), ("tech1", "FORBIDDEN"), ("away_manager", "NOT_FOUND")):
        assert await assign(client, item, who=who) == [code], who
    assert (await say(client, "shiftAssign", items=[]))["errors"] == [("BAD_USER_INPUT", ["input", "items"])]
    answer = await say(client, "shiftUnassign", "desk", acme.id("duty1"), expectedVersion=1)
    assert answer["errors"] == ["FORBIDDEN"]
    kept = await dump(house)
    for table in ("shift_assignment", "shift"):
        assert kept[table] == before[table]
