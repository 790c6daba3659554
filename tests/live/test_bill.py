"""Bills live: on the streams of the accounts behind those who see the bill as residents."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from tests.dump import rewrite
from tests.factories.world import NOW
from tests.live.talk import codes as error_codes
from tests.live.websocket import talk
from tests.money import Till, made
from tests.visible.furnish import Furnisher

if TYPE_CHECKING:
    from tests.conftest import Live

BILLS = """subscription Bills($after: Cursor) { billChanged(after: $after) {
    cursor change fromStatus toStatus version amount { amount } openAmount { amount } bill { id version } } }"""
CURSOR = "{ viewer { account { id liveCursor } } }"


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is."""
    return Limits(ws_ping_seconds=0.1, ws_sockets_per_user=50)


async def cursor(live: Live, who: str) -> str:
    """Where the account's own stream stands."""
    found: str = (await live.client.data(CURSOR, who))["viewer"]["account"]["liveCursor"]
    return found


async def heard(live: Live, who: str, after: str) -> list[dict[str, Any]]:
    """All that `who` hears after a cursor, up to now."""
    last = await cursor(live, who)
    found: list[dict[str, Any]] = []
    async with talk(live.websocket_url, live.client.world.acme.token(who)) as socket:
        await socket.subscribe("1", BILLS, after=after)
        while True:
            message = await socket.receive()
            if message["type"] == "ping":
                await socket.send("pong")
                if message["payload"]["cursors"].get("1") == last:
                    return found
            else:
                assert message["type"] == "next", message
                assert "errors" not in message["payload"], message
                found.append(message["payload"]["data"]["billChanged"])


def told(event: dict[str, Any]) -> tuple[Any, ...]:
    """What an event says of itself."""
    amounts = (event["amount"]["amount"], event["openAmount"]["amount"])
    return (event["change"], event["fromStatus"], event["toStatus"], event["version"], *amounts)


async def test_the_life_of_a_bill(live: Live) -> None:
    till = Till(live.client)
    start = {who: await cursor(live, who) for who in ("resident", "neighbour", "manager")}
    bill = made(await till.bill())
    payment = made(await till.pay("40.00", billIds=[bill["id"]]))
    made(await till.credit(bill["id"], "10.00", version=2))
    made(await till.pay("50.00", billIds=[bill["id"]]))
    made(await till.reverse(payment["id"]))
    events = await heard(live, "resident", start["resident"])
    assert [told(event) for event in events] == [
        ("ISSUED", None, "OPEN", 1, "100.00", "100.00"),
        ("PARTLY_PAID", "OPEN", "PARTLY_PAID", 2, "100.00", "60.00"),
        ("CREDITED", "PARTLY_PAID", "PARTLY_PAID", 3, "90.00", "50.00"),
        ("PAID", "PARTLY_PAID", "PAID", 4, "90.00", "0.00"),
        ("REOPENED", "PAID", "PARTLY_PAID", 5, "90.00", "40.00"),
    ]
    assert all(event["bill"] == {"id": bill["id"], "version": 5} for event in events), "as it is at delivery"
    assert await heard(live, "resident", events[2]["cursor"]) == events[3:]
    for who in ("neighbour", "manager"):  # who is not concerned, and staff: they read lists
        assert await heard(live, who, start[who]) == []


async def test_a_household_hears_of_the_bills_it_shares_while_it_is_one(live: Live) -> None:
    acme, keys = live.client.world.acme, live.client.world.acme.keys
    add = Furnisher(live.house, acme, 900)
    place = {"property_id": keys["home"], "building_id": keys["building"], "unit_id": keys["unit0"]}
    held = {"kind": "FAMILY", "move_in_on": date(2026, 1, 1), "move_out_on": None, "updated_at": NOW, "version": 1}
    await add.insert("moved_in", "occupancy", "Occupancy", person_id=keys["neighbour_person"], **place, **held)
    start = await cursor(live, "neighbour")
    till = Till(live.client)
    bill = made(await till.bill())
    (event,) = await heard(live, "neighbour", start)
    assert (event["change"], event["bill"]["id"]) == ("ISSUED", bill["id"])
    await rewrite(live.house, "UPDATE occupancy SET move_out_on = '2026-11-01' WHERE id = $1", keys["moved_in"])
    made(await till.pay("1.00", billIds=[bill["id"]]))
    assert await cursor(live, "neighbour") == event["cursor"], "nothing is written for who has left"
    assert await heard(live, "neighbour", start) == [], "nor is what was written heard again"


async def test_nobody_follows_another_account(live: Live) -> None:
    """The stream is the viewer's own: another's cursor is none of it, and nobody is told where another's stands."""
    acme = live.client.world.acme
    other = await cursor(live, "neighbour")
    async with talk(live.websocket_url, acme.token("resident")) as socket:
        await socket.subscribe("1", BILLS, after=other)
        assert error_codes(await socket.errors("1")) == ["BAD_USER_INPUT"]
    async with talk(live.websocket_url, None) as socket:
        await socket.subscribe("1", BILLS)
        assert error_codes(await socket.errors("1")) == ["UNAUTHENTICATED"]
    shown = await live.client.data(f'{{ account(id: "{acme.id("resident")}") {{ login liveCursor }} }}', "chief")
    assert shown["account"] == {"login": "resident", "liveCursor": None}
