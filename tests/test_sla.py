"""Clocks through the public endpoint: begun, met, paused and begun anew by the verbs of tickets and orders."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from models.rules.working_time import DAYS
from resolvers.jobs.sla import watch_clocks
from tests.dump import audits, dump, owner
from tests.factories.tenant import NOW
from tests.work import carry_out, order_of

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

CLOCK = "kind state targetMinutes dueAt elapsedMinutes remainingMinutes staff { id } team { id } workOrder { id }"
OF_TICKET = f"query ($id: ID!) {{ ticket(id: $id) {{ status awaitingSince slaClocks {{ nodes {{ {CLOCK} }} }} }} }}"
OF_ORDER = f"query ($id: ID!) {{ workOrder(id: $id) {{ slaClocks {{ nodes {{ {CLOCK} }} }} }} }}"
LIVE = f"""query ($p: ID!, $filter: SlaClockFilter) {{
  slaClocks(propertyId: $p, filter: $filter) {{ nodes {{ {CLOCK} }} }} }}"""
IDLE: dict[str, Any] = {day: list[str]() for day in DAYS}
WEEK: dict[str, Any] = IDLE | {day: ["13:00-18:00", "09:00-12:00"] for day in DAYS[:5]}
SHOWS = {
    "businessCalendarSet": "businessCalendar { id version sunday monday }",
    "holidaySet": "results { id day hours version }",
    "holidayRemove": "holiday { id archivedAt version }",
    "slaTargetSet": "slaTarget { id version responseMinutes archivedAt }",
    "slaTargetArchive": "slaTarget { id archivedAt }",
}


async def say(client: Client, verb: str, who: str, id_: str | None = None, **wish: Any) -> dict[str, Any]:
    """The payload of a verb; `errors`: the codes that refused it, wherever they stand."""
    shown = SHOWS.get(verb) or "ticket { id version status }"
    named, given = ("$id: ID!, ", "id: $id, ") if id_ else ("", "")
    query = (
        f"mutation ({named}$input: {verb[0].upper()}{verb[1:]}Input!) {{ x: {verb}({given}input: $input)"
        f" {{ {shown} userErrors {{ code field }} }} }}"
    )
    variables: dict[str, Any] = {"id": id_, "input": wish} if id_ else {"input": wish}
    answer = await client.post(query, who, **variables)
    if "errors" in answer:
        return {"errors": [error["extensions"]["code"] for error in answer["errors"]]}
    found: dict[str, Any] = answer["data"]["x"]
    return {**found, "errors": [error["code"] for error in found["userErrors"]]}


async def done(client: Client, verb: str, who: str, id_: str | None = None, **wish: Any) -> dict[str, Any]:
    """The payload of a verb that is done."""
    answer = await say(client, verb, who, id_, **wish)
    assert answer["errors"] == [], (verb, answer)
    return answer


def set_time(house: House, text: str) -> None:
    """Of the Property, which is eight hours ahead."""
    at = datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=8)
    house.clock.move(at - house.clock.now())  # type: ignore[attr-defined]


def local(text: str) -> str:
    """An instant as the Property's time."""
    return (datetime.fromisoformat(text) + timedelta(hours=8)).strftime("%m-%dT%H:%M")


async def clocks(client: Client, ticket: str, who: str = "manager") -> list[dict[str, Any]]:
    """Those of a ticket, oldest first."""
    nodes: list[dict[str, Any]] = (await client.data(OF_TICKET, who, id=ticket))["ticket"]["slaClocks"]["nodes"]
    return nodes


async def states(client: Client, ticket: str) -> list[tuple[str, str, int]]:
    """Kind, state and what they counted."""
    return [(clock["kind"], clock["state"], clock["elapsedMinutes"]) for clock in await clocks(client, ticket)]


async def told(house: House) -> list[tuple[str, str]]:
    """What was announced of clocks."""
    rows = await owner(house, "SELECT data FROM event WHERE type = 'sla_clock.changed' ORDER BY stream_id, position")
    return [(data["change"], data["kind"]) for row in rows for data in [orjson.loads(row["data"])]]


async def promise(client: Client, **wish: Any) -> None:
    """What `home` promises for ordinary tickets."""
    target: dict[str, Any] = {"propertyId": client.world.acme.id("home"), "priority": "NORMAL", **wish}
    await done(client, "slaTargetSet", "manager", **target)


async def raise_ticket(client: Client, kind: str = "REPAIR", **wish: Any) -> str:
    """By the resident."""
    given: dict[str, Any] = {"propertyId": client.world.acme.id("home"), "kind": kind, "text": "漏水", **wish}
    return str((await done(client, "ticketCreate", "resident", **given))["ticket"]["id"])


