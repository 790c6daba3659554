"""What is asked: six operations, each with the documents of those who answer it and the variables of many requests.

The contract of the product, PostGraphile's generated one and the hand-written one of the other peers ask for the same
rows and values. `normal` brings an answer to one form: plain keys, fen, UTC.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import strip_ignored_characters

from schema.base import encode
from schema.base.node import split

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    import asyncpg

VARIETY = 200
"""How many different requests of an operation: none is asked so often that a cache of answers would pay."""


def documents(name: str) -> dict[str, str]:
    """The operations of a file beside this one, each by its name. Insignificant space is taken out, as clients do."""
    text = Path(__file__).with_name(f"{name}.graphql").read_text()
    parts = [strip_ignored_characters(part) for part in text.split("\n\n")]
    return {part.partition(" ")[2].partition("(")[0]: part for part in parts}


PRODUCT, POSTGRAPHILE, PEERS = documents("product"), documents("postgraphile"), documents("peers")
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
