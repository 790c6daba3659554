"""Several write the same ticket or roster at once: one is first, the others are told, nothing is in between."""

from __future__ import annotations

import asyncio
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests.dump import audits, owner
from tests.test_shift import say
from tests.work import ask, carry_out, do, order_of

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

ROUNDS = 4


def code(answer: dict[str, Any]) -> str:
    """Why it was refused; nothing when it was done."""
    assert "errors" not in answer, answer
    return "".join(error["code"] for error in answer["data"]["x"]["userErrors"])


async def raised(client: Client, n: int) -> dict[str, Any]:
    """A ticket of the resident's."""
    home = {"propertyId": client.world.acme.id("home"), "unitId": client.world.acme.id("unit0")}
    return await do(client, "ticketCreate", "resident", None, **home, kind="REPAIR", text="x", category=f"c{n}")


async def test_a_ticket_is_reopened_once_whoever_asks(client: Client, house: House) -> None:
    for n in range(ROUNDS):
        ticket = (await raised(client, n))["id"]
        order = await order_of(client, ticket)
        await carry_out(client, order["id"], order["version"], until="Close" if n % 2 else "Complete")
        # The resident presses twice, on two phones, while the desk reopens the order or closes it.
        version = (await order_of(client, ticket))["version"]
        verb, wish = ("workOrderReopen", {"note": "漏"}) if n % 2 else ("workOrderVerify", {})
        answers = await asyncio.gather(
            *(ask(client, "ticketReopen", "resident", ticket, reason="还漏") for _ in range(6)),
            ask(client, verb, "desk", order["id"], expectedVersion=version, **wish),
        )
        *asked, staffs = map(code, answers)
        after, steps = await order_of(client, ticket), await history(house, order["number"])
        assert asked.count("") + (staffs == "" and verb == "workOrderReopen") == 1, (asked, staffs)
        assert set(asked) <= {"", "TRANSITION_NOT_ALLOWED"}
        assert staffs in ("", "CONFLICT", "TRANSITION_NOT_ALLOWED")
        # As if they had come one after the other: each step begins where the one before it ended.
        assert (after["status"], after["assignee"], after["reworkCount"]) == ("CREATED", None, 1)
        assert all(later[1] == earlier[2] for earlier, later in pairwise(steps)), steps
        assert [verb for verb, _, _ in steps].count("OBJECT") == asked.count("")
        assert len(await audits(house, "ticket.reopen")) == sum(step[0] == "OBJECT" for step in await history(house))


async def test_a_ticket_is_called_off_or_taken_on_never_both(client: Client, house: House) -> None:
    outcomes = set()
    for n in range(ROUNDS):
        ticket = (await raised(client, n))["id"]
        order = await order_of(client, ticket)
        version = await carry_out(client, order["id"], order["version"], until="Accept")
        start = ask(client, "workOrderStart", "tech1", order["id"], expectedVersion=version)
        cancels = [ask(client, "ticketCancel", "resident", ticket) for _ in range(4)]
        started, *cancelled = map(code, await asyncio.gather(start, *cancels))
        seen = await client.data("query ($i: ID!) { ticket(id: $i) { status } }", "resident", i=ticket)
        shown = (seen["ticket"]["status"], (await order_of(client, ticket))["status"])
        assert set(cancelled) <= {"", "TRANSITION_NOT_ALLOWED"}
        if started == "":
            assert cancelled == ["TRANSITION_NOT_ALLOWED"] * 4
            assert shown == ("IN_PROGRESS", "IN_PROGRESS")
        else:
            assert started in ("CONFLICT", "TRANSITION_NOT_ALLOWED")
            assert cancelled.count("") == 1, cancelled
            assert shown == ("CANCELLED", "CANCELLED")
        outcomes.add(started)
        steps = [verb for verb, _, _ in await history(house, order["number"])]
        assert steps == ["ASSIGN", "ACCEPT", "START" if started == "" else "WITHDRAW"]


async def history(house: House, number: str | None = None) -> list[tuple[str, str, str]]:
    """The steps of an order, or of all, in the order in which they were taken: verb, from, to."""
    rows = await owner(
        house,
        "SELECT s.verb, s.from_status, s.to_status, w.number FROM work_order_step s"
        " JOIN work_order w ON w.id = s.work_order_id ORDER BY s.id",
    )
    chosen = [row for row in rows if number in (None, row["number"])]
    return [(row["verb"], row["from_status"], row["to_status"]) for row in chosen]


async def test_nobody_is_on_two_shifts_whoever_writes_the_roster(client: Client, house: House) -> None:
    acme = client.world.acme
    home: dict[str, Any] = {"propertyId": acme.id("home"), "restMinutes": 0}
    names = [("早", "06:00", "14:00"), ("中", "13:00", "21:00"), ("长", "08:00", "20:00"), ("晚", "20:30", "23:30")]
    shifts = [
        (await say(client, "shiftCreate", **home, name=name, startsAt=begin, endsAt=end))["shift"]["id"]
        for name, begin, end in names
    ]
    days = [f"2026-12-{day:02}" for day in range(1, ROUNDS + 1)]

    async def plan(shift: str) -> list[str]:
        """One planner puts two people on a shift, a few days at once."""
        people = [acme.id(f"{who}_staff") for who in ("guard", "tech2")]
        items = [{"staffId": who, "shiftId": shift, "day": day} for day in days for who in people]
        answer = await say(client, "shiftAssign", items=items)
        assert answer["errors"] == [], answer
        return ["".join(error["code"] for error in one["userErrors"]) for one in answer["results"]]

    planned = await asyncio.gather(*(plan(shift) for shift in [*shifts, *shifts]))
    told = {code for one in planned for code in one}
    assert told == {"", "SHIFT_OVERLAP"}
    rows = await owner(
        house,
        "SELECT staff_id, day, starts_at, ends_at FROM shift_assignment WHERE cancelled_at IS NULL AND day >= $1",
        date(2026, 12, 1),
    )
    assert len(rows) == sum(one.count("") for one in planned)
    for one in rows:
        for other in rows:
            same = one is not other and one["staff_id"] == other["staff_id"]
            assert not (same and one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"])
    # Whoever was first: on each day each of them works at least one shift, and 晚 goes with all but 中.
    assert len({(row["staff_id"], row["day"]) for row in rows}) == 2 * ROUNDS
