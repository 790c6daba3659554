"""GraphQL over HTTP: media types, statuses and refusals of limits.md."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.client import Client

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = "text/event-stream"
VIEWER = "{ viewer { roles } }"
SIGN_OUT = "mutation { accountSignOut { userErrors { code } } }"
LIVE = "subscription ($p: ID!) { workOrderChanged(propertyId: $p) { cursor } }"


@pytest.fixture
def backend() -> str:
    """The protocol is the same whatever stands behind it."""
    return "sqlite"


def media(response: httpx.Response) -> str:
    """The media type without its parameters."""
    return response.headers["content-type"].partition(";")[0]


def codes(response: httpx.Response) -> list[str]:
    """The codes of the errors of an answer in JSON."""
    return [error["extensions"]["code"] for error in response.json()["errors"]]


async def post(client: Client, query: Any = VIEWER, accept: str = JSON, **body: Any) -> httpx.Response:
    """A POST of the manager."""
    headers = client.headers("manager") | {"accept": accept}
    return await client.http.post("/graphql", json={"query": query, **body}, headers=headers)


async def get(client: Client, who: str | None = "manager", accept: str = JSON, **query: str) -> httpx.Response:
    """A GET of the manager."""
    return await client.http.get("/graphql", params=query, headers=client.headers(who) | {"accept": accept})


async def raw(client: Client, content: bytes, **headers: str) -> httpx.Response:
    """A POST of bytes as they are; `content_type` is spelled with a dash."""
    named = {"content-type": JSON} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.http.post("/graphql", content=content, headers=client.headers("manager") | named)


NEGOTIATED = {
    JSON: JSON,
    GRAPHQL: GRAPHQL,
    EVENTS: EVENTS,
    "*/*": JSON,
    "application/*": GRAPHQL,
    "": JSON,
    f"{GRAPHQL}, {JSON}": GRAPHQL,
    f"{JSON}, {GRAPHQL}": JSON,
    f"{JSON};q=0.5, {GRAPHQL};q=0.9": GRAPHQL,
    f"{GRAPHQL};q=0.5, {JSON}": JSON,
    f"{GRAPHQL}, application/graphql+json, {JSON}, {EVENTS}, multipart/mixed": GRAPHQL,  # urql
    f"{EVENTS};q=0.1, {JSON}; charset=utf-8": JSON,
    f"{JSON};q=0, {GRAPHQL};q=0.1": GRAPHQL,
    "text/plain, */*;q=0.1": JSON,
    "APPLICATION/JSON": JSON,
    f"{GRAPHQL};q=x, {JSON};q=0.1": JSON,
    f"{GRAPHQL};q=nan, {JSON};q=0.1": JSON,
    f"{GRAPHQL};q=1e3, {JSON};q=0.1": JSON,
    f"{JSON};q=0, */*": GRAPHQL,  # the most specific range says the q
    f"*/*, {JSON};q=0.1": GRAPHQL,
    f"{JSON};q=0.2, {GRAPHQL};q=0.2": JSON,
    f"*/*;q=0.9, {EVENTS};q=0.8": JSON,
    f"{JSON};q=0.5, text/*": EVENTS,
    f"{GRAPHQL};v=2, {JSON};q=0.1": JSON,  # a parameter that ours does not have
    f'multipart/mixed;boundary="a,{GRAPHQL}", {JSON};q=0.9': JSON,
}


async def test_the_media_type_follows_the_order_and_q_of_accept(client: Client) -> None:
    seen = {}
    for accept in NEGOTIATED:
        response = await post(client, accept=accept)
        assert response.status_code == 200
        seen[accept] = media(response)
    assert seen == NEGOTIATED


async def test_without_an_accept_the_answer_is_json(client: Client) -> None:
    request = client.http.build_request("POST", "/graphql", json={"query": VIEWER})
    del request.headers["accept"]
    response = await client.http.send(request)
    assert (response.status_code, response.headers["content-type"]) == (200, f"{JSON}; charset=utf-8")


@pytest.mark.parametrize(
    "accept", ["text/plain", "image/png, text/html", f"{JSON};q=0", "nonsense", "text/*;q=0, */*;q=0"]
)
async def test_an_accept_that_we_do_not_speak_is_refused(client: Client, accept: str) -> None:
    response = await post(client, accept=accept)
    assert (response.status_code, media(response), codes(response)) == (406, JSON, ["BAD_REQUEST"])


FAILING: dict[str, tuple[dict[str, Any], str]] = {
    "parse": ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    "validate": ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    "limit": ({"query": "{ " + "viewer { roles } " * 21 + "}"}, "QUERY_LIMIT_EXCEEDED"),
    "resolution": ({"query": "query A { viewer { roles } }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
    "variables": ({"query": "query ($i: ID!) { node(id: $i) { id } }"}, "BAD_USER_INPUT"),
}


@pytest.mark.parametrize("name", FAILING)
async def test_a_document_that_fails_has_a_status_by_media_type(client: Client, name: str) -> None:
    body, code = FAILING[name]
    for accept, status in ((JSON, 200), (GRAPHQL, 400)):
        response = await post(client, accept=accept, **body)
        assert (response.status_code, media(response), codes(response)) == (status, accept, [code])
        assert "data" not in response.json()
    streamed = await post(client, accept=EVENTS, **body)
    assert (streamed.status_code, media(streamed)) == (200, EVENTS) if name == "variables" else (400, JSON)


async def test_a_partial_result_is_a_result(client: Client) -> None:
    for accept in (JSON, GRAPHQL):
        response = await post(client, '{ viewer { roles } node(id: "x") { id } }', accept)
        answer = response.json()
        assert (response.status_code, media(response), codes(response)) == (200, accept, ["BAD_USER_INPUT"])
        assert answer["data"] == {"viewer": {"roles": ["MANAGER"]}, "node": None}
        assert answer["errors"][0]["path"] == ["node"]
        assert answer["errors"][0]["extensions"]["field"] == "id"


@pytest.mark.parametrize(
    ("value", "query"),
    [
        ({}, "query ($v: ID!) { node(id: $v) { id } }"),
        ({"v": None}, "query ($v: ID!) { node(id: $v) { id } }"),
        ({"v": {"a": 1}}, "query ($v: ID!) { node(id: $v) { id } }"),
        ({"v": "many"}, "query ($v: Int) { properties(first: $v) { nodes { id } } }"),
        ({"v": 2**31}, "query ($v: Int) { properties(first: $v) { nodes { id } } }"),
        ({"v": 1.5}, "query ($v: Int) { properties(first: $v) { nodes { id } } }"),
        ({"v": "UPWARDS"}, "query ($v: ListOrder) { properties(order: $v) { nodes { id } } }"),
        ({"v": {"no": 1}}, "query ($v: PropertyFilter) { properties(filter: $v) { nodes { id } } }"),
        ({"v": 7}, "query ($v: Cursor) { properties(after: $v) { nodes { id } } }"),
    ],
)
async def test_a_variable_of_the_wrong_kind_is_named(client: Client, value: dict[str, Any], query: str) -> None:
    response = await post(client, query, GRAPHQL, variables=value)
    assert response.status_code == 400
    assert [error["extensions"] for error in response.json()["errors"]] == [{"code": "BAD_USER_INPUT", "field": "v"}]


async def test_a_text_that_no_database_keeps_is_refused(client: Client) -> None:
    query = "query ($p: ID!, $f: TicketFilter) { tickets(propertyId: $p, filter: $f) { nodes { id } } }"
    assert codes(await post(client, query, variables={"p": "a\0b"})) == ["BAD_USER_INPUT"]
    sign_in = 'mutation { accountSignIn(input: { organization: "a\\u0000", login: "b", password: "c" }) { token } }'
    assert codes(await post(client, sign_in)) == ["BAD_USER_INPUT"]


async def test_the_operation_is_chosen_by_name(client: Client) -> None:
    two = "query A { viewer { roles } } query B { viewer { account { login } } }"
    chosen = (await post(client, two, operationName="B")).json()
    assert chosen["data"] == {"viewer": {"account": {"login": "manager"}}}
    for name in (None, "", "C", "a"):
        assert codes(await post(client, two, operationName=name)) == ["OPERATION_RESOLUTION_FAILURE"]
    for name in (None, ""):
        assert (await post(client, "query A { viewer { roles } }", operationName=name)).json()["data"]["viewer"]
    assert codes(await post(client, "fragment F on Viewer { roles }")) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_get_may_ask(client: Client) -> None:
    query = "query Q($n: Int) { properties(first: $n) { nodes { name } } }"
    response = await get(client, query=query, variables='{"n": 1}', operationName="Q", extensions="{}")
    assert response.json()["data"] == {"properties": {"nodes": [{"name": "acme home"}]}}
    for wrong in ({"variables": "{"}, {"variables": "[1]"}, {"variables": '"x"'}, {"extensions": "1"}):
        refused = await get(client, query=VIEWER, **wrong)
        assert (refused.status_code, codes(refused)) == (400, ["BAD_REQUEST"])
    assert (await get(client)).status_code == 400


async def test_a_get_may_not_change_anything(client: Client) -> None:
    for accept in (JSON, GRAPHQL, EVENTS):
        response = await get(client, accept=accept, query=SIGN_OUT)
        assert (response.status_code, response.headers["allow"], codes(response)) == (405, "POST", ["BAD_REQUEST"])
    assert await client.data(VIEWER) == {"viewer": {"roles": ["MANAGER"]}}  # still signed in


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "PROPFIND"])
async def test_other_methods_are_refused(client: Client, method: str) -> None:
    response = await client.http.request(
        method, "/graphql", json={"query": SIGN_OUT}, headers=client.headers("manager")
    )
    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["allow"].split(", "))
    assert method == "HEAD" or codes(response) == ["BAD_REQUEST"]
    assert await client.data(VIEWER) == {"viewer": {"roles": ["MANAGER"]}}


@pytest.mark.parametrize("authorization", ["Bearer wrong", "Bearer", "Basic YTpi", "Bearer ÿ", "acme-manager"])
async def test_a_token_that_does_not_hold_is_refused(client: Client, authorization: str) -> None:
    for accept in (JSON, GRAPHQL, EVENTS):
        headers = {b"accept": accept.encode(), b"authorization": authorization.encode("latin-1")}
        response = await client.http.post("/graphql", json={"query": VIEWER}, headers=headers)
        assert (response.status_code, codes(response)) == (401, ["UNAUTHENTICATED"])
        assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://wuye.test.evil.example", "http://[", "x"])
async def test_a_foreign_origin_is_refused(client: Client, origin: str) -> None:
    headers = client.headers("manager") | {"origin": origin}
    for response in (
        await client.http.post("/graphql", json={"query": VIEWER}, headers=headers),
        await client.http.get("/graphql", params={"query": VIEWER}, headers=headers | {"accept": JSON}),
    ):
        assert (response.status_code, codes(response)) == (403, ["BAD_REQUEST"])


async def test_our_own_origin_is_taken(client: Client) -> None:
    headers = client.headers("manager") | {"origin": "http://wuye.test", "sec-fetch-site": "same-origin"}
    assert (await client.http.post("/graphql", json={"query": VIEWER}, headers=headers)).status_code == 200
    assert (await client.http.get("/graphql", params={"query": VIEWER}, headers=headers)).status_code == 200


async def test_a_get_from_another_site_is_refused(client: Client) -> None:
    headers = client.headers("manager") | {"sec-fetch-site": "cross-site", "accept": JSON}
    response = await client.http.get("/graphql", params={"query": VIEWER}, headers=headers)
    assert (response.status_code, codes(response)) == (403, ["BAD_REQUEST"])


BODIES = {
    "empty": b"",
    "cut": b'{"query": "{ viewer',
    "not UTF-8": b'{"query": "\xff\xfe"}',
    "UTF-16": '{"query": "{ viewer { roles } }"}'.encode("utf-16"),
    "lone surrogate": b'{"query": "\\ud800"}',
    "NaN": b'{"query": "{ viewer { roles } }", "variables": {"a": NaN}}',
    "too deep": b"[" * 5000,
    "text": b'"{ viewer { roles } }"',
    "number": b"1",
    "null": b"null",
    "batch": b'[{"query": "{ viewer { roles } }"}]',
    "empty batch": b"[]",
    "no query": b"{}",
    "empty query": b'{"query": ""}',
    "query of a number": b'{"query": 1}',
    "query of null": b'{"query": null}',
    "variables of a list": b'{"query": "{ viewer { roles } }", "variables": []}',
    "variables of a text": b'{"query": "{ viewer { roles } }", "variables": "{}"}',
    "name of a number": b'{"query": "{ viewer { roles } }", "operationName": 1}',
    "extensions of a list": b'{"query": "{ viewer { roles } }", "extensions": []}',
}


@pytest.mark.parametrize("accept", [JSON, GRAPHQL, EVENTS])
async def test_a_body_that_is_no_request_is_refused(client: Client, accept: str) -> None:
    seen = {}
    for name, content in BODIES.items():
        response = await raw(client, content, accept=accept)
        assert "data" not in response.json()
        seen[name] = (response.status_code, codes(response))
    assert seen == {name: (400, ["BAD_REQUEST"]) for name in BODIES}


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": ""},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "application/graphql"},
        {"content_encoding": "gzip"},
        {"content_encoding": "br"},
    ],
)
async def test_other_content_types_and_compression_are_refused(client: Client, headers: dict[str, str]) -> None:
    content = f'{{"query": "{VIEWER}"}}'.encode()
    response = await raw(client, gzip.compress(content) if "content_encoding" in headers else content, **headers)
    assert (response.status_code, codes(response)) == (415, ["BAD_REQUEST"])


async def test_json_with_parameters_is_json(client: Client) -> None:
    content = f'{{"query": "{VIEWER}"}}'.encode()
    assert (await raw(client, content, content_type="Application/JSON; charset=UTF-8")).status_code == 200


async def test_a_subscription_needs_a_transport_that_stays_open(client: Client) -> None:
    for accept in (JSON, GRAPHQL):
        response = await post(client, LIVE, accept, variables={"p": client.world.acme.id("home")})
        assert (response.status_code, media(response), codes(response)) == (406, accept, ["BAD_REQUEST"])


@pytest.mark.parametrize(
    ("language", "shown"),
    [("zh-CN, en;q=0.5", "这不是"), ("en-GB", "This is not"), ("en;q=0.5, zh;q=0.4", "This"), ("fr", "这不是")],
)
async def test_messages_follow_accept_language(client: Client, language: str, shown: str) -> None:
    response = await client.http.post(
        "/graphql", json={"query": '{ node(id: "x") { id } }'}, headers={"accept-language": language}
    )
    assert shown in response.json()["errors"][0]["message"]


async def test_an_address_that_is_none_is_told_in_json(client: Client) -> None:
    response = await client.http.get("/nothing")
    assert (response.status_code, codes(response)) == (404, ["NOT_FOUND"])
