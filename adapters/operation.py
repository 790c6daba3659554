"""Commands for operators: backup, restore, check. Their words and what they print; server.py hands in the parser."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.backup import backup, restore
from adapters.clock import SystemClock
from adapters.database import DatabaseUnavailable, make_database
from adapters.database.migrate import check_schema
from adapters.identity import Passwords
from adapters.production import database_findings, findings
from adapters.settings import SettingsError

if TYPE_CHECKING:
    import argparse

    from adapters.settings import Settings

OPERATIONS = ("backup", "restore", "check")


def add_operations(commands: Any) -> None:
    """Their arguments."""
    saved = commands.add_parser("backup", help="write database and files to one tar, while the server runs")
    saved.add_argument("target", type=Path, help="a folder, or a file that does not exist yet")
    loaded = commands.add_parser("restore", help="put a backup in the place of an empty installation")
    loaded.add_argument("source", type=Path, help="the backup")
    loaded.add_argument("--replace", action="store_true", help="in the place of the data that is there; stop servers")
    loaded.add_argument("--other-keys", action="store_true", help="although keys differ: what they sealed stays sealed")
    commands.add_parser("check", help="list everything that production mode would refuse")


def operate(options: argparse.Namespace, settings: Settings) -> int:
    """Run one; the exit code. Raises SettingsError, DatabaseUnavailable."""
    now = SystemClock().now()
    if options.command == "backup":
        path = asyncio.run(backup(settings, options.target, now))
        _say(f"written: {path}", "Keep it apart from SECRET_KEY and PERSONAL_DATA_KEY, which are not in it.")
    elif options.command == "restore":
        done = asyncio.run(
            restore(settings, options.source, now, replace=options.replace, other_keys=options.other_keys)
        )
        _say(
            f"restored: {done.files} files, epoch {done.epoch}; migrated: {', '.join(done.migrations) or 'nothing'}",
            "Everybody signs in again; what was revoked after the backup must be revoked again (docs/backup.md).",
        )
        if done.missing:
            _say(f"{done.missing} objects that the backup knows are not in the bucket any more.")
    else:
        found = unfit(settings)
        _say(*(f"- {text}" for text in found), f"{len(found)} findings" if found else "fit for production")
        return 2 if found else 0
    return 0


def unfit(settings: Settings) -> list[str]:
    """Everything that speaks against serving the world."""
    return [*findings(settings, os.environ), *asyncio.run(_data(settings))]


def refuse_unfit(settings: Settings) -> None:
    """Raise SettingsError with every finding, in production mode."""
    if settings.production and (found := unfit(settings)):
        raise SettingsError("not fit for production:\n" + "\n".join(f"- {text}" for text in found))


async def _data(settings: Settings) -> list[str]:
    database = make_database(settings)
    try:
        await check_schema(settings)
        await database.connect()
        try:
            return await database_findings(settings, database, Passwords())
        finally:
            await database.close()
    except (DatabaseUnavailable, SettingsError) as error:
        return [str(error)]


def _say(*lines: str) -> None:
    print("\n".join(lines), flush=True)  # noqa: T201 - the command line's output
