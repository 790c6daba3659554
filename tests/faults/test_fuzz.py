"""No input breaks it: operations that fit the schema with values that do not, odd HTTP, odd socket messages.

tests/test_bad_input.py mutates requests and documents; here are typed variables, the wire and the other addresses.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type, get_nullable_type, is_list_type
from graphql.type import is_leaf_type, is_required_argument
from websockets.exceptions import ConnectionClosed

from schema import build_schema
from tests.faults import FULL
from tests.live.websocket import dial
from tests.test_bad_input import SEED, faults, flipped, reshaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx
    from graphql import GraphQLField

    from tests.client import Client
    from tests.conftest import Live
    from tests.factories.world import Tenant

OPERATIONS, WIRE, MESSAGES = (2_500, 10_000, 2_500) if FULL else (60, 100, 60)  # on each database
MOST_GROWTH = 100 * 1024 * 1024
MINUTES = 5_400 if FULL else 60
SCHEMA = build_schema()._schema
ENDING = {"accountSignOut"}  # would leave the rest to nobody
TEXTS = [
    "",
    " ",
    "水",
    "\ud800",
    "a\0b",
    "x" * 20_000,
    "💧" * 90,
    "'; DROP TABLE ticket; --",
    "%_\\",
    "\u202e\r\nX: y",
    "1e9",
]
NUMBERS: list[Any] = [0, -1, 1, 2**31 - 1, 2**31, -(2**31), 2**53, 2**63, 2**64, 10**40, 1.5, 1e308, -0.0]
TIMES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-22T10:00:00Z", "2026-11-22", "24:00", "P1D"]
ODD: list[Any] = [None, True, [], {}, [None], [[]], {"a": {}}]


def rss() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture
def chance() -> random.Random:
    print("SEED", SEED)
    return random.Random(SEED)


class Values:
    """Values of an input type: mostly of its shape, often beyond what it can mean."""

    def __init__(self, chance: random.Random, ids: list[str]) -> None:
        self._chance = chance
        self._ids = [*ids, "", "x", "\0", "Tm9kZTo", "VGlja2V0OjA", "A" * 300]

    def of(self, type_: Any, depth: int = 0) -> Any:
        """One value."""
        if self._chance.random() < 0.06:
            return self._chance.choice([*ODD, *TEXTS, *NUMBERS])
        bare = get_nullable_type(type_)
        if is_list_type(bare):
            return [self.of(bare.of_type, depth + 1) for _ in range(self._chance.choice([0, 1, 1, 2, 60]))]
        if isinstance(bare, GraphQLInputObjectType):
            return {
                name: self.of(field.type, depth + 1)
                for name, field in bare.fields.items()
                if is_required_argument(field) or (depth < 4 and self._chance.random() < 0.6)
            }
        if isinstance(bare, GraphQLEnumType):
            return self._chance.choice(sorted(bare.values))
        match get_named_type(bare).name:
            case "ID":
                return self._chance.choice(self._ids)
            case "Int" | "Float":
                return self._chance.choice(NUMBERS)
            case "Boolean":
                return self._chance.random() < 0.5
            case "Decimal":
                return self._chance.choice(["0.00", "1.00", "-1", "1e400", "0.001", "9" * 40, "NaN", "12345678901.99"])
            case "Date" | "DateTime":
                return self._chance.choice(TIMES)
        return self._chance.choice([*TEXTS, "漏水", "13800000000", "tickets"])


def selected(chance: random.Random, type_: Any, depth: int = 0) -> str:
    """A selection set of a few fields, without arguments."""
    named: Any = get_named_type(type_)
    if is_leaf_type(named):
        return ""
    parts = ["__typename"]
    for name, field in getattr(named, "fields", {}).items():
        leaf = is_leaf_type(get_named_type(field.type))
        wanted = not any(is_required_argument(each) for each in field.args.values())
        if wanted and chance.random() < (0.4 if leaf else 0.25) and (leaf or depth < 3):
            parts.append(name + selected(chance, field.type, depth + 1))
    return " { " + " ".join(parts) + " }"


def operation(chance: random.Random, values: Values) -> dict[str, Any]:
    """A document that fits the schema, and its variables."""
    root: Any = chance.choice([SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.mutation_type])
    name: str = chance.choice(sorted(set(root.fields) - ENDING))
    field: GraphQLField = root.fields[name]
    given = {key: each for key, each in field.args.items() if is_required_argument(each) or chance.random() < 0.5}
    declared = ", ".join(f"${key}: {each.type}" for key, each in given.items())
    passed = ", ".join(f"{key}: ${key}" for key in given)
    head = f"({declared})" if declared else ""
    kind = "query" if root is SCHEMA.query_type else "mutation"
    query = f"{kind}{head} {{ {name}{f'({passed})' if passed else ''}{selected(chance, field.type)} }}"
    return {"query": query, "variables": {key: values.of(each.type) for key, each in given.items()}}


def everything(tenants: list[Tenant]) -> list[str]:
    """Ids of every type, the other company's too."""
    return [tenant.id(name) for tenant in tenants for name in tenant.types]


