"""A technician's morning, and the day of those who are on the roster with him, through GraphQL alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from resolvers.jobs.attendance import settle_attendance
from tests.live.hearing import hears
from tests.live.talk import live_cursor
from tests.visible.furnish import Furnisher
from tests.work import do

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live

ROSTER = """mutation ($input: ShiftAssignInput!) { shiftAssign(input: $input) {
  results { userErrors { code } } userErrors { code } } }"""
PRESENCE = """query ($p: ID!) { presence(propertyId: $p) { onDuty present missing offRoster }
  staffOnDuty(propertyId: $p, present: true) { nodes { staff { name } } }
  staffMissing(propertyId: $p) { nodes { staff { name } } } }"""
SHEET = """query ($p: ID!) { attendanceSheet(propertyId: $p, month: "2026-11-09") { staff { name } shifts days minutes
  late lateMinutes early earlyMinutes missed forgotten corrected } }"""
STAY = """query ($id: ID!) { attendance(id: $id) { day checkInClientAt checkInDevice checkInLocation { longitude }
  earlyMinutes photos { nodes { id } } shiftAssignment { shift { name } } } }"""
LIVE = """subscription ($property: ID!, $after: Cursor) { staffPresenceChanged(propertyId: $property, after: $after) {
  change version attendance { staff { name } } } }"""


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is."""
    return Limits(ws_ping_seconds=0.1)


def until(house: House, hour: int, minute: int = 0) -> None:
    """Monday the 23rd, so late in the Property; the world's day is the Sunday before, 10:00."""
    wanted = house.clock.now().replace(day=23, hour=0, minute=0) + timedelta(hours=hour - 8, minutes=minute)
    house.clock.move(wanted - house.clock.now())  # type: ignore[attr-defined]


async def presence(client: Client, who: str = "control") -> tuple[list[int], list[str], list[str]]:
    """On duty, present, missing, off the roster; who is there, who is not."""
    found = await client.data(PRESENCE, who, p=client.world.acme.id("home"))
    there, gone = (
        [node["staff"]["name"].removeprefix("acme ") for node in found[name]["nodes"]]
        for name in ("staffOnDuty", "staffMissing")
    )
    return list(found["presence"].values()), there, gone


async def test_a_technicians_morning(live: Live) -> None:
    client, house, acme = live.client, live.house, live.client.world.acme
    home = {"propertyId": acme.id("home")}
    # On Sunday the manager writes Monday's early shift, 08:00 to 16:00; tech1 will go home at four today.
    items = [
        {"staffId": acme.id(f"{login}_staff"), "shiftId": acme.id("shift"), "day": "2026-11-23"}
        for login in ("tech2", "guard", "cleaner")
    ]
    results = (await client.data(ROSTER, "manager", input={"items": items}))["shiftAssign"]["results"]
    assert [one["userErrors"] for one in results] == [[], [], []]
    await do(client, "attendanceCheckOut", "tech1", acme.id("stay1"))
    start = await live_cursor(client, "control")

    until(house, 7, 40)
    morning = await comes(client, house)

    # At 08:10 the guard comes, too late; the cleaner does not come at all. The control room sees it.
    until(house, 8, 10)
    assert await presence(client) == ([3, 1, 2, 0], ["tech2"], ["guard", "cleaner"])
    assert (await do(client, "attendanceCheckIn", "guard", None, **home))["lateMinutes"] == 10
    assert await presence(client) == ([3, 2, 1, 0], ["tech2", "guard"], ["cleaner"])
    assert (await client.data(PRESENCE, "tech2", p=acme.id("home")))["presence"] is None

    # At noon he goes out for half an hour: who comes back has not gone early.
    until(house, 12)
    noon = await do(client, "attendanceCheckOut", "tech2", morning)
    assert (noon["minutes"], noon["earlyMinutes"]) == (260, 240)
    until(house, 12, 30)
    afternoon = await do(client, "attendanceCheckIn", "tech2", None, **home)
    assert afternoon["lateMinutes"] == 0
    assert (await client.data(STAY, "tech2", id=morning))["attendance"]["earlyMinutes"] == 0

    await they_go(client, house, afternoon["id"])
    await check_told(live, start)
    await check_sheet(client)


