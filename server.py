"""Wiring and the command line: settings → adapters → schema → Starlette. `python server.py --help`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.clock import SystemClock
from adapters.database import DatabaseUnavailable, make_database
from adapters.demo import announce, demo_accounts
from adapters.operation import OPERATIONS, add_operations, operate, refuse_unfit
from adapters.settings import Settings, SettingsError, load_settings
from adapters.simulator import OPTIONS, Manner, simulate
from models.rules.data_import import ImportKind, ImportMode, ImportState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.applications import Starlette

    from resolvers.ports import House, Runner
    from schema.http import Surface

# What only some commands need is imported where it is needed: `migrate` and the parent of several workers would wait a
# second for a schema that they never use.
SDL = Path(__file__).parent / "schema" / "schema.graphql"
GRACE_SECONDS = 10
logger = logging.getLogger("wuye")


def build_house(settings: Settings) -> House:
    """Every adapter, not connected yet."""
    from adapters.broker import DoorbellBroker
    from adapters.identity import Identity, Passwords, Signer
    from adapters.storage import make_storage
    from adapters.vault import KeyVault
    from resolvers.ports import House

    clock = SystemClock()
    return House(
        settings=settings,
        clock=clock,
        identity=Identity(clock),
        passwords=Passwords(),
        signer=Signer(settings.secret_key),
        database=make_database(settings),
        broker=DoorbellBroker(settings.broker_url),
        storage=make_storage(settings),
        vault=KeyVault(settings.personal_data_key),
    )


def application(house: House | None = None) -> Starlette:
    """The ASGI application; uvicorn calls it once in each worker."""
    from resolvers.jobs import JobRunner
    from resolvers.jobs.data_import import ImportRunner
    from resolvers.jobs.export import ExportRunner
    from resolvers.viewer import Viewers
    from schema import build_schema
    from schema.http import Surface
    from schema.ingest.listener import mqtt_listener
    from subscriptions.hub import Hub

    if house is None:
        house = build_house(load_settings())
        configure_log(house.settings)
    hub, viewers = Hub(house.database, house.broker), Viewers(house.database, house.clock)
    surface = Surface(build_schema(), house, viewers, hub, lambda: demo_accounts(house.settings.demo_path))
    listener = mqtt_listener(house, surface.ingest)
    runners: list[Runner] = [hub, JobRunner(house), ExportRunner(house, surface.listings), ImportRunner(house)]
    asgi = surface.application(lambda _: _alive(house, surface, [*runners, listener] if listener else runners))
    asgi.state.listener = listener
    return asgi


@asynccontextmanager
async def _alive(house: House, surface: Surface, runners: Sequence[Runner]) -> AsyncIterator[None]:
    """Everything runs, until the server stops: first the sockets end, then what works behind them."""
    from schema.http.stop import streams_end_first

    await house.database.connect()
    await house.broker.connect()
    for runner in runners:
        await runner.start()
    logger.info("serving on http://%s:%s", house.settings.host, house.settings.port)
    with streams_end_first(surface):
        yield
    await surface.sockets.close()
    for runner in reversed(runners):
        await runner.stop()
    await house.broker.close()
    await house.database.close()


def configure_log(settings: Settings) -> None:
    """One form for every line; libraries speak from warnings on."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    for name in ("tortoise", "uvicorn", "asyncio", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def serve(settings: Settings) -> None:
    """Serve until a signal; a clean stop is exit code 0, whichever signal it was."""
    import uvicorn

    from adapters.database.migrate import check_schema

    refuse_unfit(settings)
    asyncio.run(check_schema(settings))
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


def uvicorn_options(settings: Settings) -> dict[str, Any]:
    """How we want uvicorn; the tests serve with the same."""
    return {
        "loop": "auto",
        "http": "httptools",
        "ws": "subscriptions.websocket.transport:Transport",
        "ws_max_size": settings.limits.ws_message_bytes,
        "ws_ping_interval": None,  # the protocol pings by itself, with cursors
        "ws_per_message_deflate": False,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "server_header": False,
        "access_log": False,
    }


def _migrate(settings: Settings) -> list[str]:
    from adapters.database.migrate import migrate

    return asyncio.run(migrate(settings, SystemClock().now()))


