"""Lists stay flat as data grows (issue 5): no page reads, sorts or walks what grows with the table.

Every list of the contract, root and nested, in every order and by every filter that it offers, as a manager of the
Property, a resident and a technician; the plan of each statement that the engine runs, on SQLite and on PostgreSQL
under row-level security as the application role, of the wheel's version and of Debian's 15.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits, Settings
from models.predicate import Params, eq
from models.query import Query
from models.scope import visible
from resolvers.jobs import JobRunner
from resolvers.jobs.data_import import ImportRunner
from resolvers.jobs.export import ExportRunner
from schema.base.field import ToManySpec
from schema.base.node import NODES
from schema.base.page import Page
from schema.batch.sql import page_sql
from tests.conftest import ROLE, ROLE_PASSWORD, Template, fill
from tests.dump import VIEWERS
from tests.faults import FULL
from tests.flat.bulk import multiply
from tests.flat.crawl import below, root_lists, specs
from tests.flat.plan import Statement, faults
from tests.servers.binaries import DEBIAN
from tests.servers.postgres import PostgresServer
from tests.visible import furnish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.viewer import Viewer
    from resolvers.ports import House
    from tests.client import Client
    from tests.factories.tenant import Tenant, World

ROWS = 20_000 if FULL else 1_500
FEW = 600  # more than any one of those that have few: a person, a home, a ticket
LOGINS = ("manager", "resident", "tech1")
AT_ONCE = 10
# What no index serves, and why that is left so.
KNOWN = {
    ("resident", "forumPosts("): "the own posts and the visible ones of live boards: the planner takes two bitmaps",
    ("resident", "kinds: "): "no index has the kind and who sees an account: looked for among those of the Property",
    ("tech1", "Ticket.photos"): "the orders of a ticket are looked through for each of its photos: both are few",
    ("", "search: "): "a word inside a text is looked for in the texts of one Property",
    ("", "verbPrefix: "): "the beginning of a verb, upper and lower case alike, is looked for along the list",
}
DEBIAN_15 = DEBIAN / "15" / "bin"


@pytest.fixture(scope="module")
def debian() -> Iterator[PostgresServer]:
    """PostgreSQL 15, where Debian's package is installed."""
    if not (DEBIAN_15 / "postgres").exists():
        pytest.skip("Debian's package postgresql-15 is not installed")
    with PostgresServer(programs=DEBIAN_15) as server:
        yield server


