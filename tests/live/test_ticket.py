"""Tickets live: a resident hears of the own ones, staff of those of their Property, a technician of orders only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.settings import Limits
from tests.live.hearing import hears
from tests.live.talk import live_cursor

if TYPE_CHECKING:
    from tests.conftest import Live

TICKETS = """subscription Tickets($property: ID!, $after: Cursor) {
  ticketChanged(propertyId: $property, after: $after) { cursor change status version ticket { id } }
}"""
COMMENT = """mutation ($id: ID!, $text: String!, $internal: Boolean!) {
  ticketComment(id: $id, input: { text: $text, internal: $internal }) { userErrors { code } }
}"""


@pytest.fixture
def limits() -> Limits:
    """Pings are how a test learns where a follower is; a user may have many sockets."""
    return Limits(ws_ping_seconds=0.1, ws_sockets_per_user=50)


async def test_who_hears_of_a_ticket(live: Live) -> None:
    """What is said to the resident, and what staff say among themselves."""
    ticket = live.client.world.acme.id("ticket0")
    start = await live_cursor(live.client)
    for internal in (False, True):
        said = await live.client.data(COMMENT, "manager", id=ticket, text="明天上午来", internal=internal)
        assert said["ticketComment"]["userErrors"] == []
    last = await live_cursor(live.client)
    for who, tenant, expected in (
        ("manager", "acme", 2),
        ("chief", "acme", 2),
        ("resident", "acme", 1),
        ("neighbour", "acme", 0),
        ("tech1", "acme", 0),
        ("cashier", "acme", 0),
        ("away_manager", "acme", 0),
        ("chief", "rival", 0),
    ):
        found = await hears(live, who, TICKETS, start, last, getattr(live.client.world, tenant))
        assert [payload["data"]["ticketChanged"]["change"] for payload in found] == expected * ["COMMENTED"], who
        assert all(payload["data"]["ticketChanged"]["ticket"] == {"id": ticket} for payload in found)