async def _demo(settings: Settings) -> None:
    from resolvers.demo import load_demo

    house = build_house(settings)
    await house.database.connect()
    try:
        loaded = await load_demo(house, lambda part: print(f"  {part}", flush=True))
    finally:
        await house.database.close()
    print("demo estate loaded" if loaded else "the database has data already: demo not loaded")


async def _import(settings: Settings, options: argparse.Namespace) -> int:
    """Run an import here and now, with a line that shows how far it is; 1 when something was wrong with the sheet."""
    from resolvers.data_import import NewImport, faults_of, import_sheet, summary
    from schema.data_import import told

    wish = NewImport(
        kind=ImportKind(options.kind.upper()),
        name=options.file.name,
        content=await asyncio.to_thread(options.file.read_bytes),
        mode=ImportMode.SKIP_BAD if options.skip_bad else ImportMode.ALL_OR_NOTHING,
        dry_run=options.dry_run,
    )
    house = build_house(settings)
    await house.database.connect()
    try:
        rows = await house.database.call("organizations")
        found = next((UUID(str(row["id"])) for row in rows if row["slug"] == options.organization), None)
        if found is None:
            print(f"error: there is no organization {options.organization!r}", file=sys.stderr)
            return 1
        row = await import_sheet(house, found, wish, lambda row: print(f"\r{summary(row)}", end="", flush=True))
        print()
        for fault in await faults_of(house, row):
            print(told(fault), file=sys.stderr)
    finally:
        await house.database.close()
    return 0 if row.state is ImportState.DONE and not row.rows_bad else 1


def run(settings: Settings, manner: Manner) -> None:
    """What `make run` does: migrate, demo when empty, simulator beside the server."""
    if settings.on_sqlite or settings.database_admin_url:
        _migrate(settings)
    asyncio.run(_demo(settings))
    announce(settings)
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
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        configure_log(settings)
        return _command(options, settings)
    except (SettingsError, DatabaseUnavailable, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has enough
        sys.stdout = None
        return 1


def _command(options: argparse.Namespace, settings: Settings) -> int:
    match options.command:
        case "run":
            run(settings, Manner.of(vars(options)))
        case "serve":
            serve(settings)
        case "migrate":
            done = _migrate(settings)
            print("applied: " + ", ".join(done) if done else "the schema is up to date")
        case "demo":
            asyncio.run(_demo(settings))
            announce(settings)
        case "import":
            return asyncio.run(_import(settings, options))
        case "simulate":
            return asyncio.run(simulate(settings, options.url, Manner.of(vars(options))))
        case "schema":
            return schema(check=options.check)
        case command if command in OPERATIONS:
            return operate(options, settings)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "server.py", description="The backend of a property-management company. Settings come from the environment."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="serve a migrated database")
    commands.add_parser("migrate", help="bring the database to the newest schema")
    commands.add_parser("demo", help="load the demo estates into an empty database")
    for name, text in (
        ("run", "migrate, load the demo when empty, simulate and serve"),
        ("simulate", "play residents, technicians and gates of the demo against a running server"),
    ):
        command = commands.add_parser(name, help=text)
        for option, (kind, default, words) in OPTIONS.items():
            command.add_argument(f"--{option}", type=kind, default=default, help=words)
    command.add_argument("--url", help="where the server is (default: HOST and PORT)")
    imported = commands.add_parser("import", help="import a sheet (CSV or .xlsx; columns: docs/imports.md)")
    imported.add_argument("kind", choices=[kind.value.lower() for kind in ImportKind], help="what the sheet holds")
    imported.add_argument("file", type=Path, help="the sheet")
    imported.add_argument("--organization", required=True, help="slug of the Organization")
    imported.add_argument("--dry-run", action="store_true", help="only check, write nothing")
    imported.add_argument("--skip-bad", action="store_true", help="write the good rows of a sheet with bad ones")
    add_operations(commands)
    printed = commands.add_parser("schema", help="print the SDL")
    printed.add_argument("--check", action="store_true", help="fail when schema/schema.graphql is stale")
    return parser


if __name__ == "__main__":
    sys.exit(main())
