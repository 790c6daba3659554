"""Shared execution is exact: whatever is read together, each member gets the bytes that its own execution gives."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from graphql import get_named_type, is_leaf_type, is_required_argument

from models.scope import visible
from resolvers.rights import Viewers
from schema import build_schema
from schema.base import Happening
from schema.base.node import NODES
from schema.http import sharing
from schema.http.execution import Engine
from subscriptions import log
from subscriptions.hub import rendering
from subscriptions.hub.rendering import Renderer
from subscriptions.ports import Caller, Request, RequestRefused, Sharing
from subscriptions.status import Counters
from tests.faults import FULL
from tests.live.talk import ASSIGN
from tests.matrix.crawl import PEOPLE
from tests.matrix.stream import STREAMS, happen

if TYPE_CHECKING:
    from models.viewer import Viewer
    from resolvers.ports import House
    from schema.http.execution import CompiledOperation
    from subscriptions.event import Entry
    from tests.client import Client
    from tests.factories.tenant import Tenant

pytestmark = pytest.mark.timeout(600 if FULL else 60)
SCHEMA = build_schema()
TYPES = SCHEMA._schema.type_map
DOCUMENTS = 24 if FULL else 3  # by chance, of each subscription; one of each depth
SEEDS = 24  # of documents, until one shows what is looked for
FIRST = {"permissions": 13, "scopes": 25}  # that soon shows it


class Everybody:
    """Operations of all accounts of both companies."""

    def __init__(self, house: House, client: Client) -> None:
        self._viewers = Viewers(house.database, house.clock)
        self.engine = Engine(SCHEMA, house, self._viewers)
        self.acme = client.world.acme
        self._seats = [(tenant, who) for tenant in (client.world.acme, client.world.rival) for who in PEOPLE]

    async def operations(self, document: str, locale: str = "en") -> dict[str, CompiledOperation]:
        """Of those who are let in, by their names."""
        found: dict[str, CompiledOperation] = {}
        for tenant, who in self._seats:
            found |= await self.operation(document, tenant, who, locale)
        return found

    async def operation(self, document: str, tenant: Tenant, who: str, locale: str) -> dict[str, CompiledOperation]:
        """Of one account, unless it is refused."""
        viewer = await self._viewers(tenant.token(who))
        operation = self.engine.compile(Request(document), Caller(viewer, locale, tenant.token(who)))
        try:
            await operation.feed()
        except RequestRefused:
            return {}
        return {f"{tenant.slug} {who}": operation}


def selection(type_: Any, chance: random.Random, depth: int) -> str:
    """Some fields of a type, and what is behind some references."""
    parts = ["__typename"]
    for name, field in type_.fields.items():
        named: Any = get_named_type(field.type)
        if any(map(is_required_argument, field.args.values())):
            continue
        if is_leaf_type(named):
            parts += [name] if chance.random() < (0.02 if "viewer" in name.lower() else 0.5) else []
        elif depth and hasattr(named, "fields") and chance.random() < 0.5:
            first = "(first: 3)" if "first" in field.args else ""
            parts.append(f"{name}{first} {{ {selection(named, chance, depth - 1)} }}")
    return " ".join(parts)


def document(name: str, argument: str, chance: random.Random, depth: int) -> str:
    """A subscription whose fields are chosen by chance; its subject is always among them."""
    root: Any = TYPES["Subscription"]
    payload: Any = get_named_type(root.fields[name].type)
    subject = next(key for key, field in payload.fields.items() if get_named_type(field.type).name in NODES)
    inside = selection(get_named_type(payload.fields[subject].type), chance, depth)
    return f"subscription {{ {name}{argument} {{ cursor occurredAt {subject} {{ {inside} }} }} }}"


async def alone(operation: CompiledOperation, entry: Entry) -> bytes:
    """What graphql-core answers this account."""
    context = operation._context()
    return await operation._execute(operation._executor(context, Happening(entry, context.reader)))


async def differences(
    house: House, everybody: Everybody, seed: int, *, one: bool = False
) -> tuple[list[str], int, int]:
    """Who would get other bytes than by itself; how many results there were, and how many executions they took.

    Only `one` is looked for where any will do.
    """
    chance, wrong, results, counters = random.Random(seed), list[str](), 0, Counters()
    for name, (argument, _) in STREAMS.items():
        key, _, row = argument.partition(": ")
        given = f'({key}: "{everybody.acme.id(row)}")' if row else ""
        for number in range(DOCUMENTS):
            if wrong and one:
                break
            text = document(name, given, chance, number % 3)
            operations = list((await everybody.operations(text)).items())
            chance.shuffle(operations)
            renderer, batch = Renderer(counters), dict[Any, Any]()
            for who, operation in operations:
                feed = await operation.feed()
                for entry in await log.read(house.database, feed.stream, 1, 0):
                    if feed.wants(entry):
                        results += 1
                        told = await renderer.payload(operation, entry, batch)
                        own = await alone(operation, entry)
                        wrong += [f"{who}: {text}\n{told!r}\n{own!r}"] if told != own else []
            await renderer.stop()
    return wrong, results, counters.executions


async def test_what_is_shared_is_what_each_would_get(client: Client, house: House) -> None:
    await happen(client, house)
    wrong, results, executions = await differences(house, Everybody(house, client), seed=6)
    assert wrong == []
    assert results > 25 * DOCUMENTS
    assert executions < results * 0.8, "nothing is shared"


@pytest.mark.parametrize("forgets", ["permissions", "scopes", "subject"])
async def test_a_key_that_forgets_something_is_found(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch, forgets: str
) -> None:
    """The comparison above notices: without a part of the key somebody gets what is not his."""
    whole = sharing.Dependence.sharing

    def lame(self: sharing.Dependence, viewer: Viewer, rest: Any) -> Sharing | None:
        found = whole(self, viewer, rest)
        if found is None or forgets == "subject":
            return found
        key = cast("sharing.Key", found.key).parts
        left = {"permissions": (*key[:2], *key[3:]), "scopes": (*key[:3], *key[4:6])}[forgets]
        return replace(found, key=left)

    monkeypatch.setattr(sharing.Dependence, "sharing", lame)
    if forgets == "subject":
        monkeypatch.setattr(rendering, "holds", lambda *_: True)
    await happen(client, house)
    if forgets == "subject":
        assert await moved(client, house, "before") != []
    else:
        everybody = Everybody(house, client)
        for seed in range(FIRST[forgets], FIRST[forgets] + SEEDS):  # chosen by chance: the first that shows it will do
            if (await differences(house, everybody, seed, one=True))[0]:
                return
        pytest.fail("nobody got what is not his")


async def assign(client: Client, staff: str) -> None:
    """Give order1 to somebody else."""
    order = client.world.acme.id("order1")
    version = (await client.data("query ($i: ID!) { workOrder(id: $i) { version } }", "manager", i=order))["workOrder"]
    wish = {"expectedVersion": version["version"], "staffId": client.world.acme.id(staff)}
    answer = await client.data(ASSIGN, "manager", id=order, input=wish)
    assert answer["workOrderAssign"]["userErrors"] == []


async def told_meanwhile(
    client: Client, house: House, when: str, operations: dict[str, CompiledOperation], entry: Entry
) -> dict[str, bytes]:
    """What each is told, when the order goes to tech1 right before or after the statement that reads it."""
    fetch, done = house.database.fetch, False

    async def meanwhile(sql: str, *rest: Any) -> Any:
        nonlocal done
        if "work_order" not in sql or done:
            return await fetch(sql, *rest)
        done = True
        if when == "before":
            await assign(client, "tech1_staff")
        rows = await fetch(sql, *rest)
        if when == "after":
            await assign(client, "tech1_staff")
        return rows

    renderer, batch = Renderer(Counters()), dict[Any, Any]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house.database, "fetch", meanwhile)
        told = {who: await renderer.payload(operation, entry, batch) for who, operation in operations.items()}
    assert done
    await renderer.stop()
    return told


async def moved(client: Client, house: House, when: str) -> list[str]:
    """Who gets what is not his when an order goes to somebody else while its event is executed."""
    acme, everybody = client.world.acme, Everybody(house, client)
    text = f"""subscription {{ workOrderChanged(propertyId: "{acme.id("home")}") {{
        cursor change workOrder {{ id version status number summary }} }} }}"""
    await assign(client, "tech2_staff")
    entry = (await log.read(house.database, acme.keys["home"], 1, 0))[-1]
    operations = await everybody.operations(text)
    hearing = {who: one for who, one in operations.items() if (await one.feed()).wants(entry)}
    assert {"acme tech1", "acme tech2", "acme manager"} <= hearing.keys(), "both sides hear it"
    before = {who: await alone(operation, entry) for who, operation in hearing.items()}
    told = await told_meanwhile(client, house, when, hearing, entry)
    after = {who: await alone(operation, entry) for who, operation in hearing.items()}
    assert before["acme tech2"] != after["acme tech2"], "it was moved"
    read = after if when == "before" else before
    return [who for who in hearing if told[who] != read[who]]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_row_that_moves_while_its_event_is_executed(client: Client, house: House, when: str) -> None:
    """`before` or `after` the one statement that reads it: each gets what it would have got at that instant."""
    assert await moved(client, house, when) == []


async def test_what_sharing_depends_on(client: Client, house: House) -> None:
    everybody, acme = Everybody(house, client), client.world.acme
    of = f'(propertyId: "{acme.id("home")}")'

    async def keys(text: str, *people: str, locale: str = "en") -> list[Sharing | None]:
        found = await everybody.operations(text, locale)
        return [found[f"acme {who}"].sharing for who in people]

    plain = f"subscription {{ workOrderChanged{of} {{ cursor workOrder {{ id version assignee {{ id }} }} }} }}"
    manager, control, resident, neighbour = await keys(plain, "manager", "control", "resident", "neighbour")
    assert manager is not None
    assert resident is not None
    assert neighbour is not None
    assert control is not None
    assert manager.key == control.key != resident.key
    assert resident.key != neighbour.key, "who sees which staff differs"
    own = plain.replace(" assignee { id }", "")
    first, second = await keys(own, "resident", "neighbour")
    assert first is not None
    assert second is not None
    assert first.key == second.key
    assert first.scope != second.scope
    (other,) = await keys(own, "resident", locale="zh")
    assert other is not None
    assert other.key != first.key, "errors are told in the caller's language"
    assert await keys(own.replace("version", "viewerCanAccept"), "resident", "manager") == [None, None]
    viewer = (await everybody.operation(own, acme, "resident", "en"))["acme resident"]._caller.viewer
    assert first.scope == visible(NODES["WorkOrder"].model, viewer)


async def test_where_it_starts_is_not_part_of_the_key(client: Client, house: House) -> None:
    everybody, acme = Everybody(house, client), client.world.acme
    text = """subscription ($p: ID!, $a: Cursor) { workOrderChanged(propertyId: $p, after: $a) { cursor } }"""
    caller = Caller(await everybody._viewers(acme.token("manager")), "en", acme.token("manager"))
    made = [
        everybody.engine.compile(Request(text, {"p": acme.id("home"), "a": after}), caller).sharing
        for after in (None, "x", "y")
    ]
    assert made[0] == made[1] == made[2] is not None
    elsewhere = everybody.engine.compile(Request(text, {"p": acme.id("away")}), caller).sharing
    assert elsewhere != made[0]