async def work_from_nine(client: Client) -> None:
    """Sunday 22 November is made up for until noon, Monday is a holiday: time goes on on Tuesday."""
    home: dict[str, Any] = {"propertyId": client.world.acme.id("home")}
    await done(client, "businessCalendarSet", "manager", **home, **WEEK)
    await done(client, "holidaySet", "chief", days=["2026-11-22", "2026-11-23"], name="调休")
    await done(client, "holidaySet", "manager", **home, days=["2026-11-22"], name="补班", hours=["09:00-12:00"])
    await promise(client, responseMinutes=60, resolutionMinutes=240)


async def test_a_ticket_is_timed_in_working_time_and_waits_for_its_resident(client: Client, house: House) -> None:
    acme = client.world.acme
    await work_from_nine(client)
    ticket = await raise_ticket(client)  # at 10
    response, resolution = await clocks(client, ticket)
    assert [local(response["dueAt"]), local(resolution["dueAt"])] == ["11-22T11:00", "11-24T11:00"]
    order = (await order_of(client, ticket))["id"]
    assert (await client.data(OF_ORDER, id=order))["workOrder"]["slaClocks"]["nodes"] == [response, resolution]
    assert await clocks(client, ticket, "resident") == [], "nothing is shown unless the company says so"

    await carry_out(client, order, 1, until="Assign")
    set_time(house, "2026-11-22T10:30")
    await steps(client, order, "Accept", "Start")
    response, _ = await clocks(client, ticket)
    assert (response["state"], response["elapsedMinutes"]) == ("MET", 30)
    assert (response["staff"], response["team"]) == ({"id": acme.id("tech1_staff")}, {"id": acme.id("team")})
    set_time(house, "2026-11-22T11:00")
    seen = await ticket_version(client, ticket)
    await done(client, "ticketAwaitResident", "desk", ticket, text="几点在家？", expectedVersion=seen)
    _, resolution = await clocks(client, ticket)
    assert (resolution["state"], resolution["elapsedMinutes"], resolution["remainingMinutes"]) == ("PAUSED", 60, 180)
    assert (await say(client, "ticketAwaitResident", "desk", ticket, text="?", expectedVersion=seen + 1))["errors"] == [
        "TRANSITION_NOT_ALLOWED"
    ]
    set_time(house, "2026-11-24T10:00")
    await watch_clocks(house)
    await done(client, "ticketComment", "resident", ticket, text="现在在家")
    _, resolution = await clocks(client, ticket)
    assert (resolution["state"], local(resolution["dueAt"])) == ("RUNNING", "11-24T14:00"), "180 minutes from 10 on"
    set_time(house, "2026-11-24T11:30")
    await steps(client, order, "Complete")
    assert (await states(client, ticket))[1] == ("RESOLUTION", "MET", 150)
    await done(client, "ticketReopen", "resident", ticket, reason="又漏了")
    anew = (await clocks(client, ticket))[2]
    assert (anew["kind"], anew["state"], local(anew["dueAt"])) == ("RESOLUTION", "RUNNING", "11-24T16:30")
    assert await told(house) == [
        ("STARTED", "RESPONSE"), ("STARTED", "RESOLUTION"), ("MET", "RESPONSE"), ("PAUSED", "RESOLUTION"),
        ("RESUMED", "RESOLUTION"), ("MET", "RESOLUTION"), ("STARTED", "RESOLUTION"),
    ]  # fmt: skip


async def steps(client: Client, order: str, *names: str) -> None:
    """Steps of tech1."""
    found = await client.data("query ($id: ID!) { workOrder(id: $id) { version } }", id=order)
    version = found["workOrder"]["version"]
    for name in names:
        wish = {"result": "换了"} if name == "Complete" else {}
        query = (
            f"mutation ($id: ID!, $input: WorkOrder{name}Input!) {{ x: workOrder{name}(id: $id, input: $input)"
            " { workOrder { version } userErrors { code } } }"
        )
        answer = await client.data(query, "tech1", id=order, input={"expectedVersion": version, **wish})
        assert answer["x"]["userErrors"] == [], (name, answer)
        version = answer["x"]["workOrder"]["version"]


async def ticket_version(client: Client, ticket: str) -> int:
    """As staff see it."""
    return int((await client.data("query ($id: ID!) { ticket(id: $id) { version } }", id=ticket))["ticket"]["version"])


