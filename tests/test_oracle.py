"""graphql-core is the oracle of the read engine: generated queries are answered both ways, and the bytes are equal."""

from __future__ import annotations

import asyncio
import os
import random
import re
import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import get_named_type
from hypothesis import HealthCheck, Phase, given, seed, settings
from strawberry.schema.schema_converter import GraphQLCoreConverter

from models.predicate import EVERYTHING
from resolvers.rights import Viewers
from schema import build_schema
from schema.base.leaf import leaf
from schema.base.node import NODES
from schema.http.execution import Engine
from schema.plan import layout, run, statement
from schema.plan.run import Run
from subscriptions.ports import Request
from tests.conftest import ROLE, ROLE_PASSWORD, Template, house_of
from tests.dump import kept_owner
from tests.faults import FULL
from tests.oracle.argument import Stock
from tests.oracle.ask import WIDE_AWAKE, Different, Oracle, callers_of, ids_of
from tests.oracle.both import BUGS
from tests.oracle.choice import Chance, blocks
from tests.oracle.document import Writer, kind_of
from tests.oracle.every import SCHEMA
from tests.oracle.rows import make_odd, owner_of
from tests.visible import furnish

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.factories.world import World
    from tests.servers.postgres import PostgresServer

pytestmark = pytest.mark.timeout(5_400 if FULL else 60)
QUERIES = int(os.environ.get("QUERIES", "12000" if FULL else "60"))
SEED = int(os.environ.get("SEED", "20261122"))
LEAST_PLANNED = 0.95
DEPTHS = 40 if FULL else 4  # ways to each null that may not be


async def make_strange(template: Template, settings: Settings) -> Template:
    """In a clone of the template, rows of every type, odd ones; the world names them."""
    world, house = deepcopy(template.world), house_of(settings)
    await house.database.connect()
    try:
        async with kept_owner(house):
            for n, tenant in enumerate((world.acme, world.rival)):
                await furnish(house, tenant, 100 + n)
                taken = await make_odd(house, tenant, 500 + n)
                assert taken > 300, taken
    finally:
        await house.database.close()
    return Template(world, settings)