@pytest.mark.timeout(MINUTES)
@pytest.mark.promise(23)
async def test_operations_of_the_schema_are_answered_with_codes(
    client: Client, chance: random.Random, reached: Callable[..., None]
) -> None:
    acme, rival = client.world.acme, client.world.rival
    values, found = Values(chance, everything([acme, rival])), {}
    logins, before = ("manager", "tech1", "resident", "chief", None), 0
    for n in range(OPERATIONS):
        body = json.dumps(operation(chance, values)).encode()  # lone surrogates as escapes
        headers = client.headers(logins[n % len(logins)]) | {"content-type": "application/json"}
        response = await client.http.post("/graphql", content=body, headers=headers)
        if wrong := faults(response):
            found[body[:600]] = (wrong, response.text[:200])
        if n == OPERATIONS // 5:
            before = rss()
    assert found == {}
    assert rss() - before < MOST_GROWTH
    reached(f"0 answers of 5xx; memory grew by {(rss() - before) / 2**20:.0f} MiB", count=OPERATIONS)


PATHS = ["/", "/graphql", "/graphql/assets/x", "/ingest/events", "/health/live", "/files/{id}", "/files/{id}/thumbnail"]
METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"]
HEADERS = {
    "accept": ["*/*", "text/html", "text/event-stream;q=x", "a/b;q=" + "9" * 400, ";;;,,", "application/json"],
    "content-type": [
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "text/plain",
        "\x7f",
    ],
    "authorization": ["Bearer", "Bearer ", "Basic eDp5", "Bearer " + "x" * 4_000, "\u00ff", "Bearer \u00e9"],
    "origin": ["null", "http://[", "https://evil.example", "http://wuye.test", "\x7f"],
    "accept-language": ["en", "zh;q=x", "-" * 500, ";;", "\u00ff"],
    "content-length": ["0", "1", "99999999"],
    "content-encoding": ["gzip", "identity", ""],
    "last-event-id": ["x", "\u00ff", "A" * 500],
    "x-forwarded-for": ["1.2.3.4", "]", ",,,"],
    "sec-fetch-site": ["cross-site", "same-origin"],
    "graphql-require-preflight": ["1"],
    "if-none-match": ['"x"', "*"],
    "range": ["bytes=0-", "bytes=9-1"],
}
FORM = (
    b'--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n'
    b'{"query": "mutation ($f: Upload!) { fileUpload(file: $f) { __typename } }", "variables": {"f": null}}\r\n'
    b'--x\r\ncontent-disposition: form-data; name="map"\r\n\r\n{"0": ["variables.f"]}\r\n'
    b'--x\r\ncontent-disposition: form-data; name="0"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n'
    b"\x89PNG\r\n\x1a\n\r\n--x--\r\n"
)
BODIES = [
    b'{"query": "{ __typename }"}',
    b'{"query": "{ __typename }", "query": 1, "variables": {"a": NaN}}',
    b'{"query": "{ __typename }", "variables": {"a": 1e999, "b": ' + b"9" * 400 + b"}}",
    b"[" * 5_000 + b"]" * 5_000,
    b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    b'{"query": "\\ud800", "operationName": "\\udfff"}',
    b'{"messages": [{"sequence": 1, "type": "\\ud800"}]}',
    FORM,
]


