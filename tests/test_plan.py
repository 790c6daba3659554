"""Which way a read goes, and who may ask: `extensions: {explain: true}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

PAGE = (
    "query ($id: ID!, $n: Int) { tickets(propertyId: $id, first: 2)"
    " { nodes { number workOrders(first: $n) { nodes { id } } } } }"
)


async def explained(client: Client, query: str, who: str = "admin", **variables: Any) -> dict[str, Any]:
    body = {"query": query, "variables": variables, "extensions": {"explain": True}}
    answer = await client.http.post("/graphql", json=body, headers=client.headers(who))
    return answer.json()  # type: ignore[no-any-return]


async def test_a_read_says_how_it_went(client: Client, house: House) -> None:
    home = client.world.acme.id("home")
    told = (await explained(client, PAGE, id=home, n=3))["extensions"]["plan"]
    assert told["way"] == "plan"
    assert told["reason"] is None
    assert len(told["statements"]) == (2 if house.database.dialect == "sqlite" else 1)
    assert all("$" in sql and home not in sql for sql in told["statements"]), "values are parameters"


async def test_what_is_not_planned_says_why(client: Client) -> None:
    home = client.world.acme.id("home")
    told = await explained(client, PAGE, id=home, n=101)
    assert told["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    plan = told["extensions"]["plan"]
    assert (plan["way"], plan["reason"]) == ("graphql-core", "the arguments of a nested list: BAD_USER_INPUT")
    assert plan["statements"]
    introspection = await explained(client, "{ __schema { queryType { name } } }")
    assert introspection["extensions"]["plan"] == {"way": "graphql-core", "reason": "introspection", "statements": []}
    verb = await explained(client, "mutation { accountSignOut { userErrors { code } } }")
    assert verb["extensions"]["plan"]["way"] == "plan", "what a verb shows is read by a plan too"


async def test_only_who_may_is_told(client: Client) -> None:
    home = client.world.acme.id("home")
    for who in ("manager", "resident"):
        answer = await explained(client, PAGE, who, id=home, n=1)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
        assert "plan" not in answer.get("extensions", {})
    plain = await client.data(PAGE, "manager", id=home, n=1)
    assert plain["tickets"]["nodes"]
