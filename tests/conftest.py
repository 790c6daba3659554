"""Fixtures: every test that uses `house`, `client` or `live` runs on SQLite and on PostgreSQL + Redis."""

from __future__ import annotations

import asyncio
import gc
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import uvicorn

from adapters.broker import DoorbellBroker
from adapters.clock import HeldClock
from adapters.counter import make_counters
from adapters.database import make_database
from adapters.database.migrate import migrate
from adapters.identity import Identity, Passwords, Signer
from adapters.outside import make_outside
from adapters.seat import make_seats
from adapters.serving import hurry, settle, uvicorn_options
from adapters.settings import Limits, Settings
from adapters.storage import make_storage
from adapters.vault import KeyVault
from resolvers.jobs import JobRunner
from resolvers.ports import House
from server import application
from tests.client import Client
from tests.dump import VIEWERS, kept_owner
from tests.estate import Estate, load_estate
from tests.factories.tenant import PERSONAL_DATA_KEY
from tests.factories.world import NOW, PASSWORD, World, build
from tests.once import remember
from tests.oracle.suite import watched
from tests.promise import pytest_collection_modifyitems, pytest_configure, pytest_runtest_makereport, reached
from tests.providers import Others, serving_others
from tests.servers.nursery import POSSIBLE, Nursery
from tests.servers.postgres import PostgresServer
from tests.servers.process import free_port
from tests.servers.product import Product
from tests.servers.redis import RedisServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.applications import Starlette

__all__ = ["pytest_collection_modifyitems", "pytest_configure", "pytest_runtest_makereport", "reached"]
ROLE, ROLE_PASSWORD = "wuye_app", "application"
hurry()  # until all tests are loaded


def pytest_collection_finish() -> None:
    """What is loaded by now stays: a collector that looks through it again and again takes a tenth of the suite."""
    settle()
    gc.set_threshold(50_000, 20, 100)  # the product's own suit a process that serves for weeks


@pytest.fixture(autouse=True)
def watched_plans(request: pytest.FixtureRequest) -> Iterator[None]:
    """No plan of the read engine fails in a test; in some modules graphql-core answers every query too."""
    with watched(request.module.__name__):
        yield


