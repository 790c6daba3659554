"""Attendance through the public endpoint: taps, what is refused, corrections, the jobs, one effect each."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from models import Attendance, ShiftAssignment
from models.rules.attendance import AttendanceStatus
from resolvers.attendance import counting
from resolvers.jobs.attendance import settle_attendance
from resolvers.unit import system_unit
from tests.dump import audits, dump, owner
from tests.factories.tenant import NOW
from tests.paging import check_paging
from tests.work import do, refused

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

HISTORY = """query ($id: ID!) { attendance(id: $id) { status viewerCanCorrect viewerCanCheckOut shiftAssignment { id }
  corrections { nodes { reason fromStatus fromCheckedInAt fromCheckedOutAt toCheckedOutAt correctedBy { id } } } } }"""


def later(house: House, **time: float) -> None:
    house.clock.move(timedelta(**time))  # type: ignore[attr-defined]


async def told(house: House, acme: Any) -> list[tuple[str, str]]:
    """What was announced at home: the change, and how the stay stood."""
    rows = await owner(
        house,
        "SELECT data FROM event WHERE type = 'staff.presence_changed' AND stream_id = $1 ORDER BY position",
        acme.keys["home"],
    )
    return [(data["change"], data["status"]) for data in (orjson.loads(row["data"]) for row in rows)]


async def test_a_tap_counts_once(client: Client, house: House) -> None:
    acme = client.world.acme
    home: dict[str, Any] = {"propertyId": acme.id("home")}
    asked = {**home, "device": "x" * 121}
    assert await refused(client, "attendanceCheckIn", "tech2", None, **asked) == "BAD_USER_INPUT"
    many = await asyncio.gather(*(do(client, "attendanceCheckIn", "tech2", None, **home) for _ in range(8)))
    assert many == [many[0]] * 8, "one stay"
    assert (many[0]["status"], many[0]["checkedInAt"]) == ("OPEN", "2026-11-22T02:00:00.000000Z")
    # He was on the roster the day before only: nobody is late off the roster.
    assert (await client.data(HISTORY, "tech2", id=many[0]["id"]))["attendance"]["shiftAssignment"] is None
    later(house, minutes=90)
    out = await asyncio.gather(*(do(client, "attendanceCheckOut", "tech2", many[0]["id"]) for _ in range(8)))
    assert out == [out[0]] * 8
    assert (out[0]["status"], out[0]["minutes"], out[0]["version"]) == ("CLOSED", 90, 2)
    assert await told(house, acme) == [("CHECKED_IN", "OPEN"), ("CHECKED_OUT", "CLOSED")]
    assert [len(await audits(house, f"attendance.{verb}")) for verb in ("checkIn", "checkOut")] == [1, 1]


async def test_the_database_lets_one_be_open(client: Client, house: House) -> None:
    """Whoever writes past the verb, in whichever Property."""
    keys = client.world.acme.keys

    async def write() -> None:
        stay = {"status": AttendanceStatus.OPEN, "day": NOW.date(), "checked_in_at": NOW, "close_at": NOW}
        async with system_unit(house, keys["organization"]) as unit:
            await unit.add(Attendance, property_id=keys["away"], staff_id=keys["tech1_staff"], **stay)

    with pytest.raises(Exception, match=r"attendance_open_key|attendance\.staff_id"):
        await write()


async def test_who_may_tap_where(client: Client, house: House) -> None:
    acme = client.world.acme
    home, away = ({"propertyId": acme.id(place)} for place in ("home", "away"))
    for who, code in (("resident", "FORBIDDEN"), ("away_manager", "NOT_FOUND"), ("away_resident", "NOT_FOUND")):
        assert await refused(client, "attendanceCheckIn", who, None, **home) == code, who
    await do(client, "attendanceCheckIn", "chief", None, **home)
    assert await refused(client, "attendanceCheckIn", "chief", None, **away) == "ATTENDANCE_ELSEWHERE"
    for who, code in (("manager", "FORBIDDEN"), ("tech2", "NOT_FOUND"), ("resident", "NOT_FOUND")):
        assert await refused(client, "attendanceCheckOut", who, acme.id("stay1")) == code, who
    await owner(
        house, "UPDATE staff SET employed_until = $2 WHERE id = $1", acme.keys["guard_staff"], NOW - timedelta(days=1)
    )
    assert await refused(client, "attendanceCheckIn", "guard", None, **home) == "STAFF_NOT_ELIGIBLE"


async def test_a_correction_keeps_the_original(client: Client, house: House) -> None:
    acme = client.world.acme
    stay = acme.id("stay1")
    before = await dump(house)
    wish: dict[str, Any] = {"expectedVersion": 1, "reason": "手机没电"}
    for more, code in (
        ({"reason": " "}, "BAD_USER_INPUT"),
        ({"expectedVersion": 2}, "CONFLICT"),
        ({"checkedOutAt": "2026-11-22T02:00:01Z"}, "BAD_USER_INPUT"),  # to come
        ({"checkedOutAt": "2026-11-22T00:00:00Z"}, "BAD_USER_INPUT"),  # as long as nothing
        ({"checkedInAt": "2026-11-20T23:59:59Z"}, "BAD_USER_INPUT"),  # another day's
    ):
        assert await refused(client, "attendanceCorrect", "manager", stay, **{**wish, **more}) == code, more
    assert await refused(client, "attendanceCorrect", "tech1", stay, **wish) == "FORBIDDEN"
    assert await refused(client, "attendanceCorrect", "auditor", stay, **wish) == "FORBIDDEN"
    kept = await dump(house)
    assert {table for table in kept if kept[table] != before[table]} <= {"audit_entry"}
    # He came ten minutes late after all, and is still here.
    done = await do(client, "attendanceCorrect", "manager", stay, **wish, checkedInAt="2026-11-22T00:10:00Z")
    assert (done["status"], done["lateMinutes"], done["correctedAt"]) == ("OPEN", 10, "2026-11-22T02:00:00.000000Z")
    shown = (await client.data(HISTORY, "tech1", id=stay))["attendance"]
    assert shown["corrections"]["nodes"] == [
        {
            "reason": "手机没电", "fromStatus": "OPEN", "fromCheckedInAt": "2026-11-22T00:00:00.000000Z",
            "fromCheckedOutAt": None, "toCheckedOutAt": None, "correctedBy": {"id": acme.id("manager_staff")},
        }
    ]  # fmt: skip
    assert (shown["viewerCanCorrect"], shown["viewerCanCheckOut"]) == (False, True)
    assert await told(house, acme) == [("CORRECTED", "OPEN")]


async def test_nobody_corrects_the_own_and_nobody_was_at_two_places(client: Client, house: House) -> None:
    acme = client.world.acme
    wish: dict[str, Any] = {"expectedVersion": 1, "reason": "手机没电"}
    own = await do(client, "attendanceCheckIn", "chief", None, propertyId=acme.id("home"))
    assert await refused(client, "attendanceCorrect", "chief", own["id"], **wish) == "FORBIDDEN"
    tomorrow = {"checkedInAt": "2026-11-22T01:00:00Z", "checkedOutAt": "2026-11-22T01:30:00Z"}
    await do(client, "attendanceCheckIn", "tech2", None, propertyId=acme.id("home"))
    over = await refused(client, "attendanceCorrect", "manager", acme.id("stay2"), **wish, **tomorrow)
    assert over == "BAD_USER_INPUT", "25 hours from what was recorded"
    moved = {"checkedInAt": "2026-11-21T02:00:00Z", "checkedOutAt": "2026-11-22T02:00:00Z"}
    later(house, minutes=5)
    assert (await do(client, "attendanceCorrect", "manager", acme.id("stay2"), **wish, **moved))["lateMinutes"] == 120
    overlap = {**moved, "expectedVersion": 2, "checkedOutAt": "2026-11-22T02:00:01Z", "reason": "x"}
    overlap["checkedInAt"] = "2026-11-21T02:00:02Z"
    assert await refused(client, "attendanceCorrect", "manager", acme.id("stay2"), **overlap) == "ATTENDANCE_OVERLAP"


async def test_one_effect_with_many_workers(client: Client, house: House) -> None:
    """Nobody came in the one company; nobody went in the other."""
    acme, rival = client.world.acme, client.world.rival
    await owner(house, "DELETE FROM attendance WHERE id = $1", acme.keys["stay1"])
    later(house, hours=6, seconds=-1)
    await settle_attendance(house)
    assert await audits(house, "attendance.miss") == [], "not before its end"
    later(house, seconds=1)
    await asyncio.gather(*(settle_attendance(house) for _ in range(4)))
    (missed,) = await audits(house, "attendance.miss")
    assert (missed["actor"], missed["account_id"]) == ("job", None)
    assert await told(house, acme) == [("MISSED", "MISSED")]
    later(house, hours=4)
    await asyncio.gather(*(settle_attendance(house) for _ in range(4)))
    assert len(await audits(house, "attendance.forget")) == 1
    (row,) = await owner(
        house, "SELECT status, minutes, early_minutes FROM attendance WHERE id = $1", rival.keys["stay1"]
    )
    assert dict(row) == {"status": "FORGOTTEN", "minutes": 480, "early_minutes": 0}, "up to the shift's end"
    assert await told(house, rival) == [("FORGOTTEN", "FORGOTTEN")]
    before = await dump(house)
    await settle_attendance(house)
    assert await dump(house) == before, "again changes nothing"


async def test_a_missed_shift_is_corrected_with_both_times(client: Client, house: House) -> None:
    acme = client.world.acme
    await owner(house, "DELETE FROM attendance WHERE id = $1", acme.keys["stay1"])
    later(house, hours=6)
    await settle_attendance(house)
    listed = "query ($p: ID!) { attendances(propertyId: $p, filter: {status: MISSED}) { nodes { id checkedInAt } } }"
    (missed,) = (await client.data(listed, "tech1", p=acme.id("home")))["attendances"]["nodes"]
    assert missed["checkedInAt"] is None
    assert await refused(client, "attendanceCheckOut", "tech1", missed["id"]) == "ATTENDANCE_ENDED"
    wish = {"expectedVersion": 1, "reason": "忘带手机", "checkedInAt": "2026-11-22T00:00:00Z"}
    assert await refused(client, "attendanceCorrect", "manager", missed["id"], **wish) == "BAD_USER_INPUT"
    done = await do(client, "attendanceCorrect", "manager", missed["id"], **wish, checkedOutAt="2026-11-22T07:00:00Z")
    assert (done["status"], done["minutes"], done["earlyMinutes"]) == ("CLOSED", 420, 60)


async def test_the_next_shift_closes_what_was_forgotten(client: Client, house: House) -> None:
    """One goes straight from a shift into the next, without a check-out."""
    acme = client.world.acme
    keys = acme.keys
    async with system_unit(house, keys["organization"]) as unit:
        times = {"day": NOW.date(), "starts_at": NOW + timedelta(hours=6), "ends_at": NOW + timedelta(hours=9)}
        who = {"property_id": keys["home"], "staff_id": keys["tech1_staff"], "shift_id": keys["shift"]}
        await unit.add(ShiftAssignment, **times, **who)
    later(house, hours=6, minutes=6)
    home = {"propertyId": acme.id("home")}
    second = await do(client, "attendanceCheckIn", "tech1", None, **home)
    assert (second["id"] != acme.id("stay1"), second["lateMinutes"]) == (True, 6)
    first = (await client.data(HISTORY, "tech1", id=acme.id("stay1")))["attendance"]
    assert first["status"] == "FORGOTTEN"
    assert await told(house, acme) == [("FORGOTTEN", "FORGOTTEN"), ("CHECKED_IN", "OPEN")]


async def test_the_property_says_by_how_much_one_may_be_late(client: Client, house: House) -> None:
    acme = client.world.acme
    home, verb = acme.id("home"), "propertySetAttendance"
    wish: dict[str, Any] = {"expectedVersion": 1, "toleranceMinutes": 120, "aheadMinutes": 0, "closeMinutes": 0}
    for field, value in (("toleranceMinutes", 121), ("aheadMinutes", -1), ("closeMinutes", 721)):
        assert await refused(client, verb, "manager", home, **{**wish, field: value}) == "BAD_USER_INPUT", field
    assert await refused(client, verb, "desk", home, **wish) == "FORBIDDEN"
    assert (await do(client, verb, "manager", home, **wish))["attendanceToleranceMinutes"] == 120
    assert await refused(client, verb, "manager", home, **wish) == "CONFLICT"
    # Two hours and a minute before the end is early, two hours are not: they are the last of what he worked.
    later(house, hours=3, minutes=59)
    assert (await do(client, "attendanceCheckOut", "tech1", acme.id("stay1")))["earlyMinutes"] == 121
    again = await do(client, "attendanceCheckIn", "tech1", None, propertyId=acme.id("home"))
    later(house, minutes=1)
    assert (await do(client, "attendanceCheckOut", "tech1", again["id"]))["earlyMinutes"] == 0


async def test_the_sheet_goes_on_after_its_last_line(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "LINES", 1)
    query = """query ($p: ID!, $after: ID) { attendanceSheet(propertyId: $p, month: "2026-11-30", afterStaffId: $after)
      { staff { id } shifts minutes } }"""
    place, after, found = client.world.acme.id("home"), None, []
    while lines := (await client.data(query, "manager", p=place, after=after))["attendanceSheet"]:
        (line,) = lines
        after = line["staff"]["id"]
        found.append((after, line["shifts"], line["minutes"]))
    people = [client.world.acme.id(f"tech{n}_staff") for n in (1, 2)]
    assert found == [(people[0], 1, 0), (people[1], 1, 480)]


WATCHED = """query ($p: ID!, $stay: ID!) { presence(propertyId: $p) { present }
  staffOnDuty(propertyId: $p, present: true) { nodes { staff { id } } }
  attendances(propertyId: $p, first: 10) { nodes { staff { id } } } staffPresent(propertyId: $p) { nodes { id } }
  attendance(id: $stay) { lateMinutes checkInDevice checkInLocation { latitude } }
  attendanceSheet(propertyId: $p, month: "2026-11-09") { staff { id } } }"""


async def test_who_must_know_who_is_there_does_not_watch_how_they_come_and_go(client: Client, house: House) -> None:
    """Control room and desk see who of those on duty is there; an auditor the hours, but not where phones were."""
    acme, tech = client.world.acme, client.world.acme.id("tech1_staff")
    await owner(house, "UPDATE attendance SET in_device = 'Redmi', in_latitude = 30, in_longitude = 120")
    given: dict[str, Any] = {"p": acme.id("home"), "stay": acme.id("stay1")}
    where = {"lateMinutes": 0, "checkInDevice": "Redmi", "checkInLocation": {"latitude": 30.0}}
    nowhere = {"lateMinutes": 0, "checkInDevice": None, "checkInLocation": None}
    there_now = {"lateMinutes": None, "checkInDevice": None, "checkInLocation": None}
    for who, rows, lines, stay, there in (
        ("control", 1, 0, there_now, 1),
        ("desk", 1, 0, there_now, 1),
        ("auditor", 2, 2, nowhere, 1),
        ("manager", 2, 2, where, 1),
        ("tech1", 1, 1, where, None),
    ):
        seen = await client.data(WATCHED, who, **given)
        assert (len(seen["attendances"]["nodes"]), len(seen["attendanceSheet"])) == (rows, lines), who
        assert (len(seen["staffPresent"]["nodes"]), seen["attendance"]) == (1, stay), who
        assert seen["staffOnDuty"]["nodes"] == [{"staff": {"id": tech}}], who
        assert (seen["presence"] or {"present": None})["present"] == there, who


async def test_lists_page_in_every_order(client: Client) -> None:
    acme = client.world.acme
    rows = [acme.id("stay2"), acme.id("stay1")]
    home = f'propertyId: "{acme.id("home")}"'
    await check_paging(client, "attendances", "auditor", f"{home}, order: OLDEST", rows)
    await check_paging(client, "attendances", "auditor", f"{home}, order: NEWEST", rows[::-1])
