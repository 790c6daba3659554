"""The matrix of rights: every node type and root list × every account × two companies; and the second wall."""

from __future__ import annotations

import sys
from itertools import product
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest
from graphql import (
    GraphQLInterfaceType,
    get_named_type,
)

import models.scope
from adapters.database.migrate import HISTORY
from models.predicate import EVERYTHING, NOTHING, Predicate, eq
from schema import build_schema
from schema.base import encode
from schema.base.node import NODES
from tests.client import Client
from tests.dump import dump, owner
from tests.faults import FULL
from tests.matrix.look import HIDDEN, seen
from tests.matrix.may import hidden
from tests.visible import (
    LIST_EXCEPTIONS,
    LOGINS,
    PARENT_LISTS,
    PROPERTY_LISTS,
    ROOT_LISTS,
    SEES,
    SINGLES,
    furnish,
)

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.factories.tenant import Tenant

REFLECTED = ("resident", "manager", "chief")  # the other company is made like ours: who shows it, beside make faults
MISSING = UUID("01a200fb-5100-7fff-8000-00000000dead")
SCHEMA = build_schema()._schema


@pytest.fixture
async def furnished(client: Client, house: House) -> Client:
    """The world with files and steps, so that each node type has rows."""
    for seed, tenant in enumerate((client.world.acme, client.world.rival)):
        await furnish(house, tenant, 100 + seed)
    return client


def names(tenant: Tenant) -> list[str]:
    """Every row of a tenant that is a node."""
    return [name for name, type_ in tenant.types.items() if type_ in NODES]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_every_node_type_is_in_the_matrix(furnished: Client) -> None:
    rowless = set(NODES) - set(furnished.world.acme.types.values())
    assert rowless == set(), "give both companies a row of it in tests/factories, and say in tests/visible who sees it"
    lists = {name for name, field in SCHEMA.query_type.fields.items() if "first" in field.args}  # type: ignore[union-attr]
    assert lists == {*ROOT_LISTS, *PROPERTY_LISTS, *PARENT_LISTS}, "say in tests/visible what a list shows"
    singles = {
        name
        for name, field in SCHEMA.query_type.fields.items()  # type: ignore[union-attr]
        if set(field.args) == {"id"} and not isinstance(get_named_type(field.type), GraphQLInterfaceType)
    }
    assert singles == set(SINGLES)


async def test_node_shows_exactly_what_the_table_says(furnished: Client) -> None:
    for login, slug in [*product(LOGINS, ["acme"]), *product(LOGINS if FULL else REFLECTED, ["rival"])]:
        tenant: Tenant = getattr(furnished.world, slug)
        other: Tenant = getattr(furnished.world, "rival" if slug == "acme" else "acme")
        assert await seen(furnished, login, tenant, tenant) == SEES[login]
        assert await seen(furnished, login, tenant, other) == set()


async def test_single_queries_show_the_same(furnished: Client) -> None:
    for login in LOGINS:
        acme = furnished.world.acme
        for field, type_ in SINGLES.items():
            rows = [name for name in names(acme) if acme.types[name] == type_]
            fields = " ".join(f'n{n}: {field}(id: "{acme.id(name)}") {{ id }}' for n, name in enumerate(rows))
            if hidden(login, field):
                assert set(await furnished.codes(f"{{ {fields} }}", login)) == HIDDEN, field
                assert not [name for name in SEES[login] if acme.types[name] == type_]
                continue
            data = await furnished.data(f"{{ {fields} }}", login)
            found = {name for n, name in enumerate(rows) if data[f"n{n}"] is not None}
            assert found == {name for name in SEES[login] if acme.types[name] == type_}, field


