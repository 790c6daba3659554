"""Runs the numbered SQL files of models/migrations once each, in order, under a lock, and installs the doors.

Plain SQL, not Tortoise's own migrations: those silently lose constraints and know neither partitions nor row-level
security (docs/decisions/0002-sql-migrations.md).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import asyncpg

from adapters.database.base import DatabaseUnavailable
from adapters.settings import SettingsError
from models.door import DOORS

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.settings import Settings
    from models.predicate.sql import Dialect

FOLDER = Path(__file__).parents[2] / "models" / "migrations"
# The application role adds to these and changes nothing.
HISTORY = (
    "audit_entry",
    "audit_seal",
    "audit_waiting",
    "access_event",
    "event",
    "telemetry",
    "bill_line",
    "posting",
    "entry",
    "import_fault",
    "consent",
    "stock_movement",
    "stock_pick",
    "attendance_correction",
)
PRIVATE = ("attempt",)  # reached through doors only
LOCK = 7_306_912  # an arbitrary, fixed advisory lock number
TABLE = "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)"
_MARK = re.compile(r"^-- (only postgres|only sqlite|both)$", re.MULTILINE)


@dataclass(frozen=True)
class Migration:
    """One file; `checksum` is of its bytes, so that an edited one is noticed."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256, 16 hex digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    def script(self, dialect: Dialect) -> str:
        """The statements for one database."""
        pieces = _MARK.split(self.text)
        kept = [pieces[0]]
        for mark, body in zip(pieces[1::2], pieces[2::2], strict=True):
            if mark in ("both", f"only {dialect}"):
                kept.append(body)
        return "".join(kept)


def known_migrations() -> list[Migration]:
    """The files, in order."""
    return [Migration(path.stem, path.read_text()) for path in sorted(FOLDER.glob("[0-9]*.sql"))]


def pending(applied: dict[str, str]) -> list[Migration]:
    """What is still to run; raises SettingsError when an applied file was edited."""
    todo = []
    for migration in known_migrations():
        if migration.name not in applied:
            todo.append(migration)
        elif applied[migration.name] != migration.checksum:
            raise SettingsError(
                f"Migration {migration.name} was edited after it was applied. Restore it and write a new one."
            )
    return todo


async def migrate(settings: Settings, at: datetime) -> list[str]:
    """Bring the database to the newest schema; the names of what ran."""
    if settings.on_sqlite:
        return await asyncio.to_thread(_migrate_sqlite, settings.sqlite_path, at)
    if settings.database_admin_url is None:
        raise SettingsError(
            "migrate needs DATABASE_ADMIN_URL, the owner of the tables; DATABASE_URL is the application role."
            " Write DATABASE_ADMIN_URL=postgres://OWNER:PASSWORD@HOST:5432/NAME."
        )
    return await _migrate_postgres(settings.database_admin_url, settings.database_url, at)


