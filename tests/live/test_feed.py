"""Both subscriptions through the real endpoint: who hears what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from tests.live.hearing import hears
from tests.live.talk import (
    ACCEPT,
    ACCESS,
    ASSIGN,
    ORDERS,
    TICKET,
    live_cursor,
    pass_gate,
    reasons,
)

if TYPE_CHECKING:
    from tests.conftest import Live


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is; a user may have many sockets."""
    return Limits(ws_ping_seconds=0.1, ws_sockets_per_user=50)


async def step(live: Live, document: str, who: str, order: str, **wish: Any) -> None:
    """One step of an order; it must succeed."""
    (answer,) = (await live.client.data(document, who, id=live.client.world.acme.id(order), input=wish)).values()
    assert answer["userErrors"] == []


async def test_who_hears_of_an_attempt(live: Live) -> None:
    acme = live.client.world.acme
    start = await live_cursor(live.client)
    await pass_gate(live.client, 1, personId=acme.id("resident_person"))
    await pass_gate(live.client, 2, personId=acme.id("neighbour_person"))
    await pass_gate(live.client, 3)
    last = await live_cursor(live.client)
    for who, tenant, expected in (
        ("control", "acme", [1, 2, 3]),
        ("manager", "acme", [1, 2, 3]),
        ("chief", "acme", [1, 2, 3]),
        ("resident", "acme", [1]),
        ("neighbour", "acme", [2]),
        ("tech1", "acme", []),
        ("away_manager", "acme", []),
        ("away_resident", "acme", []),
        ("chief", "rival", []),
        ("control", "rival", []),
        ("resident", "rival", []),
    ):
        found = await hears(live, who, ACCESS, start, last, getattr(live.client.world, tenant))
        assert reasons(found) == expected, f"{tenant} {who}"
        assert all("errors" not in payload for payload in found)


async def test_who_hears_of_a_step(live: Live) -> None:
    acme = live.client.world.acme
    start = await live_cursor(live.client)
    await step(live, ASSIGN, "manager", "order0", expectedVersion=1, staffId=acme.id("tech2_staff"))
    await step(live, ACCEPT, "tech1", "order1", expectedVersion=1)
    await step(live, ASSIGN, "manager", "order0", expectedVersion=2, staffId=acme.id("tech1_staff"))
    unit = {"propertyId": acme.id("home"), "unitId": acme.id("unit1"), "kind": "REPAIR", "category": "x", "text": "y"}
    answer = await live.client.data(TICKET, "neighbour", input=unit)
    assert answer["ticketCreate"]["userErrors"] == []
    last = await live_cursor(live.client)
    everything = [("ASSIGNED", 2), ("ACCEPTED", 2), ("ASSIGNED", 3), ("CREATED", 1)]
    for who, tenant, expected in (
        ("control", "acme", everything),
        ("manager", "acme", everything),
        ("resident", "acme", everything[:3]),
        ("neighbour", "acme", everything[3:]),
        ("tech1", "acme", everything[1:3]),
        ("tech2", "acme", [everything[0], everything[2]]),  # also the step that takes the order away
        ("away_manager", "acme", []),
        ("chief", "rival", []),
        ("resident", "rival", []),
        ("tech1", "rival", []),
    ):
        found = await hears(live, who, ORDERS, start, last, getattr(live.client.world, tenant))
        steps = [payload["data"]["workOrderChanged"] for payload in found]
        assert [(event["change"], event["version"]) for event in steps] == expected, f"{tenant} {who}"


async def test_only_one_gate(live: Live) -> None:
    tenant = live.client.world.acme
    start = await live_cursor(live.client)
    await pass_gate(live.client, 1, 3)
    await pass_gate(live.client, 2, gateId=tenant.id("gate1"))
    last = await live_cursor(live.client)
    for gate, expected in (("gate1", [2]), ("gate0", [1, 3]), ("gate2", [])):
        found = await hears(live, "control", ACCESS, start, last, gate=tenant.id(gate))
        assert reasons(found) == expected


async def test_the_streams_of_two_properties_are_apart(live: Live) -> None:
    tenant = live.client.world.acme
    start = await live_cursor(live.client, "chief", "away")
    await pass_gate(live.client, 1)
    assert await live_cursor(live.client, "chief", "away") == start
    opening = "mutation ($id: ID!, $input: GateOpenInput!) { gateOpen(id: $id, input: $input) { userErrors { code } } }"
    await step(live, opening, "chief", "away_gate", reason="99")
    last = await live_cursor(live.client, "chief", "away")
    found = await hears(live, "chief", ACCESS, start, last, property=tenant.id("away"))
    assert reasons(found) == [99]
