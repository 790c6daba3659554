"""A dispatcher's day where the house gives the orders, through GraphQL: what it settles, what it leaves to him."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from resolvers.jobs.dispatch import dispatch_orders
from tests.dispatch import on_shift, queue, raised, set_rule, why
from tests.live.hearing import hears
from tests.live.talk import ORDERS, live_cursor
from tests.work import do

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is."""
    return Limits(ws_ping_seconds=0.1)


async def minutes(house: House, wait: int) -> None:
    """The house looks every second; here when something is due."""
    house.clock.move(timedelta(minutes=wait))  # type: ignore[attr-defined]
    await dispatch_orders(house)


async def step(client: Client, name: str, who: str, order: dict[str, Any], /, **wish: Any) -> None:
    version = (await why(client, order["id"]))["version"]
    await do(client, f"workOrder{name}", who, order["id"], expectedVersion=version, **wish)


async def morning(client: Client, house: House) -> tuple[str, str]:
    """He lets the house give the orders and puts tech2 on the roster beside tech1; both of them."""
    acme = client.world.acme
    await set_rule(client, enabled=True, acceptNormal=15, rounds=2)
    await on_shift(client, "tech2", acme.id("shift"))
    await minutes(house, 0)
    assert await queue(client) == [], "what had been left lying is given"
    return acme.id("tech1_staff"), acme.id("tech2_staff")


async def test_in_the_morning_who_cannot_come_gives_it_back(client: Client, house: House) -> None:
    tech1, tech2 = await morning(client, house)
    # tech1 had an order already, and tech2 just got the one that lay there; now they are equal: the older id.
    tap = await raised(client, "厨房龙头滴水", unitId=client.world.acme.id("unit2"))
    await minutes(house, 1)
    assert (await why(client, tap["id"]))["assignee"]["id"] == tech1
    await step(client, "Decline", "tech1", tap, note="在电梯里")
    await minutes(house, 0)
    given = await why(client, tap["id"])
    assert given["assignee"]["id"] == tech2
    excluded = {one["staff"]["id"]: one["excluded"] for one in given["whyAssigned"]["candidates"]}
    assert excluded == {tech2: None, tech1: "DECLINED", client.world.acme.id("cleaner_staff"): "NOT_ON_SHIFT"}
    await step(client, "Accept", "tech2", tap)
    await minutes(house, 60)
    assert (await why(client, tap["id"]))["dispatchState"] is None, "who has accepted is left alone"
    # It is found wanting: it goes through the house again, from the start, and everybody may be asked.
    for name, wish in (("Start", {}), ("Complete", {"result": "换了垫圈"})):
        await step(client, name, "tech2", tap, **wish)
    await step(client, "Verify", "desk", tap)
    await step(client, "Reopen", "manager", tap, note="又滴水")
    assert (await why(client, tap["id"]))["whyAssigned"] is None
    await minutes(house, 1)
    again = (await why(client, tap["id"]))["whyAssigned"]
    assert (again["outcome"], again["round"]) == ("ASSIGNED", 0)
    assert [one["excluded"] for one in again["candidates"]] == [None, None, "NOT_ON_SHIFT"]


async def test_at_noon_nobody_reacts_and_he_is_told(live: Live, house: House) -> None:
    client = live.client
    tech1, tech2 = await morning(client, house)
    cursor = await live_cursor(client)
    lamp = await raised(client, "楼道灯不亮")
    await minutes(house, 1)
    first = (await why(client, lamp["id"]))["assignee"]["id"]
    await minutes(house, 14)
    assert (await why(client, lamp["id"]))["assignee"]["id"] == first, "there is a minute left"
    await minutes(house, 1)
    second = await why(client, lamp["id"])
    assert {first, second["assignee"]["id"]} == {tech1, tech2}
    assert second["whyAssigned"]["candidates"][1]["excluded"] == "NOT_ACCEPTED"
    await minutes(house, 15)
    assert (lamp["id"], "ESCALATED", "NOT_ACCEPTED") in await queue(client)
    held = await why(client, lamp["id"])
    told = held["decisions"]["nodes"][-1]
    assert (told["outcome"], told["staff"]["id"], told["round"]) == ("ESCALATED", tech1, 2), "who leads their team"
    heard = await hears(live, "manager", ORDERS, cursor, await live_cursor(client))
    changes = [payload["data"]["workOrderChanged"] for payload in heard]
    assert [one["change"] for one in changes if one["workOrder"]["id"] == lamp["id"]] == [
        "CREATED", "ASSIGNED", "ASSIGNED", "ESCALATED",
    ]  # fmt: skip
    await minutes(house, 15)
    assert (await why(client, lamp["id"]))["decisions"] == held["decisions"], "once"
    # He calls tech2 and gives it by hand: the order says who decided, and the house gives it to nobody else.
    await step(client, "Assign", "manager", lamp, staffId=tech2, note="已电话联系")
    assert lamp["id"] not in [order for order, *_ in await queue(client)]
    by_hand = (await why(client, lamp["id"]))["whyAssigned"]
    assert by_hand["decidedBy"]["id"] == client.world.acme.id("manager_staff")
    assert (by_hand["outcome"], by_hand["score"], by_hand["candidates"]) == ("BY_HAND", None, [])
    await minutes(house, 15)
    assert (await why(client, lamp["id"]))["assignee"]["id"] == tech2
    assert (lamp["id"], "ESCALATED", "NOT_ACCEPTED") in await queue(client), "but he is told again"
    await step(client, "Accept", "tech2", lamp)
    assert lamp["id"] not in [order for order, *_ in await queue(client)]


async def test_in_the_evening_what_comes_in_is_his(client: Client, house: House) -> None:
    await morning(client, house)
    await minutes(house, 7 * 60)
    leak = await raised(client, "水管爆裂")
    await minutes(house, 0)
    assert (leak["id"], "STUCK", "NOT_ON_SHIFT") in await queue(client)
    await minutes(house, 15)
    assert (leak["id"], "ESCALATED", "NOT_ON_SHIFT") in await queue(client)
    assert (await why(client, leak["id"]))["escalatedAt"] is not None
    await step(client, "Cancel", "manager", leak, note="已转外包")
    assert leak["id"] not in [order for order, *_ in await queue(client)]
