"""Bad input never breaks it: seeded mutations of requests, random documents, malformed messages; never a 5xx."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from graphql import GraphQLInputType, GraphQLSchema, get_named_type, is_leaf_type, print_ast
from graphql.language import parse

from models.errors import ErrorCode
from schema import build_schema
from tests.client import passage
from tests.faults import FULL
from tests.test_ingest import attempt, seen
from tests.test_ticket import CREATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from tests.client import Client
    from tests.factories.world import Tenant

REQUESTS, DOCUMENTS = (25_000, 2_500) if FULL else (300, 150)  # on each database
SEED = int(os.environ.get("SEED", "20261122"))
OURS = {code.value for code in ErrorCode} - {"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT"}
ODD_NUMBERS: list[Any] = [0, -1, 2**31, 2**63, 1e308, 0.1]
ODD: list[Any] = [*ODD_NUMBERS, None, True, "", "\0", "x", "水" * 300, "-1", [], {}, [[]], [None], {"a": 1}, "RElWOg"]


def faults(response: httpx.Response) -> list[str]:
    """What is wrong with an answer, whatever was asked."""
    if response.status_code >= 500:
        return [f"status {response.status_code}"]
    if "json" not in response.headers.get("content-type", ""):
        return [f"content type {response.headers.get('content-type')}"]
    answer = response.json()
    errors = answer.get("errors", []) + [result["error"] for result in answer.get("results", []) if "error" in result]
    if not errors and response.status_code >= 400:
        return ["a refusal without errors"]
    codes = [error["extensions"]["code"] for error in errors]
    return [f"code {code}" for code in codes if code not in OURS]


def requests(tenant: Tenant) -> list[tuple[str, dict[str, Any]]]:
    """Requests that are right, to be broken."""
    place = tenant.id("home")
    ticket = {"propertyId": place, "unitId": tenant.id("unit0"), "kind": "REPAIR", "category": "水", "text": "漏"}
    page = "query Q($p: ID!, $n: Int, $a: Cursor) { tickets(propertyId: $p, first: $n, after: $a) { nodes { id } } }"
    sign_in = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token userErrors { code } } }"
    upload = "mutation ($file: Upload!) { fileUpload(file: $file) { file { id } userErrors { code } } }"
    return [
        ("/graphql", {"query": CREATE, "variables": {"input": {**ticket, "photoIds": [], "appointmentAt": None}}}),
        ("/graphql", {"query": page, "variables": {"p": place, "n": 5, "a": None}, "operationName": "Q"}),
        ("/graphql", {"query": f'{{ node(id: "{place}") {{ id ... on Property {{ liveCursor }} }} }}'}),
        (
            "/graphql",
            {"query": sign_in, "variables": {"input": {"organization": "acme", "login": "a", "password": "b"}}},
        ),
        ("/graphql", {"query": upload, "variables": {"file": "x"}}),
        ("/ingest/events", {"messages": [passage(tenant, 1), passage(tenant, 2, type="gateState", state="OPEN")]}),
    ]


def reshaped(chance: random.Random, value: Any) -> Any:
    """The same JSON with one place replaced, removed or doubled."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        if chance.random() < 0.1:
            return {name: item for name, item in value.items() if name != key}
        return {**value, key: reshaped(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.7:
        n = chance.randrange(len(value))
        return [*value[:n], reshaped(chance, value[n]), *value[n:]]
    if isinstance(value, str) and value and chance.random() < 0.5:
        n = chance.randrange(len(value))
        return (
            value[:n] + chance.choice(["", "{", "}", '"', "$", "\0", "\ud7ff", "...", "水", "9" * 20]) + value[n + 1 :]
        )
    return chance.choice(ODD)


def flipped(chance: random.Random, content: bytes) -> bytes:
    """The same bytes, some of them changed, cut or doubled."""
    broken = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        n = chance.randrange(len(broken))
        match chance.randrange(4):
            case 0:
                broken[n] ^= 1 << chance.randrange(8)
            case 1:
                del broken[n : n + chance.randint(1, 20)]
            case 2:
                broken[n:n] = broken[n : n + 40]
            case _:
                broken[n] = chance.randrange(256)
        broken = broken or bytearray(b"{")
    return bytes(broken)


class Writer:
    """Writes random documents that fit the schema, with arguments that often do not."""

    def __init__(self, schema: GraphQLSchema, chance: random.Random, ids: list[str]) -> None:
        self._schema = schema
        self._chance = chance
        self._ids = ids

    def document(self) -> str:
        """A query or a mutation; often syntactically right."""
        kind = self._chance.choice(["query", "query", "mutation"])
        root = self._schema.query_type if kind == "query" else self._schema.mutation_type
        text = f"{kind} {{ {self._fields(root, 0)} }}"
        return print_ast(parse(text)) if self._chance.random() < 0.5 else text

    def _fields(self, kind: Any, depth: int) -> str:
        names = self._chance.sample(sorted(kind.fields), min(len(kind.fields), self._chance.randint(1, 3)))
        return " ".join(self._field(name, kind.fields[name], depth) for name in names)

    def _field(self, name: str, field: Any, depth: int) -> str:
        shown = [
            f"{key}: {self._value(argument.type, 0)}"
            for key, argument in field.args.items()
            if self._chance.random() < 0.7
        ]
        arguments = f"({', '.join(shown)})" if shown else ""
        named = get_named_type(field.type)
        if is_leaf_type(named):
            return f"{name}{arguments}"
        return f"{name}{arguments} {{ __typename {self._fields(named, depth + 1) if depth < 5 else ''} }}"

    def _value(self, kind: GraphQLInputType, depth: int) -> str:
        named: Any = get_named_type(kind)
        if self._chance.random() < 0.1 or depth > 3:
            return self._chance.choice(["null", "1", '"x"', "[]", "{}", "true", "1e400", "NONE", "-99999999999"])
        if hasattr(named, "values"):
            value = self._chance.choice(sorted(named.values))
        elif hasattr(named, "fields"):
            value = "{ " + ", ".join(f"{k}: {self._value(f.type, depth + 1)}" for k, f in named.fields.items()) + " }"
        else:
            texts = ['"2026-11-22T10:00:00Z"', '"0001-01-01T00:00:00+14:00"', '"2026-02-30"', '"水"', "5", "true"]
            value = self._chance.choice([*texts, *(f'"{id_}"' for id_ in self._ids)] if named.name != "ID" else
                                        [f'"{id_}"' for id_ in self._ids])  # fmt: skip
        return f"[{value}]" if str(kind).startswith("[") else value


@pytest.fixture
def chance() -> random.Random:
    """Chance from the printed seed."""
    print("SEED", SEED)
    return random.Random(SEED)


def broken(chance: random.Random, tenant: Tenant) -> Iterator[tuple[str, bytes]]:
    """Addresses and bodies."""
    right = requests(tenant)
    for _ in range(REQUESTS):
        path, body = chance.choice(right)
        if chance.random() < 0.6:
            yield path, orjson.dumps(reshaped(chance, body), default=str)
        else:
            yield path, flipped(chance, orjson.dumps(body))


@pytest.mark.timeout(5400 if FULL else 60)
@pytest.mark.promise(23)
async def test_mutated_requests_are_answered_with_codes(
    client: Client, chance: random.Random, reached: Callable[..., None]
) -> None:
    acme, found = client.world.acme, {}
    tokens = {"/graphql": acme.token("resident"), "/ingest/events": acme.device_token}
    for path, content in broken(chance, acme):
        headers = {"authorization": f"Bearer {tokens[path]}", "content-type": "application/json"}
        response = await client.http.post(path, content=content, headers=headers)
        if wrong := faults(response):
            found[content[:400]] = wrong
    assert found == {}
    assert (await client.data("{ viewer { roles } }"))["viewer"]["roles"] == ["MANAGER"]  # it still stands
    reached("0 answers of 5xx", count=REQUESTS)


@pytest.mark.timeout(5400 if FULL else 60)
@pytest.mark.promise(23)
async def test_random_documents_are_answered_with_codes(
    client: Client, chance: random.Random, reached: Callable[..., None]
) -> None:
    acme, rival, found = client.world.acme, client.world.rival, {}
    ids = [tenant.id(name) for tenant in (acme, rival) for name in ("home", "unit0", "gate0", "order1", "tech1_staff")]
    writer = Writer(build_schema()._schema, chance, [*ids, "x", ""])
    for n in range(DOCUMENTS):
        query = writer.document()
        response = await client.http.post(
            "/graphql", json={"query": query}, headers=client.headers(("manager", "tech1", "resident", None)[n % 4])
        )
        if wrong := faults(response):
            found[query] = wrong
    assert found == {}
    reached("0 answers of 5xx", count=DOCUMENTS)


MALFORMED: dict[str, tuple[Any, str]] = {
    "null": (None, "messages"),
    "number": (7, "messages"),
    "list": ([], "messages"),
    "empty": ({}, "sequence"),
    "sequence of text": ({"sequence": "1"}, "sequence"),
    "sequence of truth": ({"sequence": True}, "sequence"),
    "sequence below 0": ({"sequence": -1}, "sequence"),
    "sequence past 2^53": ({"sequence": 2**53}, "sequence"),
    "sequence of 1.5": ({"sequence": 1.5}, "sequence"),
    "no gate": ({"gateId": None}, "gateId"),
    "gate of a list": ({"gateId": []}, "gateId"),
    "gate of nonsense": ({"gateId": "x"}, "gateId"),
    "gate with NUL": ({"gateId": "\0"}, "gateId"),
    "no instant": ({"occurredAt": None}, "occurredAt"),
    "instant of a number": ({"occurredAt": 1}, "occurredAt"),
    "instant without offset": ({"occurredAt": "2026-11-22T10:00:00"}, "occurredAt"),
    "instant that is none": ({"occurredAt": "2026-02-30T10:00:00Z"}, "occurredAt"),
    "instant before time": ({"occurredAt": "0001-01-01T00:00:00+14:00"}, "occurredAt"),
    "instant after time": ({"occurredAt": "9999-12-31T23:59:59-14:00"}, "occurredAt"),
    "unknown type": ({"type": "weather"}, "type"),
    "type of a list": ({"type": ["access"]}, "type"),
    "unknown direction": ({"direction": "UP"}, "direction"),
    "direction of an object": ({"direction": {}}, "direction"),
    "no method": ({"method": None}, "method"),
    "unknown result": ({"result": 1}, "result"),
    "reason of a number": ({"reason": 1}, "reason"),
    "reason with NUL": ({"reason": "a\0b"}, "reason"),
    "person of a number": ({"personId": 0}, "personId"),
    "person of nothing": ({"personId": ""}, "personId"),
    "unknown state": ({"type": "gateState", "state": "AJAR"}, "state"),
}


async def test_malformed_messages_are_refused_one_by_one(client: Client) -> None:
    acme = client.world.acme
    messages: list[Any] = []
    for n, (broken, _) in enumerate(MALFORMED.values()):
        full = broken if not isinstance(broken, dict) or not broken else attempt(acme, 1000 + n) | broken
        messages += [full, attempt(acme, n)]
    answer = await client.ingest(*messages)
    results = answer["results"]
    assert [result["status"] for result in results[1::2]] == ["ACCEPTED"] * len(MALFORMED)
    told = {}
    for (name, (_, field)), result in zip(MALFORMED.items(), results[::2], strict=True):
        assert result["status"] == "REJECTED", name
        told[name] = result["error"]["extensions"]
        assert told[name] == {"code": "BAD_USER_INPUT", "field": field}, name
    assert [event["reason"] for event in await seen(client)] == [f"n{n}" for n in range(len(MALFORMED))]