@pytest.fixture(scope="session", autouse=True)
def _once() -> Iterator[None]:
    """What depends on nothing that a test changes is worked out once a process."""
    with pytest.MonkeyPatch.context() as patch:
        remember(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _nursery() -> Iterator[None]:
    """Servers of one process are forked from one that has loaded everything."""
    if not POSSIBLE:
        yield
        return
    Product.nursery = nursery = Nursery()
    yield
    nursery.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL, started when first asked for."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A real Redis, started when first asked for."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """The demo as `server.py demo` loads it; do not change it, take a copy (`Estate.product`)."""
    return load_estate(tmp_path_factory)


@dataclass(frozen=True)
class Template:
    """A migrated database with the world in it, cloned for each test."""

    world: World
    settings: Settings


def house_of(settings: Settings) -> House:
    """The adapters, with a held clock and cheap passwords."""
    clock = HeldClock(NOW)
    return House(
        settings=settings,
        clock=clock,
        identity=Identity(clock),
        passwords=Passwords(cheap=True),
        signer=Signer("test key"),
        database=make_database(settings),
        broker=DoorbellBroker(settings.broker_url),
        storage=make_storage(settings),
        vault=KeyVault(PERSONAL_DATA_KEY),
        counters=make_counters(settings, clock),
        seats=make_seats(settings),
        outside=make_outside(settings, clock),
    )


async def fill(settings: Settings) -> World:
    """Migrate, write the world, and let the jobs run: in a test they then have nothing to do but what it makes due."""
    await migrate(settings, NOW)
    house = house_of(settings)
    world, builders = build(await house.passwords.hash(PASSWORD))
    await house.database.connect()
    try:
        for builder in builders:
            async with house.database.transaction(builder.tenant.keys["organization"]):
                for row in builder.rows:
                    await row.save(force_create=True)
        await JobRunner(house).look()
    finally:
        await house.database.close()
    return world


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template file."""
    folder = tmp_path_factory.mktemp("template")
    settings = Settings(database_url=f"sqlite://{folder / 'wuye.db'}", state_path=folder)
    return Template(asyncio.run(fill(settings)), settings)


@pytest.fixture(scope="session")
def postgres_template(
    postgres: PostgresServer, redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Template]:
    """The template database."""
    name = postgres.create_database()
    settings = Settings(
        database_url=postgres.url(name, ROLE, ROLE_PASSWORD),
        database_admin_url=postgres.url(name),
        broker_url=redis.url,
        state_path=tmp_path_factory.mktemp("template"),
    )
    yield Template(asyncio.run(fill(settings)), settings)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database and broker."""
    name: str = request.param
    return name


@pytest.fixture
def limits() -> Limits:
    """The limits; a test may override this fixture. Rates are those of a test: the clock is held, no bucket fills."""
    most = 10_000_000
    return Limits(
        rate_anonymous=most, rate_resident=most, rate_staff=most, rate_partner=most, cost_per_minute=100 * most
    )


@pytest.fixture
def settings(request: pytest.FixtureRequest, backend: str, limits: Limits, tmp_path: Path) -> Iterator[Settings]:
    """A database of its own, cloned from the template."""
    template: Template = request.getfixturevalue(f"{backend}_template")
    if backend == "sqlite":
        shutil.copy(template.settings.sqlite_path, tmp_path / "wuye.db")
        yield Settings(database_url=f"sqlite://{tmp_path / 'wuye.db'}", state_path=tmp_path, limits=limits)
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    name = postgres.create_database(Path(template.settings.database_admin_url or "").name)
    yield Settings(
        database_url=postgres.url(name, ROLE, ROLE_PASSWORD),
        database_admin_url=postgres.url(name),
        broker_url=template.settings.broker_url,
        state_path=tmp_path,
        limits=limits,
    )
    postgres.drop_database(name)


@pytest.fixture
def world(request: pytest.FixtureRequest, backend: str) -> World:
    """Both companies of the world."""
    template: Template = request.getfixturevalue(f"{backend}_template")
    return template.world


@pytest.fixture
def house(settings: Settings) -> House:
    """The adapters of this test; connected once `app` runs."""
    return house_of(settings)


@pytest.fixture
async def app(house: House) -> AsyncIterator[Starlette]:
    """The application, started."""
    asgi = application(house)
    async with known_product(house, asgi), asgi.router.lifespan_context(asgi):
        yield asgi


@asynccontextmanager
async def known_product(house: House, asgi: Starlette) -> AsyncIterator[None]:
    """For tests/dump.py: `rewrite` finds its viewers, and the owner stays connected."""
    VIEWERS[id(house)] = asgi.state.viewers
    try:
        async with kept_owner(house):
            yield
    finally:
        del VIEWERS[id(house)]


@pytest.fixture
async def client(app: Starlette, world: World) -> AsyncIterator[Client]:
    """The product over HTTP, without a socket between."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://wuye.test") as http:
        yield Client(http, world)


@dataclass(frozen=True)
class Live:
    """The product behind a real socket; `client` talks to it."""

    port: int
    client: Client
    house: House

    @property
    def websocket_url(self) -> str:
        """Where graphql-transport-ws is spoken."""
        return f"ws://127.0.0.1:{self.port}/graphql"


@asynccontextmanager
async def serving(house: House, world: World) -> AsyncIterator[Live]:
    """A real uvicorn in this loop, with the settings that `server.py serve` uses."""
    port = free_port()
    options = {**uvicorn_options(house.settings), "timeout_graceful_shutdown": 5}
    asgi = application(house)
    config = uvicorn.Config(asgi, port=port, log_level="warning", **options)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    while not server.started:
        assert not task.done(), "uvicorn did not start"
        await asyncio.sleep(0.01)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http, known_product(house, asgi):
            yield Live(port, Client(http, world), house)
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def others() -> AsyncIterator[Others]:
    """The other sides of signing in: `others.settings(settings)` leads a house to them."""
    async with serving_others() as running:
        yield running


@pytest.fixture
async def live(house: House, world: World) -> AsyncIterator[Live]:
    """The product behind a real socket."""
    async with serving(house, world) as running:
        yield running
