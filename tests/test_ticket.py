"""Tickets through the public endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.client import Client

CREATE = """mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) {
    ticket { id number status kind text reporter { name } workOrders { nodes { id status version } } }
    userErrors { code field message } } }"""


async def test_a_resident_raises_a_repair_and_its_order_opens(client: Client) -> None:
    acme = client.world.acme
    answer = await client.data(
        CREATE,
        "resident",
        input={
            "propertyId": acme.id("home"),
            "unitId": acme.id("unit0"),
            "kind": "REPAIR",
            "category": "水管",
            "text": "漏水",
        },
    )
    ticket = answer["ticketCreate"]["ticket"]
    assert answer["ticketCreate"]["userErrors"] == []
    assert ticket["status"] == "OPEN"
    assert ticket["reporter"]["name"] == "acme resident"
    assert [order["status"] for order in ticket["workOrders"]["nodes"]] == ["CREATED"]
