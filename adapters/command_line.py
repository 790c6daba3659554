"""What `python server.py` understands; what it does is server.py's."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from adapters.operation import add_operations
from adapters.simulator import OPTIONS
from models.rules.data_import import ImportKind


def parser() -> argparse.ArgumentParser:
    """Every command with its arguments; `command` names the one that was chosen."""
    every = argparse.ArgumentParser("server.py", description="Settings come from the environment; README.md has them.")
    commands = every.add_subparsers(dest="command", required=True, metavar="COMMAND")
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
    _add_import(commands)
    _add_keeping(commands)
    add_operations(commands)
    printed = commands.add_parser("schema", help="print the SDL")
    printed.add_argument("--check", action="store_true", help="fail when schema/schema.graphql is stale")
    return every


def _add_import(commands: Any) -> None:
    imported = commands.add_parser("import", help="import a sheet (CSV or .xlsx; columns: docs/imports.md)")
    imported.add_argument("kind", choices=[kind.value.lower() for kind in ImportKind], help="what the sheet holds")
    imported.add_argument("file", type=Path, help="the sheet")
    imported.add_argument("--organization", required=True, help="slug of the Organization")
    imported.add_argument("--dry-run", action="store_true", help="only check, write nothing")
    imported.add_argument("--skip-bad", action="store_true", help="write the good rows of a sheet with bad ones")


def _add_keeping(commands: Any) -> None:
    """Commands that work on the data of a whole installation."""
    named = commands.add_parser("host", help="name the host under which an organization signs in without its slug")
    named.add_argument("organization", help="its slug")
    named.add_argument("host", nargs="?", help="such as wuye.example.com; without one it has none any more")
    keys = commands.add_parser("keys", help="check the keys of personal data, or seal everything under the newest")
    keys.add_argument("act", choices=["check", "rotate"])
    audited = commands.add_parser("audit", help="verify the audit's hash chain, or print its head to keep elsewhere")
    audited.add_argument("action", choices=["verify", "head"])
    audited.add_argument("--organization", help="only of this slug")
    audited.add_argument("--head", metavar="HASH", help="verify: a hash noted before, which must be in the chain still")
