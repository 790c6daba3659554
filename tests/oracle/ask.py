"""Whoever asks an engine everything both ways, and keeps the count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from schema.base import encode
from schema.base.node import NODES
from subscriptions.ports import Caller, Request, RequestRefused
from tests.oracle.both import Answers, answers
from tests.oracle.document import shown_keys
from tests.oracle.every import cursors_of, of_lists, of_types
from tests.visible import LOGINS

if TYPE_CHECKING:
    from schema.http.execution import Engine
    from tests.factories.world import World
    from tests.oracle.argument import Stock
    from tests.oracle.document import Written

MISSING = UUID("01a200fb-5100-7fff-8000-00000000dead")
WIDE_AWAKE = ["manager", "chief", "admin", "resident"]  # who see much are asked more often


class Different(AssertionError):
    """A plan failed, or answered otherwise than graphql-core."""


@dataclass
class Oracle:
    """An engine, who asks it, and what came of it."""

    engine: Engine
    callers: dict[str, Caller]
    stock: Stock
    ways: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    async def ask(self, query: str, caller: Caller, variables: dict[str, Any], name: str | None = None) -> Answers:
        """Both ways. Raises Different."""
        try:
            operation = self.engine.compile(Request(query, variables, name), caller)
        except RequestRefused as refused:
            if refused.errors[0]["extensions"]["code"] != "QUERY_LIMIT_EXCEEDED":
                raise  # what is generated is valid
            self.ways["limit"] += 1
            return Answers(b"{}")
        found = await answers(operation, (False, True) if self.engine.in_sql else (False,))
        said = f"\n{query}\n{orjson.dumps(variables).decode()}\ncore {found.core.decode()}"
        if found.bugs:
            raise Different(f"the plan failed: {found.bugs[0]}{said}")
        if found.wrong:
            raise Different("".join([said, *(f"\n{way} {got.decode()}" for way, got in found.wrong.items())]))
        self.ways[found.way] += 1
        return found

    async def try_out(self, written: Written, callers: list[Caller]) -> Answers:
        """One document, with each set of its variables by another caller: the plan is made once. Gives the last."""
        found = Answers(b"{}")
        for variables, caller in zip(written.variables, callers, strict=False):
            found = await self.ask(written.text, caller, variables, written.operation)
            if found.way == "plan":
                for key in shown_keys(found.core) & written.kinds.keys():
                    self.kinds.update(written.kinds[key])
        return found

    async def ask_everything(self, who: str) -> None:
        """Every field of every type, every list in every order; their cursors are kept."""
        caller = self.callers[who]
        for type_, written in of_types(self.stock.ids):
            data = orjson.loads((await self.try_out(written, [caller])).core).get("data")
            for row in (data or {}).values():
                cursors_of(row, type_, self.stock.cursors)
        required = {"propertyId": self.stock.ids["Property"][0], "postId": self.stock.ids["ForumPost"][0]}
        required["deviceId"] = self.stock.ids["Device"][0]
        required["warehouseId"] = self.stock.ids["Warehouse"][0]
        for _, written in of_lists({key: f'"{id_}"' for key, id_ in required.items()}):
            data = orjson.loads((await self.try_out(written, [caller])).core).get("data")
            cursors_of(data, "Query", self.stock.cursors)


async def callers_of(engine: Engine, world: World) -> dict[str, Caller]:
    """Each account of one company, some of the other, a partner's program and nobody."""
    found = {"": Caller(None, "en")}
    for tenant, logins in ((world.acme, [*LOGINS, "program"]), (world.rival, WIDE_AWAKE)):
        for login in logins:
            viewer = await engine.viewers(tenant.token(login))
            assert viewer is not None, login
            name = login if tenant is world.acme else f"rival {login}"
            found[name] = Caller(viewer, "zh" if len(found) % 2 else "en", tenant.token(login))
    return found


def ids_of(world: World) -> dict[str, list[str]]:
    """Of each type: those of one company, one of the other, and one of nothing."""
    found: dict[str, list[str]] = {name: [] for name in NODES}
    for name, type_ in world.acme.types.items():
        if type_ in found:
            found[type_].append(world.acme.id(name))
    for type_, ids in found.items():
        foreign = [world.rival.id(name) for name, other in world.rival.types.items() if other == type_]
        ids.extend([*foreign[:1], encode(type_, MISSING)])
    return found
