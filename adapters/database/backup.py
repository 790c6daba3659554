"""The database as one file and back: SQLite's online backup, PostgreSQL's own tools; both consistent under writers."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from adapters.settings import SettingsError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from adapters.settings import Settings

TAIL = 600  # characters of a tool's complaint that are shown
_STREAMS = """
INSERT INTO event_stream (id, organization_id, position, pruned, epoch)
SELECT q.id, q.organization_id, 0, 0, {epoch} FROM (
    SELECT id, id AS organization_id FROM organization
    UNION ALL SELECT id, organization_id FROM property UNION ALL SELECT id, organization_id FROM account
) AS q WHERE NOT EXISTS (SELECT 1 FROM event_stream AS s WHERE s.id = q.id)
"""
_EMPTY = """
DO $$ DECLARE found record; BEGIN
FOR found IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    AND c.relkind IN ('r', 'p') AND NOT c.relispartition LOOP
    EXECUTE format('DROP TABLE %s CASCADE', found.name);
END LOOP;
FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP ROUTINE %s CASCADE', found.name);
END LOOP;
END $$
"""


async def save_database(settings: Settings, target: Path) -> None:
    """Write the database as of one instant to `target`. Raises SettingsError when it cannot be done here."""
    if not settings.on_sqlite:
        url = _admin(settings)
        await _check_tool("pg_dump", url)
        await asyncio.to_thread(
            _run, "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"
        )
        return
    if not settings.sqlite_path.exists():
        raise SettingsError(f"There is no database {settings.sqlite_path}: nothing to back up. Check DATABASE_URL.")
    await asyncio.to_thread(_save_sqlite, settings.sqlite_path, target)


async def applied_migrations(settings: Settings, copy: Path | None = None) -> dict[str, str]:
    """Name and checksum of the migrations in the database (or in its SQLite `copy`); none when it is empty."""
    sql = "SELECT name, checksum FROM migration"
    if settings.on_sqlite:
        path = copy or settings.sqlite_path
        if not path.exists():
            return {}
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                return dict(connection.execute(sql).fetchall())
        except sqlite3.OperationalError:
            return {}
    connection = await asyncpg.connect(_admin(settings), timeout=10)
    try:
        return {row["name"]: row["checksum"] for row in await connection.fetch(sql)}
    except asyncpg.UndefinedTableError:
        return {}
    finally:
        await connection.close()


async def load_database(settings: Settings, source: Path, epoch: int, at: datetime) -> None:
    """Put the database in `source` in the place of what is there, with streams of `epoch` and no open session."""
    if settings.on_sqlite:
        _load_sqlite(settings.sqlite_path, source, epoch, at)
        return
    url = _admin(settings)
    await _check_tool("pg_restore", url)
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute(_EMPTY)
        options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(source))
        await asyncio.to_thread(_run, "pg_restore", url, *options)
        async with connection.transaction():
            for statement in _begin_anew(epoch, at):
                await connection.execute(statement)
    finally:
        await connection.close()


def _save_sqlite(path: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)  # one step: a snapshot that no writer changes or waits for
        copy.execute("PRAGMA journal_mode = DELETE")


def _load_sqlite(path: Path, source: Path, epoch: int, at: datetime) -> None:
    """Prepared beside the target and renamed, so that a restore that is cut off has changed nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".restoring")
    shutil.copyfile(source, draft)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                raise SettingsError(f"The database in the backup is damaged: {found}")
            connection.execute("BEGIN")
            for statement in _begin_anew(epoch, at):
                connection.execute(statement)
            connection.execute("COMMIT")
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        if path.exists():
            path.replace(path.with_name(path.name + ".before-restore"))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _begin_anew(epoch: int, at: datetime) -> list[str]:
    """No cursor of before holds (nobody misses unseen what was undone), no session ended since comes alive again."""
    now = at.isoformat(" ")
    return [
        f"UPDATE event_stream SET epoch = {epoch:d}",
        _STREAMS.format(epoch=f"{epoch:d}"),
        f"UPDATE session SET revoked_at = '{now}' WHERE revoked_at IS NULL",
        "UPDATE job SET locked_until = NULL",
    ]


def _admin(settings: Settings) -> str:
    if settings.database_admin_url is None:
        raise SettingsError(
            "Backup and restore on PostgreSQL need DATABASE_ADMIN_URL, the owner of the tables: the application role"
            " does not see all of them. Write DATABASE_ADMIN_URL=postgres://OWNER:PASSWORD@HOST:5432/NAME."
        )
    return settings.database_admin_url


async def _check_tool(name: str, url: str) -> None:
    """The tool must be there, and not older than the server. Raises SettingsError that says what to install."""
    program = shutil.which(name)
    connection = await asyncpg.connect(url, timeout=10)
    try:
        server = int(connection.get_server_version().major)
    finally:
        await connection.close()
    if program is None:
        raise SettingsError(
            f"{name} is not on the PATH. Install PostgreSQL's client tools of version {server} or newer"
            f" (Debian: postgresql-client-{server})."
        )
    told = await asyncio.to_thread(subprocess.run, [program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)", str(told.stdout))
    if found is None or int(found[1]) < server:
        raise SettingsError(
            f"{program} is version {found and found[1]}, the server is {server}. Put the tools of version {server} or"
            f" newer first on the PATH (Debian: /usr/lib/postgresql/{server}/bin)."
        )


def _run(name: str, url: str, *options: str) -> None:
    """Run one of PostgreSQL's tools; the password goes by the environment, where no list of processes shows it."""
    parts = urlsplit(url)
    where = {"PGHOST": parts.hostname, "PGPORT": str(parts.port or 5432), "PGUSER": unquote(parts.username or "")}
    database = unquote(parts.path.strip("/"))
    target = ["--dbname", database] if name == "pg_restore" else [database]
    environment: dict[str, Any] = {**os.environ, **where}
    for mode in parse_qs(parts.query).get("sslmode", []):
        environment["PGSSLMODE"] = mode
    if parts.password:
        environment["PGPASSWORD"] = unquote(parts.password)
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own tool, our own arguments
        [shutil.which(name) or name, "--no-password", *options, *target],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SettingsError(f"{name} failed: {done.stderr.strip()[-TAIL:]}")