@pytest.fixture(scope="module")
def sqlite_template(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A file with odd rows, cloned for each test of this module."""
    folder = tmp_path_factory.mktemp("odd")
    shutil.copy(sqlite_template.settings.sqlite_path, folder / "wuye.db")
    settings = replace(sqlite_template.settings, database_url=f"sqlite://{folder / 'wuye.db'}", state_path=folder)
    return asyncio.run(make_strange(sqlite_template, settings))


@pytest.fixture(scope="module")
def postgres_template(postgres: PostgresServer, postgres_template: Template) -> Iterator[Template]:
    """A database with odd rows, cloned for each test of this module."""
    plain = postgres_template.settings
    name = postgres.create_database(Path(plain.database_admin_url or "").name)
    url = postgres.url(name, ROLE, ROLE_PASSWORD)
    settings = replace(plain, database_url=url, database_admin_url=postgres.url(name))
    yield asyncio.run(make_strange(postgres_template, settings))
    postgres.drop_database(name)


@pytest.fixture
async def oracle(house: House, world: World) -> AsyncIterator[Oracle]:
    """The product without its jobs: nothing changes between two answers. Its rows are odd."""
    await house.database.connect()
    try:
        engine = Engine(build_schema(), house, Viewers(house.database, house.clock))
        yield Oracle(engine, await callers_of(engine, world), Stock(ids_of(world), {}))
    finally:
        await house.database.close()


def kinds_of_rows() -> set[str]:
    """Every kind of declaration that a field of a row has."""
    fields = (field for type_ in NODES for field in SCHEMA.type_map[type_].fields.values())  # type: ignore[attr-defined]
    return {kind for field in fields if (kind := kind_of(field)) is not None}


async def test_generated_queries_are_answered_alike(oracle: Oracle) -> None:
    print("SEED", SEED, "QUERIES", QUERIES)
    loop = asyncio.get_running_loop()
    everybody = [*oracle.callers.values(), *(oracle.callers[who] for who in WIDE_AWAKE * 3)]
    for who in oracle.callers.keys() - {"program"} if FULL else ["admin"]:  # a program knows only a part of it
        await oracle.ask_everything(who)

    @seed(SEED)
    @settings(
        max_examples=QUERIES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
    )
    @given(blocks)
    def generated(block: bytes) -> None:
        chance = Chance(block)
        callers = [chance.of(everybody), chance.of(everybody)]
        schema, other = (oracle.engine.sights.of(caller.viewer).schema for caller in callers)
        if other is not schema:  # a program's: it would not fit
            callers[1] = callers[0]
        written = Writer(schema, oracle.stock, chance).write()
        asyncio.run_coroutine_threadsafe(oracle.try_out(written, callers), loop).result()

    await asyncio.to_thread(generated)
    print(dict(oracle.ways), dict(oracle.kinds))
    assert oracle.ways["plan"] >= LEAST_PLANNED * (oracle.ways["plan"] + oracle.ways["core"]), oracle.ways
    assert oracle.ways["limit"] <= oracle.ways["plan"] / 5, oracle.ways
    assert oracle.kinds.keys() >= kinds_of_rows(), kinds_of_rows() - oracle.kinds.keys()


STRANGE = {  # rows of the other company
    "organization": "organization",
    "property": "home",
    "account": "chief",
    "warehouse": "warehouse",
    "item": "tube",
    "movement": "moved0",
    "batch": "batch0",
    "stocktake": "stocktake0",
}


def strict_references() -> dict[str, list[tuple[str, str]]]:
    """By type: the references that may not be null, and their foreign keys."""
    found: dict[str, list[tuple[str, str]]] = {}
    for type_ in NODES:
        shown: Any = SCHEMA.type_map[type_]
        for name, field in shown.fields.items():
            if kind_of(field) == "ToOneSpec" and str(field.type).endswith("!"):
                declared = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
                found.setdefault(type_, []).append((name, f"{declared.spec.source or declared.python_name}_id"))
    return found


def leading_to(type_: str, below: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """(a type, a selection on it) that reaches rows of `type_`: themselves, what refers to them, what lists them."""
    yield type_, below
    for other in NODES if depth < 2 else ():
        shown: Any = SCHEMA.type_map[other]
        for name, field in shown.fields.items():
            named: Any = get_named_type(field.type)
            if named.name == type_:
                yield from leading_to(other, f"{{ id {name} {below} }}", depth + 1)
            elif named.name == f"{type_}Connection" and "after" in field.args and "metric" not in field.args:
                yield from leading_to(other, f"{{ id {name}(first: 3) {{ edges {{ node {below} }} }} }}", depth + 1)


async def test_a_null_goes_as_far_as_graphql_core_lets_it(oracle: Oracle, house: House, world: World) -> None:
    """References that may not be null lead to rows of the other company, which nobody sees: one at a time."""
    chance, asked = random.Random(SEED), 0
    async with owner_of(house) as change:
        for type_, references in strict_references().items():
            name, column = chance.choice(references)
            mine = next(key for key, of in world.acme.types.items() if of == type_)
            target = world.rival.keys[STRANGE[name]]
            table = NODES[type_].model._meta.db_table
            if not await change(f"UPDATE {table} SET {column} = $1 WHERE id = $2", target, world.acme.keys[mine]):
                continue  # the database lets no such row be
            ways = list(leading_to(type_, f"{{ id {name} {{ id }} }}"))
            for on, selection in [ways[0], *chance.sample(ways[1:], min(len(ways) - 1, DEPTHS))]:
                ids = oracle.stock.ids[on][:8]
                rows = " ".join(f'n{n}: node(id: "{id_}") {{ ... on {on} {selection} }}' for n, id_ in enumerate(ids))
                found = await oracle.ask(f"{{ {rows} }}", oracle.callers["chief"], {})
                asked += b"INTERNAL_SERVER_ERROR" in found.core or b"Cannot return null" in found.core
        await change("UPDATE file SET size_bytes = $1", 2**31)  # more than an Int
    for rows in (f'a: node(id: "{id_}") {{ id ... on File {{ sizeBytes }} }}' for id_ in oracle.stock.ids["File"]):
        asked += b"Int cannot represent" in (await oracle.ask(f"{{ {rows} }}", oracle.callers["chief"], {})).core
    assert asked >= 20, asked


REFUSED = """query ($p: ID!, $n: Int, $m: String = "temperature") { devices(propertyId: $p, first: $n) { nodes {
    id telemetry(metric: $m, from: "2026-11-22T00:00:00Z") { nodes { recordedAt } } } } }"""


async def test_what_is_refused_deeper_down_is_refused_where_it_is(oracle: Oracle, world: World) -> None:
    """A null in the place of a default, below a list that may be empty: graphql-core may never meet it."""
    for first, metric in ((0, None), (5, None), (5, "temperature")):
        variables = {"p": world.acme.id("home"), "n": first, "m": metric}
        found = await oracle.ask(REFUSED, oracle.callers["manager"], variables)
        assert (b"BAD_USER_INPUT" in found.core) is (first > 0 and metric is None), found.core


async def test_a_refusal_below_a_resolver_is_told_where_it_is(oracle: Oracle, world: World) -> None:
    query = "query ($p: ID!) { viewer { account { login } permissions(propertyId: $p) } }"
    found = await oracle.ask(query, oracle.callers["manager"], {"p": world.acme.id("unit0")})
    assert b'"path":["viewer","permissions"]' in found.core, found.core


@pytest.mark.parametrize("beside", ["__typename", "cursor", "cursor __typename"])
async def test_edges_without_nodes_are_written_beside_them(oracle: Oracle, world: World, beside: str) -> None:
    """The database writes the nodes of a list as one text, which says nothing of its edges."""
    parts = f"edges {{ {beside} }} nodes {{ id }} pageInfo {{ hasNextPage }}"
    query = f"query ($p: ID!) {{ tickets(propertyId: $p, first: 2) {{ {parts} }} units(propertyId: $p, first: 3)"
    query += f" {{ edges {{ {beside} }} nodes {{ id bills(first: 1) {{ nodes {{ id }} edges {{ {beside} }} }} }} }} }}"
    found = await oracle.ask(query, oracle.callers["manager"], {"p": world.acme.id("home")})
    assert found.core.count(beside.split(maxsplit=1)[0].encode()) >= 5, found.core


ASKED = "query ($id: ID!) { node(id: $id) { ... on Ticket { text category status createdAt number property { id } } } }"


def misspelt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text is escaped in another way than orjson's."""
    known: Any = leaf

    def other(*of: Any) -> Any:
        found = known(*of)
        return replace(found, write=lambda raw: found.write(raw).replace("\\u", "\\U"), sql=None)

    monkeypatch.setattr(layout, "leaf", other)


def swapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """One column is read for another."""
    known = layout.Layout.of
    wrong: dict[str, str] = {"text": "category", "category": "text"}
    monkeypatch.setattr(layout.Layout, "of", lambda self, alias, name: known(self, alias, wrong.get(name) or name))


def unscoped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a row gets it."""
    monkeypatch.setattr(run, "visible", lambda model, _viewer: EVERYTHING)
    monkeypatch.setattr(statement, "visible", lambda model, _viewer: EVERYTHING)


@pytest.mark.parametrize("break_", [misspelt, swapped, unscoped])
async def test_a_wrong_plan_is_found_out(oracle: Oracle, monkeypatch: pytest.MonkeyPatch, break_: Any) -> None:
    """The negative control: the oracle is red for each of these, over the rows that it is green for without."""
    resident = oracle.callers["resident"]
    ids = oracle.stock.ids["Ticket"]
    for id_ in ids:
        assert (await oracle.ask(ASKED, resident, {"id": id_})).way == "plan"
    break_(monkeypatch)
    foreign = [oracle.stock.ids["Account"][3], *ids]
    broken = ASKED.replace("{ ... on Ticket", "{ id __typename ... on Ticket")  # a document without a plan so far

    async def ask_all() -> None:
        for id_ in foreign:
            await oracle.ask(broken, resident, {"id": id_})

    with pytest.raises(Different):
        await ask_all()


async def test_a_plan_that_fails_is_logged_and_graphql_core_answers(
    oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is told, and it is asked once; in tests it is a failure all the same."""
    caller, variables = oracle.callers["manager"], {"id": oracle.stock.ids["Ticket"][0]}
    operation = oracle.engine.compile(Request(ASKED, variables), caller)
    wanted, asked = await operation.run(), []

    async def broken(self: Run) -> Any:
        asked.append(self)
        raise LookupError("a bug of the plan")

    monkeypatch.setattr(Run, "data", broken)
    assert [await operation.run(), await operation.run()] == [wanted, wanted]
    assert len(asked) == 1
    (bug,) = BUGS.take()
    assert re.match(r"the plan failed, graphql-core answers: [0-9a-f]{12}\n", bug)
    assert "LookupError: a bug of the plan" in bug