async def test_lists_show_the_same(furnished: Client) -> None:
    for login in LOGINS:
        acme, rival = furnished.world.acme, furnished.world.rival
        places = {"home": acme.id("home"), "away": acme.id("away"), "foreign": rival.id("home")}
        for field, rows in shown(login, ROOT_LISTS):
            data = await furnished.data(f"{{ {field}(first: 100) {{ nodes {{ id }} }} }}", login)
            assert ids(data[field]) == {acme.id(name) for name in rows & SEES[login]}, field
        for field, (home, away) in shown(login, PROPERTY_LISTS):
            fields = " ".join(
                f'{place}: {field}(propertyId: "{id_}", first: 100) {{ nodes {{ id }} }}'
                for place, id_ in places.items()
            )
            data = await furnished.data(f"{{ {fields} }}", login)
            visible = LIST_EXCEPTIONS.get((login, field), SEES[login])
            assert ids(data["home"]) == {acme.id(name) for name in home & visible}, field
            assert ids(data["away"]) == {acme.id(name) for name in away & visible}, field
            assert ids(data["foreign"]) == set(), field
        for field, (argument, children) in shown(login, PARENT_LISTS):
            for parent, rows in children.items():
                owned = rows & SEES[login] if parent in SEES[login] else set()
                for tenant, expected in ((acme, {acme.id(name) for name in owned}), (rival, set[str]())):
                    query = f'{{ x: {field}({argument}: "{tenant.id(parent)}", first: 100) {{ nodes {{ id }} }} }}'
                    assert ids((await furnished.data(query, login))["x"]) == expected, (field, parent)


def shown(login: str, lists: dict[str, Any]) -> list[tuple[str, Any]]:
    """The lists that the account is shown."""
    return [(field, rows) for field, rows in lists.items() if not hidden(login, field)]


def ids(connection: dict[str, Any]) -> set[str]:
    return {node["id"] for node in connection["nodes"]}


async def test_nobody_sees_nothing(furnished: Client) -> None:
    for tenant in (furnished.world.acme, furnished.world.rival):
        assert await seen(furnished, None, tenant, tenant) == set()
    home = furnished.world.acme.id("home")
    for field in ROOT_LISTS:
        data = await furnished.data(f"{{ {field} {{ nodes {{ id }} }} }}", None)
        assert data[field]["nodes"] == []
    for field in PROPERTY_LISTS:
        data = await furnished.data(f'{{ {field}(propertyId: "{home}") {{ nodes {{ id }} }} }}', None)
        assert data[field]["nodes"] == []


async def raw(client: Client, query: str, who: str | None, **variables: str) -> bytes:
    asked = {"query": query, "variables": variables}
    response = await client.http.post("/graphql", json=asked, headers=client.headers(who))
    assert response.status_code == 200, response.text
    assert "errors" not in response.json(), response.text  # a field of that name is none
    return response.content.partition(b',"extensions":{"cost"')[0]  # which the document alone decides


async def test_foreign_and_missing_ids_answer_alike_byte_for_byte(furnished: Client) -> None:
    missing: dict[tuple[str | None, str, str], bytes] = {}
    for login in ("neighbour", "tech1", "chief", None):
        rival = furnished.world.rival
        for name in names(rival):
            type_ = rival.types[name]
            fields = ["node", *(field for field, of in SINGLES.items() if of == type_)]
            for field in fields:
                query = f"query ($id: ID!) {{ x: {field}(id: $id) {{ id }} }}"
                foreign = await raw(furnished, query, login, id=rival.id(name))
                if (login, field, type_) not in missing:
                    missing[login, field, type_] = await raw(furnished, query, login, id=encode(type_, MISSING))
                assert foreign == missing[login, field, type_] == b'{"data":{"x":null}', (field, name)


FILTERS = {
    "entrances": ("buildingId", "building"),
    "units": ("buildingId", "building"),
    "workOrders": ("assigneeId", "tech1_staff"),
    "accessEvents": ("gateId", "gate0"),
    "accessEvents ": ("personId", "resident_person"),
    "cameras": ("buildingId", "building"),
    "cameras ": ("deviceId", "recorder"),
    "alarms": ("deviceId", "lift"),
    "alarms ": ("cameraId", "camera0"),
    "forumPosts": ("boardId", "board"),
    "bills": ("unitId", "unit0"),
    "bills ": ("payerId", "resident_person"),
    "payments": ("payerId", "neighbour_person"),
}


async def test_foreign_and_missing_filters_answer_alike(furnished: Client) -> None:
    acme, rival = furnished.world.acme, furnished.world.rival
    for field, (argument, name) in FILTERS.items():
        answers = [
            await raw(
                furnished,
                f'{{ x: {field}(propertyId: "{acme.id("home")}", filter: {{ {argument}: "{id_}" }})'
                " { nodes { id } } }",
                "chief",
            )
            for id_ in (rival.id(name), encode(rival.types[name], MISSING))
        ]
        assert answers[0] == answers[1] == b'{"data":{"x":{"nodes":[]}}'