async def comes(client: Client, house: House) -> str:
    """The technician comes in time; his phone's clock is slow, it says where it is and shows the entrance."""
    acme = client.world.acme
    home = {"propertyId": acme.id("home")}
    await Furnisher(house, acme, 500).file("entrance_photo", "tech2")
    photo = acme.id("entrance_photo")
    del acme.keys["entrance_photo"], acme.types["entrance_photo"]  # other tests count the world's rows
    phone: dict[str, Any] = {
        "clientAt": "2026-11-22T23:38:11Z", "device": "Redmi Note 13",
        "location": {"latitude": 30.2501, "longitude": 120.1502}, "photoIds": [photo],
    }  # fmt: skip
    morning = await do(client, "attendanceCheckIn", "tech2", None, **home, **phone)
    assert (morning["status"], morning["lateMinutes"]) == ("OPEN", 0)
    assert await do(client, "attendanceCheckIn", "tech2", None, **home) == morning, "the finger slipped"
    shown = (await client.data(STAY, "manager", id=morning["id"]))["attendance"]
    assert (shown["day"], shown["checkInClientAt"], shown["shiftAssignment"]["shift"]["name"]) == (
        "2026-11-23", "2026-11-22T23:38:11.000000Z", "acme 早班",
    )  # fmt: skip
    assert (shown["checkInDevice"], shown["checkInLocation"]["longitude"]) == ("Redmi Note 13", 120.1502)
    assert shown["photos"]["nodes"] == [{"id": photo}]
    return str(morning["id"])


async def they_go(client: Client, house: House, afternoon: str) -> None:
    """At 15:00 the guard leaves, at 16:05 the technician; the shift is over and the cleaner was not seen."""
    place = client.world.acme.id("home")
    until(house, 15)
    guard = (await client.data(OPEN, "guard", p=place))["attendances"]["nodes"][0]["id"]
    assert (await do(client, "attendanceCheckOut", "guard", guard))["earlyMinutes"] == 60
    until(house, 16, 5)
    await do(client, "attendanceCheckOut", "tech2", afternoon)
    await settle_attendance(house)
    assert await presence(client) == ([0, 0, 0, 0], [], [])
    # She was: her phone lay in the river. The manager says so.
    (missed,) = (await client.data(MISSED, "manager", p=place))["attendances"]["nodes"]
    assert missed["staff"]["name"] == "acme cleaner"
    times = {"checkedInAt": "2026-11-23T00:00:00Z", "checkedOutAt": "2026-11-23T08:00:00Z"}
    await do(client, "attendanceCorrect", "manager", missed["id"], expectedVersion=1, reason="手机落水", **times)


OPEN = "query ($p: ID!) { attendances(propertyId: $p, filter: { status: OPEN }) { nodes { id } } }"
MISSED = "query ($p: ID!) { attendances(propertyId: $p, filter: { status: MISSED }) { nodes { id staff { name } } } }"


async def check_told(live: Live, start: str) -> None:
    """The manager hears of everybody, each once and in order; the technician of himself."""
    last = await live_cursor(live.client, "manager")
    told = {}
    for who in ("manager", "tech2"):
        heard = [one["data"]["staffPresenceChanged"] for one in await hears(live, who, LIVE, start, last)]
        told[who] = [(one["change"], one["attendance"]["staff"]["name"][5:]) for one in heard]
    assert told["manager"] == [
        ("CHECKED_IN", "tech2"), ("CHECKED_IN", "guard"), ("CHECKED_OUT", "tech2"), ("CHECKED_IN", "tech2"),
        ("CHECKED_OUT", "guard"), ("CHECKED_OUT", "tech2"), ("MISSED", "cleaner"), ("CORRECTED", "cleaner"),
    ]  # fmt: skip
    assert told["tech2"] == [one for one in told["manager"] if one[1] == "tech2"]


async def check_sheet(client: Client) -> None:
    """The month, for the manager of all, for the technician the own line."""
    place = client.world.acme.id("home")
    lines = (await client.data(SHEET, "manager", p=place))["attendanceSheet"]
    sheet = {line.pop("staff")["name"].removeprefix("acme "): tuple(line.values()) for line in lines}
    assert sheet == {
        # shifts, days, minutes, late, early (with minutes), missed, forgotten, corrected
        "tech1": (1, 1, 120, 0, 0, 1, 360, 0, 0, 0),
        "tech2": (2, 2, 480 + 260 + 215, 0, 0, 0, 0, 0, 0, 0),
        "guard": (1, 1, 410, 1, 10, 1, 60, 0, 0, 0),
        "cleaner": (1, 1, 480, 0, 0, 0, 0, 0, 0, 1),
    }
    own = (await client.data(SHEET, "tech2", p=place))["attendanceSheet"]
    assert [line["staff"]["name"] for line in own] == ["acme tech2"]
    assert (await client.data(SHEET, "resident", p=place))["attendanceSheet"] == []
