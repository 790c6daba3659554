"""What is asked: six operations, each with the documents of those who answer it and the variables of many requests.

The contract of the product, PostGraphile's generated one and the hand-written one of the other peers ask for the same
rows and values. `normal` brings an answer to one form: plain keys, fen, UTC.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from schema.base import encode
from schema.base.node import split

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    import asyncpg

SCALARS = "id number kind category text status priority appointmentAt createdAt updatedAt"
FEWER = "id number kind category status priority createdAt updatedAt"
PASSAGE = "id direction method result reason occurredAt"
VARIETY = 200
"""How many different requests of an operation: none is asked so often that a cache of answers would pay."""

PRODUCT = {
    "tiny": "query ($id: ID!) { ticket(id: $id)"
    " { id number status property { id name } unit { id number } reporter { id name } } }",
    "page": "query ($property: ID!) { tickets(propertyId: $property, first: 50) { nodes"
    f" {{ {SCALARS} property {{ id name }} unit {{ id number }} reporter {{ id name }} }} }} }}",
    "nested": "query ($property: ID!) { units(propertyId: $property, first: 20) { nodes { id number floor status"
    " occupancies(first: 5) { nodes { kind person { id name } } }"
    " bills(last: 12) { nodes { id number periodFrom dueOn status amount { amount }"
    " lines(first: 10) { nodes { description amount { amount } } } } } } } }",
    "bulk": f"query ($property: ID!) {{ tickets(propertyId: $property, first: 500) {{ nodes {{ {FEWER} }} }} }}",
    "log": "query ($property: ID!, $gate: ID!, $after: Cursor) { accessEvents(propertyId: $property, order: OLDEST,"
    f" filter: {{gateId: $gate}}, first: 100, after: $after) {{ nodes {{ {PASSAGE} }}"
    " pageInfo { hasNextPage endCursor } } }",
    "create": "mutation ($property: ID!, $unit: ID!, $category: String!, $text: String!) { ticketCreate(input:"
    " {propertyId: $property, unitId: $unit, kind: REPAIR, category: $category, text: $text})"
    " { ticket { category text status property { id name } unit { id number } } userErrors { code } } }",
}

POSTGRAPHILE = {
    "tiny": "query ($id: UUID!) { ticket: ticketByRowId(rowId: $id) { id: rowId number status"
    " property: propertyByPropertyId { id: rowId name } unit: unitByUnitId { id: rowId number }"
    " reporter: personByReporterId { id: rowId name } } }",
    "page": "query ($property: UUID!) { tickets: allTickets(condition: {propertyId: $property}, orderBy: ROW_ID_DESC,"
    f" first: 50) {{ nodes {{ {SCALARS.replace('id ', 'id: rowId ', 1)} property: propertyByPropertyId"
    " { id: rowId name } unit: unitByUnitId { id: rowId number } reporter: personByReporterId { id: rowId name } } } }",
    "nested": "query ($property: UUID!) { units: allUnits(condition: {propertyId: $property}, orderBy: ROW_ID_ASC,"
    " first: 20) { nodes { id: rowId number floor status"
    " occupancies: occupanciesByUnitId(first: 5) { nodes { kind person: personByPersonId { id: rowId name } } }"
    " bills: billsByUnitId(first: 12, orderBy: ROW_ID_DESC) { nodes { id: rowId number periodFrom dueOn status amount"
    " lines: billLinesByBillId(first: 10) { nodes { description amount } } } } } } }",
    "bulk": "query ($property: UUID!) { tickets: allTickets(condition: {propertyId: $property}, orderBy: ROW_ID_DESC,"
    f" first: 500) {{ nodes {{ {FEWER.replace('id ', 'id: rowId ', 1)} }} }} }}",
    "log": "query ($gate: UUID!, $after: Cursor) { accessEvents: allAccessEvents(condition: {gateId: $gate},"
    f" orderBy: ROW_ID_ASC, first: 100, after: $after) {{ nodes {{ {PASSAGE.replace('id ', 'id: rowId ', 1)} }}"
    " pageInfo { hasNextPage endCursor } } }",
    "create": "mutation ($property: UUID!, $unit: UUID!, $category: String!, $text: String!) { ticketCreate: ticketRaise"
    "(input: {property: $property, unit: $unit, category: $category, words: $text}) { ticket: result { category text status"
    " property: propertyByPropertyId { id: rowId name } unit: unitByUnitId { id: rowId number } } } }",
}

PEERS = {
    "tiny": PRODUCT["tiny"],
    "page": f"query ($property: ID!) {{ tickets(propertyId: $property, first: 50) {{ {SCALARS}"
    " property { id name } unit { id number } reporter { id name } } }",
    "nested": "query ($property: ID!) { units(propertyId: $property, first: 20) { id number floor status"
    " occupancies { kind person { id name } } bills(last: 12) { id number periodFrom dueOn status amount"
    " lines { description amount } } } }",
    "bulk": f"query ($property: ID!) {{ tickets(propertyId: $property, first: 500) {{ {FEWER} }} }}",
    "log": f"query ($gate: ID!, $after: ID!) {{ accessEvents(gateId: $gate, after: $after, first: 100) {{ {PASSAGE} }} }}",
    "create": "mutation ($property: ID!, $unit: ID!, $category: String!, $text: String!) { ticketCreate(propertyId:"
    " $property, unitId: $unit, category: $category, text: $text) { category text status property { id name }"
    " unit { id number } } }",
}
OPERATIONS = tuple(PRODUCT)


@dataclass(frozen=True)
class Keys:
    """Rows to ask for; the same each time."""

    tickets: list[UUID]
    properties: list[UUID]
    passages: list[tuple[UUID, UUID, UUID]]  # property, gate, the passage before the page
    homes: list[tuple[UUID, UUID]]  # property, unit: of the last estate, which nobody reads


async def choose(connection: asyncpg.Connection) -> Keys:
    """Tickets and gates of all the data, passages of its middle."""
    chance = random.Random(7)  # the same requests in each run
    estates = [row["id"] for row in await connection.fetch("SELECT id FROM property ORDER BY id")]
    tickets = [row["id"] for row in await connection.fetch("SELECT id FROM ticket ORDER BY id")]
    middle = await connection.fetch(
        "SELECT property_id, gate_id, id FROM access_event WHERE id > (SELECT id FROM access_event ORDER BY id"
        " OFFSET (SELECT count(*) FROM access_event) / 2 LIMIT 1) ORDER BY id LIMIT $1",
        VARIETY,
    )
    homes = await connection.fetch("SELECT property_id, id FROM unit WHERE property_id = $1 ORDER BY id", estates[-1])
    return Keys(
        chance.sample(tickets, VARIETY),
        estates[:-1],
        [(row["property_id"], row["gate_id"], row["id"]) for row in middle],
        [(row["property_id"], row["id"]) for row in homes[:VARIETY]],
    )


def variables(operation: str, keys: Keys, name: Callable[[str, UUID], str]) -> list[dict[str, str]]:
    """The variables of each request; `name` is how a contender writes an id of a type. Cursors are given as keys."""
    match operation:
        case "tiny":
            return [{"id": name("Ticket", key)} for key in keys.tickets]
        case "log":
            return [
                {"property": name("Property", estate), "gate": name("Gate", gate), "after": str(after)}
                for estate, gate, after in keys.passages
            ]
        case "create":
            return [
                {
                    "property": name("Property", estate),
                    "unit": name("Unit", home),
                    "category": "水管",
                    "text": "厨房水管漏水，已经关了总阀，请尽快安排师傅上门查看",
                }
                for estate, home in keys.homes
            ]
    return [{"property": name("Property", key)} for key in keys.properties]


def node_id(type_: str, key: UUID) -> str:
    """The product's ids."""
    return encode(type_, key)


def plain_id(_type: str, key: UUID) -> str:
    """Everybody else's."""
    return str(key)


def normal(value: Any, name: str = "") -> Any:
    """An answer in the one form: lists for connections, hexadecimal keys, fen, instants in UTC; no page info."""
    if isinstance(value, dict):
        if "nodes" in value:
            return normal(value["nodes"], name)
        if set(value) == {"amount"} and isinstance(value["amount"], str):  # the product's Money
            return round(float(value["amount"]) * 100)
        found = {key: normal(item, key) for key, item in value.items() if key not in ("pageInfo", "userErrors")}
        return next(iter(found.values())) if set(found) == {"ticket"} and name == "ticketCreate" else found
    if isinstance(value, list):
        rows = [normal(item, name) for item in value]
        return sorted(rows, key=lambda row: row["id"]) if name == "bills" else rows
    return _scalar(value, name)


def _scalar(value: Any, name: str) -> Any:
    if value is None:
        return None
    if name == "id":
        key = split(value)[1] if "-" not in value else None
        return key.hex if key else value.replace("-", "")
    if name.endswith("At"):
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    if name in ("periodFrom", "dueOn"):
        return value[:10]
    return int(value) if name == "amount" else value
