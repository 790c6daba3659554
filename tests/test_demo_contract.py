"""The demo through the contract: no list is empty, the books balance, and each example of GraphiQL runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
from graphql import GraphQLNonNull, GraphQLObjectType, OperationDefinitionNode, OperationType, get_named_type, parse

from adapters.clock import SystemClock
from adapters.demo import PASSWORD
from adapters.identity import Identity
from adapters.settings import Settings
from schema import build_schema
from server import application
from tests.conftest import house_of
from tests.test_schema import examples

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.estate import Estate

pytestmark = pytest.mark.timeout(400)  # whoever comes first loads the estate

SCHEMA = build_schema()._schema
SIGN_IN = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token userErrors { code } } }"
LOGINS = {
    "resident": "resident1",
    "technician": "tech1",
    "manager": "manager",
    "control room": "control",
    "cashier": "cashier",
    "organization admin": "admin",
}
# Lists that the demo leaves empty, and why.
EMPTY = {
    "dispatchQueue": "the job that runs beside the server puts there what it can give to nobody",
    "exports": "an export is made for whoever asks",
    "identityProviders": "the provider is the company's own, elsewhere",
    "alarmEscalations": "the defaults hold",
    "notifications": "an inbox is its owner's, and nothing is told to the administrator",
    "notificationDeliveries": "nothing leaves the house before somebody says how he wants to be told",
    "notificationPreferences": "nobody has said anything yet",
    "pushDevices": "nobody's phone is known to the demo",
}


class Desk:
    """Asks as one of the demo's accounts."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._token = token

    async def ask(self, query: str, operation: str | None = None, **variables: Any) -> dict[str, Any]:
        """The data; there must be no error."""
        body = {"query": query, "variables": variables, "operationName": operation}
        answer = await self._http.post("/graphql", json=body, headers={"authorization": f"Bearer {self._token}"})
        result = answer.json()
        assert "errors" not in result, (query, result["errors"])
        data: dict[str, Any] = result["data"]
        return data


class House:
    """The product over a copy of the estate."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def desk(self, login: str) -> Desk:
        """Signed in."""
        wish = {"organization": "demo", "login": login, "password": PASSWORD}
        answer = await self._http.post("/graphql", json={"query": SIGN_IN, "variables": {"input": wish}})
        return Desk(self._http, answer.json()["data"]["accountSignIn"]["token"])


@pytest.fixture
async def house(estate: Estate, tmp_path: Path) -> AsyncIterator[House]:
    await asyncio.to_thread((tmp_path / "wuye.db").write_bytes, estate.database.read_bytes())
    clock = SystemClock()
    settings = Settings(database_url=f"sqlite://{tmp_path / 'wuye.db'}", state_path=tmp_path)
    asgi = application(replace(house_of(settings), clock=clock, identity=Identity(clock)))
    async with (
        asgi.router.lifespan_context(asgi),
        httpx.AsyncClient(transport=httpx.ASGITransport(asgi), base_url="http://wuye.test") as http,
    ):
        yield House(http)


def lists() -> dict[str, dict[str, str]]:
    """Every list at the root: its required arguments and their types."""
    query = SCHEMA.query_type
    assert query is not None
    return {
        name: {key: str(arg.type) for key, arg in field.args.items() if isinstance(arg.type, GraphQLNonNull)}
        for name, field in query.fields.items()
        if isinstance(kind := get_named_type(field.type), GraphQLObjectType) and "nodes" in kind.fields
    }


async def test_no_list_is_empty(house: House) -> None:
    admin = await house.desk("admin")
    place = (await admin.ask("{ properties(first: 1) { nodes { id } } }"))["properties"]["nodes"][0]["id"]
    found = await admin.ask(
        """query ($p: ID!) {
          forumPosts(propertyId: $p, order: LAST_REPLIED, first: 1) { nodes { id } }
          devices(propertyId: $p, filter: {kind: LIFT}, first: 1) { nodes { id } }
          warehouses(filter: {propertyId: $p}, first: 1) { nodes { id } }
        }""",
        p=place,
    )
    known = {"propertyId": place, "metric": "motor_temperature"}
    known |= {"postId": found["forumPosts"]["nodes"][0]["id"], "deviceId": found["devices"]["nodes"][0]["id"]}
    known |= {"warehouseId": found["warehouses"]["nodes"][0]["id"]}
    seen = {}
    for name, wanted in lists().items():
        mine = {key: value for key, value in known.items() if key in wanted}
        declared = ", ".join(f"${key}: {wanted[key]}" for key in mine)
        given = ", ".join(f"{key}: ${key}" for key in mine)
        head, tail = (f"query ({declared})", f"({given})") if mine else ("query", "")
        query = f"{head} {{ {name}{tail} {{ nodes {{ __typename }} }} }}"
        seen[name] = len((await admin.ask(query, **mine))[name]["nodes"])
    assert len(seen) > 20
    assert {name for name, count in seen.items() if count == 0} <= set(EMPTY), seen


async def test_there_is_news_in_the_inboxes(house: House) -> None:
    for login, kind in (("control", "ALARM_RAISED"), ("tech1", "WORK_ORDER_ASSIGNED")):
        desk = await house.desk(login)
        news = (await desk.ask("{ notifications { nodes { kind text subject { id } } } }"))["notifications"]["nodes"]
        assert kind in {one["kind"] for one in news}, login
        assert all(one["text"] and one["subject"] for one in news), login


async def test_the_books_balance(house: House) -> None:
    cashier = await house.desk("cashier")
    places = (await cashier.ask("{ properties { nodes { id } } }"))["properties"]["nodes"]
    assert len(places) == 3
    for place in places:
        query = "query ($p: ID!) { ledgerCheck(propertyId: $p) { balanced debits { amount } credits { amount } } }"
        proof = (await cashier.ask(query, p=place["id"]))["ledgerCheck"]
        assert proof["balanced"]
        assert proof["debits"] == proof["credits"]
        assert float(proof["debits"]["amount"]) > 100_000


def operations(query: str) -> dict[str, OperationType]:
    """The operations of a document by name."""
    found = (item for item in parse(query).definitions if isinstance(item, OperationDefinitionNode))
    return {item.name.value: item.operation for item in found if item.name is not None}


def test_every_role_of_an_example_has_an_account() -> None:
    assert {example["role"] for example in examples()} <= set(LOGINS)


async def test_every_query_of_the_examples_runs_and_finds_something(house: House) -> None:
    place = None
    for example in examples():
        desk = await house.desk(LOGINS[example["role"]])
        if place is None:
            place = (await desk.ask("{ viewer { properties { id } } }"))["viewer"]["properties"][0]["id"]
        variables = orjson.loads(orjson.dumps(example["variables"]).replace(b"$property", place.encode()))
        for name, kind in operations(example["query"]).items():
            if kind is OperationType.QUERY:
                data = await desk.ask(example["query"], name, **variables)
                assert all(value is not None for value in data.values()), (example["title"], name, data)