@pytest.fixture(scope="module")
def debian_template(debian: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """As those of tests/conftest.py, on 15."""
    name = debian.create_database()
    settings = Settings(
        database_url=debian.url(name, ROLE, ROLE_PASSWORD),
        database_admin_url=debian.url(name),
        state_path=tmp_path_factory.mktemp("template"),
    )
    return Template(asyncio.run(fill(settings)), settings)


@pytest.fixture(params=["sqlite", "postgres", "debian"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database: the wheel's PostgreSQL, Debian's, or none."""
    name: str = request.param
    return name


@pytest.fixture
def settings(request: pytest.FixtureRequest, backend: str, limits: Limits, tmp_path: Path) -> Iterator[Settings]:
    """A copy of the template."""
    template: Template = request.getfixturevalue(f"{backend}_template")
    if backend == "sqlite":
        shutil.copy(template.settings.sqlite_path, tmp_path / "wuye.db")
        yield Settings(database_url=f"sqlite://{tmp_path / 'wuye.db'}", state_path=tmp_path, limits=limits)
        return
    server: PostgresServer = request.getfixturevalue(backend)
    name = server.create_database(Path(template.settings.database_admin_url or "").name)
    yield Settings(
        database_url=server.url(name, ROLE, ROLE_PASSWORD),
        database_admin_url=server.url(name),
        state_path=tmp_path,
        limits=limits,
    )
    server.drop_database(name)


@pytest.fixture
async def many_rows(house: House, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of rows in every table, before the application starts; its jobs leave them as they are."""
    for runner in (JobRunner, ExportRunner, ImportRunner):
        monkeypatch.setattr(runner, "look", _rest)
    await furnish(house, world.acme, 100)
    await multiply(house, world.acme.keys["organization"], ROWS)


async def _rest(_self: Any) -> None:
    """What the rows would set going is no matter of reading them."""


class Crawler:
    """Asks lists and keeps each statement that was read for them."""

    def __init__(self, house: House, client: Client, tenant: Tenant) -> None:
        self.statements: dict[tuple[str, str], Statement] = {}
        self._client = client
        self._tenant = tenant
        self._login: str | None = None
        self._field, self._narrowed = "", False
        self._real = house.database.fetch
        house.database.fetch = self._fetch  # type: ignore[method-assign]

    async def _fetch(self, sql: str, args: Any, organization_id: Any) -> Any:
        if self._login is not None and "event_stream" not in sql and "session" not in sql:
            statement = Statement(self._login, self._field, sql, list(args), organization_id, self._narrowed)
            self.statements.setdefault((self._login, sql), statement)
        return await self._real(sql, args, organization_id)

    async def ask(self, login: str, fields: list[str], *, narrowed: bool = False) -> list[Any]:
        """The answers to these fields, a few in one document; a field that is refused is not for this account."""
        found: list[Any] = []
        for start in range(0, len(fields), AT_ONCE):
            part = fields[start : start + AT_ONCE]
            self._login, self._field, self._narrowed = login, " | ".join(part), narrowed
            document = " ".join(f"f{n}: {field}" for n, field in enumerate(part))
            answer = await self._client.post(f"{{ {document} }}", login)
            self._login = None
            data = answer["data"] or {}
            found += [data.get(f"f{n}") for n in range(len(part))]
        return found

    async def crawl(self, login: str) -> None:
        """Every list: its first page, the one after it, its last page; then narrowed by each filter; then nested."""
        lists = list(root_lists(self._tenant))
        plain = [(name, arguments) for name, arguments, whole in lists if whole]
        page = "{ nodes { id } pageInfo { endCursor } }"
        firsts = await self.ask(login, [f"{name}({arguments}first: 20) {page}" for name, arguments in plain])
        afters = [
            f'{name}({arguments}first: 20, after: "{first["pageInfo"]["endCursor"]}") {page}'
            for (name, arguments), first in zip(plain, firsts, strict=True)
            if first and first["nodes"]
        ]
        narrowed = [f"{name}({arguments}first: 20) {page}" for name, arguments, whole in lists if not whole]
        lasts = [f"{name}({arguments}last: 20) {page}" for name, arguments in plain] if FULL else []
        await self.ask(login, [*afters, *lasts, *self._nested()])
        await self.ask(login, narrowed, narrowed=True)

    def _nested(self) -> Iterator[str]:
        for type_, name, arguments, pages in below(self._tenant):
            inner = f"({arguments}first: 20) {{ nodes {{ id }} }}" if pages else " { id }"
            for row in [row for row, kind in self._tenant.types.items() if kind == type_][:1]:
                yield f'node(id: "{self._tenant.id(row)}") {{ ... on {type_} {{ {name}{inner} }} }}'


def pages_below(house: House, tenant: Tenant, login: str, viewer: Viewer | None) -> Iterator[Statement]:
    """A page of each nested list of one parent that gathers rows, as its declaration says it."""
    for type_, name, spec in specs():
        if type(spec) is not ToManySpec:  # one that needs arguments is asked as the engine asks it
            continue
        node = NODES[spec.target]
        for row in [row for row, kind in tenant.types.items() if kind == type_][:1]:
            params = Params(house.database.dialect)
            query = Query(node.model, visible(node.model, viewer), spec.order)
            query = query.only(eq(spec.via, tenant.keys[row]), spec.where)
            sql = page_sql(query, node.columns, Page(first=20), params)
            yield Statement(login, f"{type_}.{name}", sql, params.values, tenant.keys["organization"])


async def test_no_list_reads_what_grows(many_rows: None, client: Client, house: House, backend: str) -> None:
    tenant = client.world.acme
    crawler = Crawler(house, client, tenant)
    logins = LOGINS if FULL or backend != "debian" else LOGINS[:1]
    for login in logins:
        await crawler.crawl(login)
    # A window orders all rows of its parents: where the engine takes one, the index behind it is asked for below.
    asked = [statement for statement in crawler.statements.values() if "ROW_NUMBER()" not in statement.sql]
    viewers = {login: await VIEWERS[id(house)](tenant.token(login)) for login in logins}
    asked += [page for login, viewer in viewers.items() for page in pages_below(house, tenant, login, viewer)]
    found = []
    for statement in asked:
        wrong = await faults(house, statement, FEW)
        if wrong and not any(login in statement.login and word in statement.field for login, word in KNOWN):
            found.append(f"{statement}\n    {'; '.join(wrong)}")
    assert not found, "\n".join(found)
