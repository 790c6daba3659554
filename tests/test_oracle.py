"""graphql-core is the oracle of the read engine: generated queries are answered both ways, and the bytes are equal."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from resolvers.rights import Viewers
from schema import build_schema
from schema.base import encode
from schema.base.node import NODES
from schema.http.execution import Engine
from subscriptions.ports import Caller, Request, RequestRefused
from tests.faults import FULL
from tests.oracle.argument import Stock
from tests.oracle.both import answers
from tests.oracle.choice import Chance
from tests.oracle.document import Writer, kind_of, shown_keys
from tests.oracle.rows import make_odd
from tests.visible import LOGINS, furnish

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from resolvers.ports import House
    from tests.factories.world import World
    from tests.oracle.both import Answers
    from tests.oracle.document import Written

pytestmark = pytest.mark.timeout(5_400 if FULL else 60)
QUERIES = int(os.environ.get("QUERIES", "12000" if FULL else "150"))
SEED = int(os.environ.get("SEED", "20261122"))
LEAST_PLANNED = 0.95
MISSING = UUID("01a200fb-5100-7fff-8000-00000000dead")
SCHEMA = build_schema()._schema


@dataclass
class Oracle:
    """An engine over odd rows, who asks it, and what came of it."""

    engine: Engine
    callers: list[Caller]
    stock: Stock
    ways: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    async def ask(self, query: str, caller: Caller, variables: dict[str, Any], name: str | None = None) -> Answers:
        """Both ways; fails where they differ."""
        operation = self.engine.compile(Request(query, variables, name), caller)
        found = await answers(operation, (False, True) if self.engine.in_sql else (False,))
        viewer = caller.viewer and caller.viewer.account_id
        said = f"\n{query}\n{orjson.dumps(variables).decode()}\nby {viewer}\ncore {found.core.decode()}"
        assert not found.bugs, f"the plan failed: {found.bugs[0]}{said}"
        assert not found.wrong, "".join([said, *(f"\n{way} {got.decode()}" for way, got in found.wrong.items())])
        self.ways[found.way] += 1
        return found

    async def try_out(self, written: Written, callers: list[Caller]) -> None:
        """One document, with each set of its variables by another caller: the plan is made once."""
        for variables, caller in zip(written.variables, callers, strict=False):
            try:
                found = await self.ask(written.text, caller, variables, written.operation)
            except RequestRefused as refused:
                assert all(error["extensions"]["code"] == "QUERY_LIMIT_EXCEEDED" for error in refused.errors), (
                    written.text,
                    refused.errors,
                )
                self.ways["refused"] += 1
                continue
            if found.way == "plan" and b'"data"' in found.core:
                for key in shown_keys(found.core) & written.kinds.keys():
                    self.kinds.update(written.kinds[key])


async def callers_of(engine: Engine, world: World) -> list[Caller]:
    """Each account of one company, some of the other, a partner's program and nobody."""
    found = [Caller(None, "en")]
    tenants = [(world.acme, [*LOGINS, "program"]), (world.rival, ["manager", "resident", "chief"])]
    for tenant, logins in tenants:
        for login in logins:
            viewer = await engine.viewers(tenant.token(login))
            assert viewer is not None, login
            found.append(Caller(viewer, "zh" if len(found) % 2 else "en", tenant.token(login)))
    return found


def ids_of(world: World) -> dict[str, list[str]]:
    """Of each type: those of one company, one of the other, and one of nothing."""
    found: dict[str, list[str]] = {name: [] for name in NODES}
    for name, type_ in world.acme.types.items():
        if type_ in found:
            found[type_].append(world.acme.id(name))
    for type_, ids in found.items():
        ids += [world.rival.id(name) for name, other in world.rival.types.items() if other == type_][:1]
        ids.append(encode(type_, MISSING))
    return found


@pytest.fixture
async def oracle(house: House, world: World) -> AsyncIterator[Oracle]:
    """The product without its jobs: nothing changes between two answers."""
    await house.database.connect()
    try:
        for n, tenant in enumerate((world.acme, world.rival)):
            await furnish(house, tenant, 100 + n)
            taken = await make_odd(house, tenant, 500 + n)
            assert taken > 300, taken
        engine = Engine(build_schema(), house, Viewers(house.database, house.clock))
        yield Oracle(engine, await callers_of(engine, world), Stock(ids_of(world), {}))
    finally:
        await house.database.close()


async def test_generated_queries_are_answered_alike(oracle: Oracle) -> None:
    print("SEED", SEED, "QUERIES", QUERIES)
    loop = asyncio.get_running_loop()

    @seed(SEED)
    @settings(
        max_examples=QUERIES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
    )
    @given(st.data())
    def generated(data: st.DataObject) -> None:
        chance = Chance(data.draw)
        callers = [chance.of(oracle.callers), chance.of(oracle.callers)]
        schema = oracle.engine.sights.of(callers[0].viewer).schema
        written = Writer(schema, oracle.stock, chance).write()
        asyncio.run_coroutine_threadsafe(oracle.try_out(written, callers), loop).result()

    await asyncio.to_thread(generated)
    print(oracle.ways, oracle.kinds)