async def test_warned_and_late_once_with_any_number_of_workers(client: Client, house: House) -> None:
    acme = client.world.acme
    await promise(client, responseMinutes=60, resolutionMinutes=100, warnPercent=50, aroundTheClock=True, shown=True)
    ticket = await raise_ticket(client)
    live: dict[str, Any] = {"p": acme.id("home")}
    for minutes, expected in (
        (29, ["RUNNING", "RUNNING"]),
        (1, ["WARNED", "RUNNING"]),
        (29, ["WARNED", "WARNED"]),
        (1, ["BREACHED", "WARNED"]),
        (60, ["BREACHED", "BREACHED"]),
    ):
        house.clock.move(timedelta(minutes=minutes))  # type: ignore[attr-defined]
        await asyncio.gather(*(watch_clocks(house) for _ in range(6)))
        assert [clock["state"] for clock in await clocks(client, ticket)] == expected, minutes
    before = await dump(house)
    await watch_clocks(house)
    assert await dump(house) == before, "again changes nothing"
    late = (await client.data(LIVE, **live, filter={"state": ["BREACHED"], "kind": ["RESPONSE"]}))["slaClocks"]["nodes"]
    assert late == (await clocks(client, ticket, "resident"))[:1], "it is shown to the resident"
    order = (await order_of(client, ticket))["id"]
    await carry_out(client, order, 1)
    assert await states(client, ticket) == [("RESPONSE", "MISSED", 120), ("RESOLUTION", "MISSED", 120)]
    assert (await client.data(LIVE, **live, filter=None))["slaClocks"]["nodes"] == []
    assert await told(house) == [
        ("STARTED", "RESPONSE"), ("STARTED", "RESOLUTION"), ("WARNED", "RESPONSE"), ("WARNED", "RESOLUTION"),
        ("BREACHED", "RESPONSE"), ("BREACHED", "RESOLUTION"), ("MISSED", "RESPONSE"), ("MISSED", "RESOLUTION"),
    ]  # fmt: skip
    assert [entry["actor"] for entry in await audits(house, "slaClock.breached")] == ["job"] * 2
    assert len(await audits(house, "slaClock.warned")) == 2


async def test_what_no_job_has_seen_is_told_by_the_verb(client: Client, house: House) -> None:
    """An answer after the time was up, before anybody looked: late, and then over."""
    await promise(client, responseMinutes=10, resolutionMinutes=20, aroundTheClock=True)
    ticket = await raise_ticket(client, "INQUIRY")
    house.clock.move(timedelta(minutes=15))  # type: ignore[attr-defined]
    await done(client, "ticketAnswer", "desk", ticket, text="八点", expectedVersion=1)
    assert await states(client, ticket) == [("RESPONSE", "MISSED", 15), ("RESOLUTION", "MET", 15)]
    rows = await owner(house, "SELECT kind, breached_at, due_at FROM sla_clock WHERE state = 'MISSED'")
    assert [row["breached_at"] for row in rows] == [row["due_at"] for row in rows]
    assert (await told(house))[2:] == [("BREACHED", "RESPONSE"), ("MISSED", "RESPONSE"), ("MET", "RESOLUTION")]


async def test_called_off_and_orders_without_a_ticket(client: Client, house: House) -> None:
    """A ticket called off; orders of alarms, one accepted, one cancelled. What is urgent has half an hour."""
    acme = client.world.acme
    ticket = await raise_ticket(client, priority="URGENT")
    assert [clock["targetMinutes"] for clock in await clocks(client, ticket)] == [30, 240]
    await done(client, "ticketCancel", "resident", ticket)
    assert {state for _, state, _ in await states(client, ticket)} == {"CANCELLED"}
    orders = []
    for alarm in ("alarm0", "alarm1"):
        query = (
            "mutation ($id: ID!) { x: alarmOpenWorkOrder(id: $id, input: {})"
            " { workOrder { id slaClocks { nodes { state } } } userErrors { code } } }"
        )
        order = (await client.data(query, id=acme.id(alarm)))["x"]["workOrder"]
        assert [clock["state"] for clock in order["slaClocks"]["nodes"]] == ["RUNNING"] * 2
        orders.append(order["id"])
    await carry_out(client, orders[0], 1, until="Accept")
    given = 'expectedVersion: 1, note: "误报"'
    cancel = f"mutation ($id: ID!) {{ workOrderCancel(id: $id, input: {{ {given} }}) {{ userErrors {{ code }} }} }}"
    await client.data(cancel, id=orders[1])
    found = [(await client.data(OF_ORDER, id=order))["workOrder"]["slaClocks"]["nodes"] for order in orders]
    assert [[clock["state"] for clock in nodes] for nodes in found] == [["MET", "RUNNING"], ["CANCELLED"] * 2]


