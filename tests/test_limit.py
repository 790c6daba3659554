"""The limits of documents (limits.md), met from outside on HTTP, WebSocket and SSE alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from graphql import get_introspection_query

from adapters.settings import Limits
from tests.transport import TRANSPORTS, ask

if TYPE_CHECKING:
    from tests.client import Client
    from tests.conftest import Live

LIMITS = Limits()
VIEWER = "{ viewer { account { id } } }"


@pytest.fixture
def backend() -> str:
    """The protocol is the same whatever stands behind it."""
    return "sqlite"


def deep(depth: int) -> str:
    """A document of exactly `depth` levels; whether it is valid does not matter to a refusal by depth."""
    return "{ viewer " + "{ a " * (depth - 1) + "}" * (depth - 1) + " }"


def repeated(fields: int) -> str:
    """`fields` selected fields, nothing else remarkable."""
    return "{ viewer { " + "roles " * (fields - 1) + "} }"


def aliases(count: int) -> str:
    """Aliases, half of them in a fragment that is spread twice."""
    half = count // 4
    inner = " ".join(f"b{n}: roles" for n in range(half))
    outer = " ".join(f"a{n}: roles" for n in range(count - 2 * half))
    return f"{{ viewer {{ ...F ...F {outer} }} }} fragment F on Viewer {{ {inner} }}"


def roots(count: int, kind: str = "query", field: str = "viewer { roles }") -> str:
    """That many root fields, without aliases."""
    return f"{kind} {{ " + f"{field} " * count + "}"


def directives(total: int, one: int) -> str:
    """`total` directives, at most `one` on a field."""
    full, rest = divmod(total, one)
    fields = [f"roles {'@include(if: true) ' * one}"] * full + [f"roles {'@include(if: true) ' * rest}"] * bool(rest)
    return "{ viewer { " + " ".join(fields) + " } }"


def operations(count: int) -> str:
    """Named operations."""
    return " ".join(f"query Q{n} {{ viewer {{ roles }} }}" for n in range(count))


def variables(count: int) -> str:
    """Variable definitions; each is used in a list."""
    names = [f"$v{n}" for n in range(count)]
    shown = ", ".join(f"{name}: Boolean" for name in names)
    return f"query ({shown}) {{ viewer {{ roles }} }}"


def literal(depth: int) -> str:
    """A list literal that nests so deep."""
    value = "[" * (depth - 1) + "]" * (depth - 1)
    return f'{{ tickets(propertyId: "x", filter: {{ status: {value} }}) {{ nodes {{ id }} }} }}'


def lists(count: int) -> str:
    """Introspection with so many nested lists."""
    return "{ __schema { " + "types { " + "fields { type { " * (count - 1) + "name" + " } }" * (count - 1) + " } } }"


def nests(depth: int) -> Any:
    """A JSON value inside `depth` lists and objects, the variables object included."""
    value: Any = 1
    for _ in range(depth - 1):
        value = [value]
    return value


ROWS: dict[str, tuple[str, int, int]] = {
    repeated(LIMITS.tokens): ("tokens", LIMITS.tokens, LIMITS.tokens + 1),
    deep(13): ("depth", 12, 13),
    repeated(401): ("selectedFields", 400, 401),
    aliases(31): ("aliases", 30, 31),
    roots(21): ("rootFields", 20, 21),
    roots(11, "mutation", "accountSignOut { userErrors { code } }"): ("rootFields", 10, 11),
    directives(51, 5): ("directives", 50, 51),
    directives(6, 6): ("fieldDirectives", 5, 6),
    operations(11): ("operations", 10, 11),
    variables(101): ("variables", 100, 101),
    literal(21): ("jsonDepth", 20, 21),
    lists(4): ("introspectionLists", 3, 4),
}
"""Documents one step past a limit, and what the error says of it."""

AT_THE_LIMIT = [
    repeated(400),
    aliases(30),
    roots(20),
    directives(50, 5),
    lists(3),
    variables(100),
]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_document_past_a_limit_is_told_which(live: Live, transport: str) -> None:
    for query, (limit, most, actual) in ROWS.items():
        answer = await ask(live, transport, query)
        extensions = answer["errors"][0]["extensions"]
        assert (query[:60], extensions) == (
            query[:60],
            {"code": "QUERY_LIMIT_EXCEEDED", "limit": limit, "max": most, "actual": actual},
        )
        assert "data" not in answer


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_document_at_a_limit_is_measured_as_within(live: Live, transport: str) -> None:
    codes = {}
    for query in [*AT_THE_LIMIT, deep(12), literal(20), operations(10)]:
        answer = await ask(live, transport, query)
        codes[query[:60]] = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert {query: found for query, found in codes.items() if "QUERY_LIMIT_EXCEEDED" in found} == {}
    assert codes[repeated(400)[:60]] == set()  # and it runs


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_variables_nest_no_deeper_than_json_may(live: Live, transport: str) -> None:
    query = "query ($v: ID!) { node(id: $v) { id } }"
    refused = await ask(live, transport, query, v=nests(21))
    assert refused["errors"][0]["extensions"] == {
        "code": "QUERY_LIMIT_EXCEEDED",
        "limit": "jsonDepth",
        "max": 20,
        "actual": 21,
    }
    within = await ask(live, transport, query, v=nests(20))
    assert within["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "field": "v"}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_document_of_too_many_bytes_is_refused(live: Live, transport: str) -> None:
    fits = VIEWER + " " * (LIMITS.document_bytes - len(VIEWER))
    assert (await ask(live, transport, fits))["data"]["viewer"]["account"]["id"]
    refused = await ask(live, transport, fits + " ")
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["PAYLOAD_TOO_LARGE"]
    wide = "# " + "水" * (LIMITS.document_bytes // 3)
    refused = await ask(live, transport, f"{VIEWER} {wide}")
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["PAYLOAD_TOO_LARGE"]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_page_has_a_size(live: Live, transport: str) -> None:
    ticket = live.client.world.acme.id("ticket0")

    async def codes(arguments: str) -> list[tuple[str, str]]:
        top = f"properties({arguments}) {{ nodes {{ id }} }}"
        below = f'ticket(id: "{ticket}") {{ workOrders({arguments}) {{ nodes {{ id }} }} }}'
        for query in (top, below):
            answer = await ask(live, transport, f"{{ {query} }}")
            found.append([(e["extensions"]["code"], e["extensions"]["field"]) for e in answer.get("errors", [])])
        second, first = found.pop(), found.pop()
        assert first == second
        return first

    found: list[list[tuple[str, str]]] = []
    assert await codes("first: 100") == []
    assert await codes("first: 0") == []
    assert await codes("first: 101") == [("BAD_USER_INPUT", "first")]
    assert await codes("last: 101") == [("BAD_USER_INPUT", "last")]
    assert await codes("first: -1") == [("BAD_USER_INPUT", "first")]
    assert await codes("last: -1") == [("BAD_USER_INPUT", "last")]
    assert await codes("first: 1, last: 1") == [("BAD_USER_INPUT", "last")]


async def test_a_list_may_declare_a_larger_page(client: Client) -> None:
    place = client.world.acme.id("home")
    query = "query ($p: ID!, $n: Int) { tickets(propertyId: $p, first: $n) { nodes { id } } }"
    assert await client.codes(query, p=place, n=500) == []
    assert await client.codes(query, p=place, n=501) == ["BAD_USER_INPUT"]


async def test_a_page_without_a_size_has_twenty(client: Client) -> None:
    create = """mutation ($input: TicketCreateInput!) { ticketCreate(input: $input) { userErrors { code } } }"""
    ticket = {"propertyId": client.world.acme.id("home"), "kind": "INQUIRY", "category": "水", "text": "?"}
    for _ in range(20):
        assert (await client.data(create, input=ticket))["ticketCreate"]["userErrors"] == []
    query = "query ($p: ID!) { tickets(propertyId: $p) { nodes { id } pageInfo { hasNextPage } } }"
    page = (await client.data(query, p=client.world.acme.id("home")))["tickets"]
    assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (20, True)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_standard_introspection_query_passes(live: Live, transport: str) -> None:
    answer = await ask(live, transport, get_introspection_query(specified_by_url=True, input_value_deprecation=True))
    assert "errors" not in answer
    assert any(kind["name"] == "WorkOrder" for kind in answer["data"]["__schema"]["types"])


def echoes(answer: object, letter: str) -> int:
    """How often a letter that only the input has comes back."""
    if isinstance(answer, dict):
        return sum(echoes(key, letter) + echoes(value, letter) for key, value in answer.items())
    if isinstance(answer, list):
        return sum(echoes(item, letter) for item in answer)
    return answer.count(letter) if isinstance(answer, str) else 0


LONG = "Ω" * 3000
NAME = "Z" * 3000


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_an_error_echoes_at_most_200_characters(live: Live, transport: str) -> None:
    place = live.client.world.acme.id("home")
    asked: list[tuple[str, str, dict[str, Any]]] = [
        (f'{{ node(id: "{LONG}") {{ id }} }}', "Ω", {}),
        ("query ($v: Int) { properties(first: $v) { nodes { id } } }", "Ω", {"v": LONG}),
        (f"{{ {NAME} }}", "Z", {}),
        (f"query {NAME} {{ viewer {{ {NAME} }} }}", "Z", {}),
        (f"query (${NAME}: Int) {{ viewer {{ roles }} }}", "Z", {}),
        (f"query (${NAME}: Int!) {{ properties(first: ${NAME}) {{ nodes {{ id }} }} }}", "Z", {}),
        (f'{{ {NAME}: node(id: "x") {{ id }} }}', "Z", {}),
        (
            f'{{ {NAME}: property(id: "{place}") {{ name }} {NAME}2: properties(first: -1) {{ nodes {{ id }} }} }}',
            "Z",
            {},
        ),
        (f'{{ properties(after: "{LONG}") {{ nodes {{ id }} }} }}', "Ω", {}),
        (f"{LONG} {{", "Ω", {}),
        (f'{{ tickets(propertyId: "{place}", order: {NAME}) {{ nodes {{ id }} }} }}', "Z", {}),
    ]
    for query, letter, values in asked:
        errors = (await ask(live, transport, query, **values))["errors"]
        assert errors, query[:60]
        assert max(echoes(error, letter) for error in errors) <= 200, query[:60]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_at_most_twenty_errors_come_back(live: Live, transport: str) -> None:
    answer = await ask(live, transport, "{ " + " ".join(f"no{n}" for n in range(20)) + " viewer { a b c d } }")
    assert answer["errors"][0]["extensions"]["code"] == "QUERY_LIMIT_EXCEEDED"  # root fields
    answer = await ask(live, transport, "{ viewer { " + " ".join(f"no{n}" for n in range(50)) + " } }")
    assert len(answer["errors"]) == 20
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}


class TestSettings:
    """Every limit is a setting."""

    @pytest.fixture
    def limits(self) -> Limits:
        return replace(
            LIMITS, tokens=60, depth=3, selected_fields=9, aliases=2, introspection_lists=1, document_bytes=400
        )

    @pytest.mark.parametrize(
        ("query", "limit"),
        [
            (repeated(61), "tokens"),
            (deep(4), "depth"),
            (repeated(10), "selectedFields"),
            (aliases(3), "aliases"),
            (lists(2), "introspectionLists"),
        ],
    )
    async def test_a_lower_one_holds(self, client: Client, query: str, limit: str) -> None:
        answer = await client.post(query)
        assert answer["errors"][0]["extensions"]["limit"] == limit