def _migrate_sqlite(path: Path, at: datetime) -> list[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnavailable(f"cannot open the SQLite file {path}: {error}. Check DATABASE_URL.") from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(TABLE)
        todo = pending(dict(connection.execute("SELECT name, checksum FROM migration").fetchall()))
        for migration in todo:
            for statement in migration.script("sqlite").split(";\n"):
                connection.execute(statement)
            connection.execute(
                "INSERT INTO migration VALUES (?, ?, ?)", (migration.name, migration.checksum, at.isoformat())
            )
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise DatabaseUnavailable(f"cannot migrate {path}: {error}") from error
    finally:
        connection.close()
    return [migration.name for migration in todo]


async def _migrate_postgres(admin_url: str, application_url: str, at: datetime) -> list[str]:
    try:
        connection = await asyncpg.connect(admin_url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        host = urlsplit(admin_url).hostname
        raise DatabaseUnavailable(f"cannot reach PostgreSQL at {host}: {error}. Check DATABASE_ADMIN_URL.") from error
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            await connection.execute(TABLE)
            rows = await connection.fetch("SELECT name, checksum FROM migration")
            todo = pending({row["name"]: row["checksum"] for row in rows})
            for migration in todo:
                await connection.execute(migration.script("postgres"))
                await connection.execute(
                    "INSERT INTO migration VALUES ($1, $2, $3)", migration.name, migration.checksum, at.isoformat()
                )
            await _raise_walls(connection)
            await _install_doors(connection)
            await connection.execute("SELECT partitions_ahead($1, 3)", at)
            await _grant(connection, application_url)
    finally:
        await connection.close()
    return [migration.name for migration in todo]


async def _raise_walls(connection: Any) -> None:
    """Row-level security on every table of tenants that has none yet (0001_spine.sql made the first ones)."""
    bare = await connection.fetch(
        "SELECT quote_ident(c.relname) AS name FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
        " AND NOT c.relispartition AND NOT c.relrowsecurity"
    )
    for row in bare:
        await connection.execute(
            f"ALTER TABLE {row['name']} ENABLE ROW LEVEL SECURITY;"
            f"CREATE POLICY wall ON {row['name']}"
            " USING (organization_id = NULLIF(current_setting('app.organization', true), '')::uuid)"
        )


async def _install_doors(connection: Any) -> None:
    for name, door in DOORS.items():
        arguments = ", ".join(door.arguments.values())
        columns = ", ".join(f'"{column}" {kind}' for column, kind in door.columns.items())
        selected = ", ".join(f"q.{column}" for column in door.columns)
        body = door.text("postgres")
        query = (
            f"WITH q AS ({body}) SELECT {selected} FROM q" if door.writes else f"SELECT {selected} FROM ({body}) AS q"
        )
        await connection.execute(
            f"DROP FUNCTION IF EXISTS door_{name}({arguments});"
            f"CREATE FUNCTION door_{name}({arguments}) RETURNS TABLE ({columns}) LANGUAGE sql SECURITY DEFINER"
            f" SET search_path FROM CURRENT AS $door$ {query} $door$;"
            f"REVOKE ALL ON FUNCTION door_{name}({arguments}) FROM PUBLIC"
        )


async def _grant(connection: Any, application_url: str) -> None:
    """Make the application role if it is missing, and let it read, add and change; it deletes nothing."""
    parts = urlsplit(application_url)
    role = unquote(parts.username or "")
    quoted = '"' + role.replace('"', '""') + '"'
    if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
        password = await connection.fetchval("SELECT quote_literal($1::text)", unquote(parts.password or ""))
        await connection.execute(f"CREATE ROLE {quoted} LOGIN PASSWORD {password}")
    # Row-level security is on the parents: a partition is not to be reached but through its parent.
    partitions = await connection.fetch(
        "SELECT oid::regclass::text AS name FROM pg_class WHERE relispartition AND relkind = 'r'"
    )
    doors = ", ".join(f"door_{name}({', '.join(door.arguments.values())})" for name, door in DOORS.items())
    await connection.execute(
        f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {quoted};"
        f"REVOKE ALL ON {', '.join(row['name'] for row in partitions)} FROM {quoted};"
        f"REVOKE INSERT, UPDATE ON migration FROM {quoted};"
        f"REVOKE UPDATE ON {', '.join(HISTORY)} FROM {quoted};"
        f"REVOKE ALL ON {', '.join(PRIVATE)} FROM {quoted};"
        f"GRANT EXECUTE ON FUNCTION {doors} TO {quoted};"
        f"GRANT EXECUTE ON FUNCTION partitions_ahead(timestamptz, integer) TO {quoted}"
    )


async def check_schema(settings: Settings) -> None:
    """Refuse to serve a database that lacks a migration this code knows. Raises SettingsError."""
    if settings.on_sqlite:
        if not settings.sqlite_path.exists():
            applied: dict[str, str] = {}
        else:
            connection = sqlite3.connect(f"file:{settings.sqlite_path}?mode=ro", uri=True)
            try:
                applied = dict(connection.execute("SELECT name, checksum FROM migration").fetchall())
            except sqlite3.OperationalError:
                applied = {}
            finally:
                connection.close()
    else:
        applied = await _applied_postgres(settings.database_url)
    todo = pending(applied)
    if todo:
        raise SettingsError(f"The database lacks migration {todo[0].name}. Run: python server.py migrate")


async def _applied_postgres(url: str) -> dict[str, str]:
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        parts = urlsplit(url)
        raise DatabaseUnavailable(
            f"cannot reach PostgreSQL at {parts.hostname}:{parts.port or 5432} as {parts.username}: {error}."
            " Check DATABASE_URL, and run python server.py migrate once to make the role and the tables."
        ) from error
    try:
        rows = await connection.fetch("SELECT name, checksum FROM migration")
    except asyncpg.PostgresError:
        return {}
    finally:
        await connection.close()
    return {row["name"]: row["checksum"] for row in rows}
