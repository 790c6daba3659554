"""Wiring and the command line (`python server.py --help`). What only one command needs, it imports itself."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.clock import SystemClock
from adapters.command_line import parser
from adapters.database import DatabaseUnavailable, make_database
from adapters.demo import announce, demo_accounts
from adapters.log import configure_log
from adapters.operation import OPERATIONS, operate, refuse_unfit
from adapters.serving import GRACE_SECONDS, hurry, settle, uvicorn_options
from adapters.settings import Settings, SettingsError, load_settings
from adapters.simulator import Manner, simulate
from models.rules.data_import import ImportKind, ImportMode

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Callable, Sequence

    from starlette.applications import Starlette

    from resolvers.ports import House, Runner
    from schema.http import Surface

# What only some commands need is imported there: `migrate` need not wait a second for a schema it never uses.
SDL = Path(__file__).parent / "schema" / "schema.graphql"
logger = logging.getLogger("wuye")


def build_house(settings: Settings) -> House:
    """Every adapter, not connected yet."""
    from adapters.broker import DoorbellBroker
    from adapters.counter import make_counters
    from adapters.identity import Identity, Passwords, Signer
    from adapters.outside import make_outside
    from adapters.seat import make_seats
    from adapters.storage import make_storage
    from adapters.trace import make_tracer
    from adapters.vault import KeyVault
    from resolvers.ports import House

    clock, tracer = SystemClock(), make_tracer(settings.trace_endpoint)
    outside = make_outside(settings, clock)
    return House(
        settings=settings,
        clock=clock,
        identity=Identity(clock),
        passwords=Passwords(),
        signer=Signer(settings.secret_key),
        database=make_database(settings),
        broker=DoorbellBroker(settings.broker_url, tracer),
        storage=make_storage(settings),
        vault=KeyVault(settings.personal_data_key, *settings.personal_data_old_keys),
        counters=make_counters(settings, clock),
        seats=make_seats(settings),
        outside=outside,
        tracer=tracer,
        classifier=outside.classifier,
    )


def application(house: House | None = None) -> Starlette:
    """The ASGI application; uvicorn calls it once in each worker."""
    alone = house is None  # the process is ours
    if alone:
        hurry()
    from resolvers.jobs import JobRunner
    from resolvers.jobs.data_import import ImportRunner
    from resolvers.jobs.export import ExportRunner
    from resolvers.jobs.notification import DeliveryRunner
    from resolvers.rights import Viewers
    from schema import build_schema
    from schema.http import Surface
    from schema.ingest.listener import mqtt_listener
    from subscriptions.hub import Hub

    if house is None:
        house = build_house(load_settings())
        configure_log(house.settings.log_level, house.settings.log_format)
    hub, viewers = (
        Hub(house.database, house.broker, house.tracer),
        Viewers(house.database, house.clock, strict=house.settings.production),
    )
    house.watch.live = hub.status
    surface = Surface(build_schema(), house, viewers, hub, lambda: demo_accounts(house.settings.demo_path))
    listener = mqtt_listener(house, surface.ingest)
    works: list[Runner] = [JobRunner(house), ImportRunner(house), DeliveryRunner(house)]
    works.append(ExportRunner(house, surface.listings))
    runners: list[Runner] = [viewers, hub, *works, surface.shelf, surface.glances]
    asgi = surface.application(lambda _: _alive(house, surface, [*runners, listener] if listener else runners))
    asgi.state.listener, asgi.state.viewers = listener, viewers
    if alone:
        settle()
    return asgi


@asynccontextmanager
async def _alive(house: House, surface: Surface, runners: Sequence[Runner]) -> AsyncIterator[None]:
    """Everything runs, until the server stops: first the sockets end, then what works behind them."""
    from schema.http.stop import streams_end_first

    async with AsyncExitStack() as at_end:  # the last in is the first out, also when a start fails
        at_end.push_async_callback(asyncio.to_thread, house.tracer.stop)
        await house.database.connect()
        at_end.push_async_callback(house.database.close)
        await house.broker.connect()
        for close in (house.broker.close, house.outside.close, house.counters.close, house.seats.close):
            at_end.push_async_callback(close)
        for runner in runners:
            await runner.start()
            at_end.push_async_callback(runner.stop)
        at_end.push_async_callback(surface.sockets.close)
        logger.info("serving on http://%s:%s", house.settings.host, house.settings.port)
        with streams_end_first(surface):
            yield


def serve(settings: Settings) -> None:
    """Serve until a signal; a clean stop is exit code 0, whichever signal it was."""
    import uvicorn

    from adapters.database.migrate import check_schema
    from adapters.persisted_document import read_documents

    refuse_unfit(settings)
    read_documents(settings)
    asyncio.run(check_schema(settings))
    asyncio.run(_keys(settings, rotates=False))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn stops first, then raises its signal again
    uvicorn.run(
        "server:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        **uvicorn_options(settings),
    )


def migrate(settings: Settings) -> None:
    """Bring the database to the newest schema, and say what was done."""
    from adapters.database.migrate import migrate as bring

    done = asyncio.run(bring(settings, SystemClock().now()))
    print("applied: " + ", ".join(done) if done else "the schema is up to date")


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[House]:
    """The house for a command that works on the database by itself."""
    house = build_house(settings)
    await house.database.connect()
    try:
        yield house
    finally:
        await house.database.close()
        await asyncio.to_thread(house.tracer.stop)


async def _host(settings: Settings, slug: str, host: str | None) -> None:
    from resolvers.organization import set_host

    async with _connected(settings) as house:
        await set_host(house, slug, host)


async def _keys(settings: Settings, *, rotates: bool) -> int:
    from resolvers.sealed import check_keys, rotate

    async with _connected(settings) as house:
        return await (rotate(house, print) if rotates else check_keys(house))


async def _demo(settings: Settings) -> None:
    from resolvers.demo import load_demo

    async with _connected(settings) as house:
        loaded = await load_demo(house, lambda part: print(f"  {part}", flush=True))
    print("demo estate loaded" if loaded else "the database has data already: demo not loaded")
    announce(settings)


async def _import(settings: Settings, options: argparse.Namespace) -> int:
    """Run an import here and now, with a line that shows how far it is; 1 when something was wrong with the sheet."""
    from resolvers.data_import.command import NewImport, import_here
    from schema.data_import import told

    wish = NewImport(
        kind=ImportKind(options.kind.upper()),
        name=options.file.name,
        content=await asyncio.to_thread(options.file.read_bytes),
        mode=ImportMode.SKIP_BAD if options.skip_bad else ImportMode.ALL_OR_NOTHING,
        dry_run=options.dry_run,
    )
    async with _connected(settings) as house:
        return await import_here(house, options.organization, wish, told)


async def _audit(settings: Settings, options: argparse.Namespace) -> int:
    from resolvers.audit import tell

    async with _connected(settings) as house:
        told = await tell(house, options.action, options.organization, options.head)
    print("\n".join(told.lines))
    return 0 if told.good else 1


def run(settings: Settings, manner: Manner) -> None:
    """What `make run` does: migrate, demo when empty, simulator beside the server."""
    if settings.on_sqlite or settings.database_admin_url:
        migrate(settings)
    asyncio.run(_demo(settings))
    os.environ.setdefault("LIMIT_RATE_ANONYMOUS", "1000")  # all the simulated people sign in from this one address
    arguments = [sys.executable, __file__, "simulate", *manner.arguments()]
    quiet = {**os.environ, "LOG_LEVEL": os.environ.get("LOG_LEVEL") or "warning"}
    simulator = subprocess.Popen(arguments, env=quiet)  # noqa: S603 - our own command
    try:
        serve(settings)
    finally:
        simulator.terminate()
        simulator.wait(GRACE_SECONDS)


def schema(*, check: bool) -> int:
    """Print the SDL, or compare it with the committed one."""
    from schema import build_schema

    text = build_schema().as_str() + "\n"
    if not check:
        print(text, end="")
        return 0
    if SDL.exists() and SDL.read_text() == text:
        return 0
    print("schema/schema.graphql is stale: run `make schema` and look at the difference.", file=sys.stderr)
    return 1


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code: 0 done, 1 failed, 2 wrong usage or setting, 3 could not serve."""
    options = parser().parse_args(arguments)
    try:
        settings = load_settings()
        configure_log(settings.log_level, settings.log_format)
        return COMMANDS[options.command](settings, options) or 0
    except (SettingsError, DatabaseUnavailable, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has enough
        sys.stdout = None
        return 1


# Each gives its exit code; none is 0.
COMMANDS: dict[str, Callable[[Settings, argparse.Namespace], int | None]] = {
    "run": lambda settings, options: run(settings, Manner.of(vars(options))),
    "serve": lambda settings, _: serve(settings),
    "migrate": lambda settings, _: migrate(settings),
    "demo": lambda settings, _: asyncio.run(_demo(settings)),
    "simulate": lambda settings, options: asyncio.run(simulate(settings, options.url, Manner.of(vars(options)))),
    "import": lambda settings, options: asyncio.run(_import(settings, options)),
    "host": lambda settings, options: asyncio.run(_host(settings, options.organization, options.host)),
    "keys": lambda settings, options: asyncio.run(_keys(settings, rotates=options.act == "rotate")),
    "audit": lambda settings, options: asyncio.run(_audit(settings, options)),
    "schema": lambda _, options: schema(check=options.check),
    **dict.fromkeys(OPERATIONS, lambda settings, options: operate(options, settings)),
}


if __name__ == "__main__":
    sys.exit(main())