def wire(chance: random.Random, tenant: Tenant) -> tuple[str, str, dict[str, str], bytes]:
    """A request as some client might send it."""
    path = chance.choice(PATHS).replace("{id}", chance.choice(["x", "0" * 32, "00000000-0000-0000-0000-000000000001"]))
    query = {"query": "{ __typename }", "variables": "{", "until": "\u0663", "signature": "\u00e9", "extensions": "[]"}
    asked = {key: value for key, value in query.items() if chance.random() < 0.3}
    headers = {name: chance.choice(values) for name, values in HEADERS.items() if chance.random() < 0.25}
    body = chance.choice(BODIES)
    if chance.random() < 0.5:
        path = chance.choice(["/graphql", "/ingest/events"])
        token = tenant.token("resident") if path == "/graphql" else tenant.device_token
        headers["authorization"] = f"Bearer {token}"
        headers["content-type"] = "multipart/form-data; boundary=x" if body == FORM else "application/json"
    if chance.random() < 0.5:
        body = flipped(chance, body)
    address = path + "?" + "&".join(f"{key}={value}" for key, value in asked.items()) if asked else path
    return chance.choice([*METHODS, "POST", "POST", "POST"]), address, headers, body


@pytest.mark.timeout(MINUTES)
@pytest.mark.promise(23)
async def test_odd_http_is_never_a_failure_of_ours(
    client: Client, chance: random.Random, reached: Callable[..., None]
) -> None:
    found: dict[str, int] = {}
    for _ in range(WIRE):
        method, path, headers, body = wire(chance, client.world.acme)
        sent = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
        response: httpx.Response = await client.http.request(method, path, headers=sent, content=body)
        text = response.text
        if response.status_code >= 500 or "INTERNAL_SERVER_ERROR" in text or "nosniff" not in str(response.headers):
            found[f"{method} {path} {headers} {body[:200]!r}"] = response.status_code
    assert found == {}
    reached("0 answers of 5xx", count=WIRE)


def messages(chance: random.Random, tenant: Tenant) -> Iterator[str | bytes]:
    """What a client might say after the introduction."""
    follow = "subscription ($p: ID!, $a: Cursor) { accessEventRecorded(propertyId: $p, after: $a) { cursor } }"
    right: list[dict[str, Any]] = [
        {"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { roles } }"}},
        {"type": "subscribe", "id": "2", "payload": {"query": follow, "variables": {"p": tenant.id("home"), "a": "x"}}},
        {"type": "complete", "id": "1"},
        {"type": "ping", "payload": {"a": [1]}},
        {"type": "pong"},
        {"type": "connection_init", "payload": {}},
    ]
    while True:
        body = chance.choice(right)
        if chance.random() < 0.6:
            yield json.dumps(reshaped(chance, body))
        else:
            broken = flipped(chance, orjson.dumps(body))
            yield broken if chance.random() < 0.2 else broken.decode(errors="replace")


@pytest.mark.timeout(MINUTES)
@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.promise(23)
async def test_odd_messages_close_a_socket_at_most(
    live: Live, chance: random.Random, reached: Callable[..., None]
) -> None:
    said, tenant = messages(chance, live.client.world.acme), live.client.world.acme
    sent, found = 0, list[Any]()
    while sent < MESSAGES:
        async with dial(live.websocket_url) as socket:
            token: Any = chance.choice([tenant.token("resident"), None, "x", 1, {"a": 1}, "\ud800"])
            await socket.send("connection_init", payload={"token": token, "locale": chance.choice(["en", 1, None])})
            try:
                for _ in range(10):
                    sent += 1
                    await socket.connection.send(next(said))
                await socket.send("ping")
                while (heard := await socket.receive())["type"] != "pong":
                    found += [heard] if "INTERNAL_SERVER_ERROR" in str(heard) else []
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else None
                found += [str(closed)] if code not in (4400, 4401, 4409, 4429, 1007, 1009) else []
    assert found == []
    assert (await live.client.data("{ viewer { roles } }"))["viewer"]["roles"] == ["MANAGER"]
    reached("0 failures; sockets closed by the protocol's codes only", count=sent)
