"""The price list: documents and what they cost, by hand."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import get_named_type
from graphql.language import OperationDefinitionNode, parse

from schema import build_schema
from schema.base.field import ToManySpec
from schema.base.resolver import page_size
from schema.http.cost import Cost

SCHEMA = build_schema()._schema
TREE = "placeTree { id entrances { id units { number } } }"
LISTED = "properties(first: 10) { nodes { id } pageInfo { endCursor } }"
TICKETS = "query ($n: Int = 3, $w: Boolean = false) { tickets(propertyId: 1, first: $n) { nodes { id %s } } }"

PRICES: list[tuple[str, dict[str, Any], int]] = [
    ("{ viewer { roles } }", {}, 1),
    ("{ __typename }", {}, 1),
    ("{ viewer { account { login } } }", {}, 2),
    ("{ properties { nodes { id } } }", {}, 20),
    (f"{{ {LISTED} }}", {}, 10),
    (f"{{ {LISTED} ...F }} fragment F on Query {{ {LISTED} }}", {}, 10),  # twice the same: once
    (f"{{ {LISTED} b: {LISTED} }}", {}, 20),
    ("{ properties(last: 7) { edges { cursor node { id } } } }", {}, 7),
    ("{ properties(first: 0) { nodes { id } } }", {}, 1),
    ("{ properties(first: 100000) { nodes { id } } }", {}, 100),  # refused where it is read; no more than its page
    ("{ properties(first: -5) { nodes { id } } }", {}, 1),
    ("{ properties { pageInfo { hasNextPage } } }", {}, 1),
    ('{ property(id: "x") { ' + TREE + " } }", {}, 1 + 1_000),
    ("{ properties(first: 2) { nodes { " + TREE + " } } }", {}, 2 * (1 + 1_000)),
    ("{ tickets(propertyId: 1, first: 10) { nodes { photos { id } } } }", {}, 10 + 9),  # 0.1 of nine photos each
    ("{ tickets(propertyId: 1, first: 500) { nodes { workOrders(first: 100) { nodes { id } } } } }", {}, 500 * 101),
    ("{ tickets(propertyId: 1, first: 5) { nodes { workOrders(first: 4) { nodes { assignee { id } } } } } }", {}, 45),
    ("{ bills(propertyId: 1, first: 10) { nodes { total { amount } } } }", {}, 10),  # money is the bill's own
    (TICKETS % "", {}, 3),
    (TICKETS % "", {"n": 50}, 50),
    (TICKETS % "", {"n": None}, 20),
    (TICKETS % "", {"n": 10**30}, 500),
    (TICKETS % "", {"n": "x"}, 500),
    (TICKETS % "", {"n": -1}, 1),
    (TICKETS % "workOrders(first: $n) { nodes { id } }", {"n": 30}, 30 * 31),
    (TICKETS % "property @include(if: $w) { id }", {}, 3),
    (TICKETS % "property @include(if: $w) { id }", {"w": True}, 6),
    (TICKETS % "property @skip(if: $w) { id }", {"w": True}, 3),
    (TICKETS % "property @skip(if: true) { id }", {}, 3),
    (TICKETS % "...F @include(if: $w) } } } fragment F on Ticket { unit { building { id", {"w": True}, 9),
    ('{ node(id: "x") { id ... on Ticket { property { id } } ... on Bill { unit { id } } } }', {}, 3),
    ("mutation { ticketCreate(input: 1) { ticket { id } userErrors { code } } }", {}, 2),
    ("subscription { workOrderChanged(propertyId: 1) { cursor workOrder { id ticket { id } } } }", {}, 3),
]


@pytest.mark.parametrize(("text", "variables", "price"), PRICES)
def test_a_document_costs_the_objects_that_it_asks_for(text: str, variables: dict[str, Any], price: int) -> None:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert Cost(SCHEMA, document, operation).of(variables) == price


def test_every_connection_declares_its_page() -> None:
    """Or its cost could not be told."""
    unknown = []
    for kind in SCHEMA.type_map.values():
        for name, field in getattr(kind, "fields", {}).items():
            if "edges" not in getattr(get_named_type(field.type), "fields", {}):
                continue
            spec = getattr(field.extensions.get("strawberry-definition"), "metadata", {}).get("house")
            if not isinstance(spec, ToManySpec) and page_size(field) is None:
                unknown.append(f"{kind.name}.{name}")
    assert unknown == []


def test_a_cost_of_many_fragments_is_a_number() -> None:
    """Doubling fragments are refused by the count of fields; what passes that is cheap to count."""
    inner = "query ($n: Int) { properties(first: $n) { nodes { " + "tickets: id " * 100 + "} } }"
    document = parse(inner)
    assert Cost(SCHEMA, document, document.definitions[0]).of({"n": 100}) == 100  # type: ignore[arg-type]