def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tear down the first wall: scope shows everything, wherever it was imported."""
    real = models.scope.visible

    def everywhere(model: object, viewer: object) -> Predicate:
        return EVERYTHING

    torn = [module for module in list(sys.modules.values()) if getattr(module, "visible", None) is real]
    assert len(torn) > 5
    for module in torn:
        monkeypatch.setattr(module, "visible", everywhere)


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
@pytest.mark.parametrize("login", ["resident", "manager", "chief"])
async def test_the_second_wall_stands_alone(furnished: Client, monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    acme, rival = furnished.world.acme, furnished.world.rival
    blind(monkeypatch)
    assert await seen(furnished, login, acme, acme) == set(names(acme)), "the first wall still stands"
    assert await seen(furnished, login, acme, rival) == set()
    for field in PROPERTY_LISTS:
        data = await furnished.data(f'{{ {field}(propertyId: "{rival.id("home")}") {{ nodes {{ id }} }} }}', login)
        assert data[field]["nodes"] == [], field
    for field in ROOT_LISTS:
        answer = await raw(furnished, f"{{ {field}(first: 100) {{ nodes {{ id }} }} }}", login)
        assert not any(rival.id(name).encode() in answer for name in names(rival))


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_without_any_wall_the_matrix_is_red(furnished: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has no second wall: the checks above can fail."""
    acme, rival = furnished.world.acme, furnished.world.rival
    blind(monkeypatch)
    assert await seen(furnished, "neighbour", acme, rival) == set(names(rival))


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])
class TestApplicationRole:
    async def test_a_connection_without_an_organization_sees_nothing(self, furnished: Client, house: House) -> None:
        sql = (
            "SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'organization_id' AND c.relkind IN ('r', 'p')"
            " AND c.relnamespace = 'public'::regnamespace"
        )
        tables = [row["name"] for row in await owner(house, sql)]
        assert len(tables) > 15
        connection = await asyncpg.connect(house.settings.database_url)
        try:
            for table in ["organization", *tables]:
                try:
                    seen = await connection.fetchval(f"SELECT count(*) FROM {table}")
                except asyncpg.InsufficientPrivilegeError:
                    continue
                assert seen == 0, table
        finally:
            await connection.close()
        assert (await owner(house, "SELECT count(*) AS n FROM ticket"))[0]["n"] == 4

    async def test_it_deletes_nothing_and_never_rewrites_history(self, client: Client, house: House) -> None:
        assert set(HISTORY) >= {"audit_entry", "access_event", "event"}
        sql = (
            "SELECT relname AS name, pg_partition_root(oid)::regclass::text AS root FROM pg_class"
            " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        connection = await asyncpg.connect(house.settings.database_url)
        try:
            for row in await owner(house, sql):
                statements = [f"DELETE FROM {row['name']}", f"TRUNCATE {row['name']}"]
                if (row["root"] or row["name"]) in HISTORY:
                    statements.append(f"UPDATE {row['name']} SET organization_id = organization_id")
                for statement in statements:
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(statement)
        finally:
            await connection.close()

    async def test_it_writes_no_row_of_another_organization(self, client: Client, house: House) -> None:
        acme, rival = client.world.acme.keys, client.world.rival.keys
        before = await dump(house)
        with pytest.raises(Exception, match="row-level security"):
            async with house.database.transaction(acme["organization"]) as tx:
                await tx.fetch("UPDATE person SET organization_id = $1 RETURNING id", rival["organization"])
        async with house.database.transaction(acme["organization"]) as tx:
            assert (
                await tx.fetch("UPDATE person SET name = 'x' WHERE id = $1 RETURNING id", rival["resident_person"])
                == []
            )
        assert await dump(house) == before


def test_a_predicate_without_scope_is_no_accident() -> None:
    """`visible` itself: nobody sees nothing, and every scope carries the Organization."""
    from models.viewer import Viewer
    from tests.factories.world import NOW

    organization = UUID(int=3)
    viewer = Viewer(organization_id=organization, valid_until=NOW)
    for node in NODES.values():
        column = "id" if node.name == "Organization" else "organization_id"
        assert models.scope.visible(node.model, None) == NOTHING
        scope = models.scope.visible(node.model, viewer)
        assert scope == NOTHING or eq(column, organization) in getattr(scope, "parts", (scope,))
