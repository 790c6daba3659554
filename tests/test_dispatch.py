"""The house gives orders: once, explained, under a Property's rule; what people do by hand goes before it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from resolvers.jobs.dispatch import dispatch_orders
from tests.dispatch import RULE, on_shift, queue, raised, set_rule, why
from tests.dump import audits, dump, owner
from tests.faults import FULL
from tests.work import ask, do, order_of, refused

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

ORDERS = 200 if FULL else 6  # given at once by people and many workers
EVENTS = "SELECT data FROM event WHERE type = 'work_order.changed'"


@pytest.fixture(autouse=True)
async def _empty(house: House) -> None:
    """The world's own order that waits would be given, too."""
    await owner(house, "UPDATE work_order SET status = 'CANCELLED', dispatch_state = NULL WHERE status = 'CREATED'")


def later(house: House, **time: float) -> None:
    house.clock.move(timedelta(**time))  # type: ignore[attr-defined]


async def test_an_order_is_given_at_once_and_says_why(client: Client, house: House) -> None:
    acme = client.world.acme
    await set_rule(client, enabled=True)
    order = await raised(client, unitId=acme.id("unit1"))
    assert order["status"] == "CREATED", "the resident does not wait for the score"
    await dispatch_orders(house)
    given = await why(client, order["id"])
    assert (given["status"], given["dispatchState"]) == ("ASSIGNED", "OFFERED")
    assert given["assignee"]["id"] == acme.id("tech1_staff"), "the only one on shift"
    assert given["dispatchDueAt"] == "2026-11-22T02:20:00.000000Z", "20 minutes to accept it"
    found = given["whyAssigned"]
    assert (found["outcome"], found["decidedBy"], found["round"]) == ("ASSIGNED", None, 0)
    assert found["score"] == sum(term["points"] for term in found["terms"]) == -36
    assert [(term["code"], term["points"], term["text"]) for term in found["terms"]] == [
        ("PLACE", 8, "in this estate"),
        ("LOAD", -40, "2 units of orders to be done before it"),
        ("FAIRNESS", -4, "2 units given within 24 hours"),
    ]
    left_out = {one["staff"]["id"]: (one["excluded"], one["score"]) for one in found["candidates"][1:]}
    absent = ("NOT_ON_SHIFT", None)
    assert left_out == {acme.id("tech2_staff"): absent, acme.id("cleaner_staff"): absent}
    chinese = (await why(client, order["id"], locale="zh"))["whyAssigned"]
    assert chinese["text"] == "系统派单，得分 -36"
    assert chinese["candidates"][1]["text"] == "不在班"
    # The step is the one that people take, and the house took it.
    assert given["steps"]["nodes"] == [{"verb": "ASSIGN", "staff": None, "assignee": given["assignee"]}]
    assert [entry["actor"] for entry in await audits(house, "workOrder.assign")] == ["job"]
    before = await dump(house)
    await dispatch_orders(house)
    assert await dump(house) == before, "again changes nothing"
    # Whoever it is for sees why; a resident does not, nor what the house is about.
    assert (await why(client, order["id"], "tech1"))["whyAssigned"]["score"] == -36
    own = await why(client, acme.id("order1"), "resident")
    assert (own["whyAssigned"], own["decisions"]["nodes"], own["dispatchState"]) == (None, [], None)


async def test_without_a_rule_people_give_orders(client: Client, house: House) -> None:
    order = await raised(client)
    await dispatch_orders(house)
    assert (await why(client, order["id"]))["status"] == "CREATED"
    assert await owner(house, "SELECT 1 FROM dispatch_call") == []
    # A rule is one's who assigns orders there; what it may say is bounded; once it is on, what waits is given.
    home = {"propertyId": client.world.acme.id("home"), "expectedVersion": 1}
    assert await client.codes(RULE, "desk", input={**home, "enabled": True}) == ["FORBIDDEN"]
    for wish, field in (
        ({"rounds": 0}, "rounds"),
        ({"acceptUrgent": 1441}, "acceptUrgent"),
        ({"loadWeight": 101}, "loadWeight"),
        ({"skillWeight": 0, "placeWeight": 0, "loadWeight": 0, "fairnessWeight": 0}, "loadWeight"),
        ({"expectedVersion": 7}, "expectedVersion"),
        ({"expectedVersion": None}, "expectedVersion"),
    ):
        answer = (await client.data(RULE, "manager", input={**home, **wish}))["x"]
        assert [error["field"] for error in answer["userErrors"]] == [["input", field]], wish
    assert (await set_rule(client, enabled=True, rounds=3))["rounds"] == 3
    await dispatch_orders(house)
    assert (await why(client, order["id"]))["status"] == "ASSIGNED"