async def test_later_targets_move_no_clock_and_the_most_specific_one_holds(client: Client, house: House) -> None:
    acme = client.world.acme
    below, above = acme.id("category1"), acme.id("category0")
    await promise(client, responseMinutes=50, aroundTheClock=True)
    first = await raise_ticket(client, categoryId=below)
    await promise(client, ticketCategoryId=above, responseMinutes=40, aroundTheClock=True)
    second = await raise_ticket(client, "COMPLAINT", categoryId=below)
    await promise(client, ticketCategoryId=below, responseMinutes=30, resolutionMinutes=60, aroundTheClock=True)
    third = await raise_ticket(client, "INQUIRY", categoryId=below)
    found = [[clock["targetMinutes"] for clock in await clocks(client, ticket)] for ticket in (first, second, third)]
    assert found == [[50], [40], [30, 60]]
    stale: dict[str, Any] = {"propertyId": acme.id("home"), "priority": "NORMAL", "responseMinutes": 1}
    assert (await say(client, "slaTargetSet", "manager", **stale))["errors"] == ["CONFLICT"]
    changed = await done(client, "slaTargetSet", "manager", **stale, expectedVersion=1)
    assert changed["slaTarget"]["version"] == 2
    gone = await done(client, "slaTargetArchive", "manager", changed["slaTarget"]["id"], expectedVersion=2)
    assert gone["slaTarget"]["archivedAt"]
    plain = await raise_ticket(client, "SUGGESTION")
    assert [clock["targetMinutes"] for clock in await clocks(client, plain)] == [120, 1_440], "the house's own again"


async def test_what_is_refused_changes_nothing(client: Client, house: House) -> None:
    acme = client.world.acme
    home: dict[str, Any] = {"propertyId": acme.id("home")}
    await done(client, "businessCalendarSet", "manager", **home, **WEEK)
    day = (await done(client, "holidaySet", "manager", **home, days=["2026-12-01"], name="停"))["results"][0]
    before = await dump(house)
    seen = {"expectedVersion": 1}
    late = (NOW + timedelta(days=6 * 366)).date().isoformat()
    target = {**home, "priority": "LOW"}
    for verb, who, wish, code in (
        ("businessCalendarSet", "manager", {**home, **WEEK}, "CONFLICT"),
        ("businessCalendarSet", "manager", WEEK, "FORBIDDEN"),  # the company's: who manages all of it
        ("businessCalendarSet", "desk", {**home, **WEEK}, "FORBIDDEN"),
        ("businessCalendarSet", "away_manager", {**home, **WEEK}, "NOT_FOUND"),
        ("businessCalendarSet", "manager", {**home, **IDLE, "friday": ["9-12"], **seen}, "BAD_USER_INPUT"),
        ("businessCalendarSet", "manager", {**home, **IDLE, **seen}, "BAD_USER_INPUT"),
        ("holidaySet", "manager", {**home, "days": [], "name": "x"}, "BAD_USER_INPUT"),
        ("holidaySet", "manager", {**home, "days": [late], "name": "x"}, "BAD_USER_INPUT"),
        ("holidaySet", "manager", {**home, "days": ["2026-12-02"], "name": " "}, "BAD_USER_INPUT"),
        ("holidaySet", "manager", {**home, "days": ["2026-12-02"], "name": "x", "hours": ["x"]}, "BAD_USER_INPUT"),
        ("holidaySet", "manager", {"days": ["2026-12-02"], "name": "x"}, "FORBIDDEN"),
        ("slaTargetSet", "manager", {**target, "responseMinutes": 0}, "BAD_USER_INPUT"),
        ("slaTargetSet", "manager", {**target, "resolutionMinutes": 86_401}, "BAD_USER_INPUT"),
        ("slaTargetSet", "manager", {**target, "warnPercent": 100}, "BAD_USER_INPUT"),
        ("slaTargetSet", "manager", {**target, "ticketCategoryId": acme.id("away_category")}, "NOT_FOUND"),
        ("slaTargetSet", "control", target, "FORBIDDEN"),
    ):  # fmt: skip
        assert (await say(client, verb, who, **wish))["errors"] == [code], (verb, who, wish)
    for who, version, code in (("manager", 9, "CONFLICT"), ("desk", 1, "FORBIDDEN"), ("away_manager", 1, "NOT_FOUND")):
        assert (await say(client, "holidayRemove", who, day["id"], expectedVersion=version))["errors"] == [code]
    resume = await say(client, "ticketResume", "desk", acme.id("ticket0"), expectedVersion=1)
    assert resume["errors"] == ["TRANSITION_NOT_ALLOWED"], "it waits for nobody"
    kept = await dump(house)
    for table in ("business_calendar", "holiday", "sla_target", "ticket", "sla_clock"):
        assert kept[table] == before[table], table
    again = await done(client, "holidaySet", "manager", **home, days=["2026-12-01"], name="改", hours=["09:00-10:00"])
    assert (again["results"][0]["id"], again["results"][0]["version"]) == (day["id"], 2)
    removed = await done(client, "holidayRemove", "manager", day["id"], expectedVersion=2)
    assert removed["holiday"]["archivedAt"]