async def test_one_effect_with_many_workers_and_people_at_once(client: Client, house: House) -> None:
    acme = client.world.acme
    await set_rule(client, enabled=True)
    orders = [await raised(client, f"漏水 {n}") for n in range(ORDERS)]
    tech2 = {"expectedVersion": 1, "staffId": acme.id("tech2_staff")}

    async def by_hand(order: str) -> str | None:
        answer = await ask(client, "workOrderAssign", "manager", order, **tech2)
        told = [error["code"] for error in answer["data"]["x"]["userErrors"]]
        assert told in ([], ["CONFLICT"])
        return None if told else order

    work = [by_hand(order["id"]) for order in orders[: ORDERS // 2]]
    done: list[Any] = await asyncio.gather(asyncio.gather(*work), *(dispatch_orders(house) for _ in range(6)))
    won: list[str | None] = done[0]
    await dispatch_orders(house)  # what somebody held just then
    for order in orders:
        shown = await why(client, order["id"])
        assert [step["verb"] for step in shown["steps"]["nodes"]] == ["ASSIGN"], "given once, whoever was first"
        outcome = "BY_HAND" if order["id"] in won else "ASSIGNED"
        assert [one["outcome"] for one in shown["decisions"]["nodes"]] == [outcome]
        login = "tech2" if order["id"] in won else "tech1"
        assert shown["assignee"]["id"] == acme.id(f"{login}_staff")
    assert await owner(house, "SELECT 1 FROM dispatch_call") == []
    # Nobody accepts, and nobody else is there: each of them escalates, once.
    later(house, minutes=21)
    await asyncio.gather(*(dispatch_orders(house) for _ in range(6)))
    for order in orders:
        outcomes = [one["outcome"] for one in (await why(client, order["id"]))["decisions"]["nodes"]]
        assert outcomes == ["BY_HAND" if order["id"] in won else "ASSIGNED", "ESCALATED"]
    changes = [json.loads(row["data"])["change"] for row in await owner(house, EVENTS)]
    assert changes.count("ESCALATED") == len(orders)


async def test_a_ticket_that_opens_no_order_gets_one_by_its_category_or_by_hand(client: Client, house: House) -> None:
    home: dict[str, Any] = {"propertyId": client.world.acme.id("home")}
    tickets = []
    for name, opens in (("灯具", False), ("高处", True)):
        wish = {"name": name, "opensWorkOrder": opens, "skill": "plumbing"}
        category = await do(client, "ticketCategoryCreate", "manager", None, **home, **wish)
        wish = {"kind": "INQUIRY", "text": "请来人", "categoryId": category["id"]}
        tickets.append(await do(client, "ticketCreate", "resident", None, **home, **wish))
    assert len(await owner(house, "SELECT 1 FROM work_order WHERE skill = 'plumbing'")) == 1
    assert (await order_of(client, tickets[1]["id"]))["status"] == "CREATED"
    # By hand: once, by who may, with what the category asks for; then the house gives it.
    await set_rule(client, enabled=True)
    ticket, wish = tickets[0]["id"], {"expectedVersion": tickets[0]["version"], "priority": "HIGH"}
    assert await refused(client, "ticketOpenWorkOrder", "resident", ticket, **wish) == "FORBIDDEN"
    assert await refused(client, "ticketOpenWorkOrder", "desk", ticket, expectedVersion=9) == "CONFLICT"
    await do(client, "ticketOpenWorkOrder", "desk", ticket, **wish)
    assert await refused(client, "ticketOpenWorkOrder", "desk", ticket, **wish) == "TICKET_HAS_WORK_ORDER"
    await dispatch_orders(house)
    order = await order_of(client, ticket)
    assert (order["id"], "STUCK", "NOT_ON_SHIFT") in await queue(client), "tech2 does plumbing, and is not here"
    await do(client, "workOrderCancel", "manager", order["id"], expectedVersion=order["version"], note="重复")
    assert order["id"] not in [held for held, *_ in await queue(client)]
    await do(client, "ticketOpenWorkOrder", "desk", ticket, expectedVersion=wish["expectedVersion"])
    assert (await order_of(client, ticket))["number"] != order["number"], "a second one bears a number of its own"


async def test_when_people_give_the_orders_again_the_house_lets_go(client: Client, house: House) -> None:
    rule = await set_rule(client, enabled=True)
    order = await raised(client)
    await dispatch_orders(house)
    await set_rule(client, enabled=False, expectedVersion=rule["version"])
    later(house, minutes=21)
    await dispatch_orders(house)
    shown = await why(client, order["id"])
    assert (shown["status"], shown["dispatchState"], shown["dispatchDueAt"]) == ("ASSIGNED", None, None)
    assert len(shown["decisions"]["nodes"]) == 1, "nobody else was asked"


async def test_who_comes_gets_what_was_waiting(client: Client, house: House) -> None:
    await set_rule(client, enabled=True)
    later(house, hours=7)  # the early shift is over
    order = await raised(client)
    await dispatch_orders(house)
    assert await queue(client) == [(order["id"], "STUCK", "NOT_ON_SHIFT")]
    assert await queue(client, "tech1") == [], "for who reads the Property's orders"
    later(house, seconds=30)
    before = await dump(house)
    await dispatch_orders(house)
    assert await dump(house) == before, "it looks again every minute"
    later(house, minutes=1)
    await dispatch_orders(house)
    assert len((await why(client, order["id"]))["decisions"]["nodes"]) == 1, "the same reason is told once"
    shift = "mutation ($input: ShiftCreateInput!) { shiftCreate(input: $input) { shift { id } } }"
    wish = {"propertyId": client.world.acme.id("home"), "name": "中班", "startsAt": "16:00", "endsAt": "23:00"}
    made = (await client.data(shift, "manager", input=wish))["shiftCreate"]["shift"]["id"]
    await on_shift(client, "tech2", made)
    later(house, minutes=1)
    await dispatch_orders(house)
    shown = await why(client, order["id"])
    assert shown["assignee"]["id"] == client.world.acme.id("tech2_staff")
    assert await queue(client) == []


async def test_who_has_not_checked_in_is_left_out(client: Client, house: House) -> None:
    """Where the rule wants it; whoever comes is looked at with the tap, not with the next round."""
    acme = client.world.acme
    await set_rule(client, enabled=True, needsPresence=True)
    await do(client, "attendanceCheckOut", "tech1", acme.id("stay1"))
    order = await raised(client)
    await dispatch_orders(house)
    assert (order["id"], "STUCK", "ABSENT") in await queue(client)
    await do(client, "attendanceCheckIn", "tech1", None, propertyId=acme.id("home"))
    await dispatch_orders(house)
    assert (await why(client, order["id"]))["assignee"]["id"] == acme.id("tech1_staff")
