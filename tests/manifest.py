"""What the migrated databases hold: columns, constraints, indexes. `python -m tests.manifest` writes it anew.

tests/manifest.json is committed: a migration shows there what it really did, on both databases. Look at the
difference before you commit it.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from adapters.database.migrate import migrate
from adapters.settings import Settings
from tests.factories.world import NOW
from tests.servers.postgres import PostgresServer

MANIFEST = Path(__file__).parent / "manifest.json"
Manifest = dict[str, dict[str, Any]]
_PARTITION = re.compile(r"_\d{4}_\d\d$")  # made month by month, not by a migration


def of_sqlite(path: Path) -> Manifest:
    """Tables of an SQLite file."""
    connection = sqlite3.connect(path)
    try:
        tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        found: Manifest = {}
        for table, sql in tables:
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            keys = connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
            indexes = connection.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", [table]
            )
            triggers = connection.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", [table]
            )
            primary = [name for _, name, *_, place in sorted(columns, key=lambda c: c[5]) if place]
            constraints = [f"PRIMARY KEY ({', '.join(primary)})"]
            constraints += [f"FOREIGN KEY ({key[3]}) REFERENCES {key[2]}({key[4]})" for key in keys]
            constraints += [" ".join(check.split()) for check in re.findall(r"CHECK \([^()]*\)", sql)]
            found[table] = {
                "columns": {
                    name: type_
                    + (" NOT NULL" if notnull or primary_key else "")
                    + (f" DEFAULT {default}" if default else "")
                    for _, name, type_, notnull, default, primary_key in sorted(columns, key=lambda c: c[1])
                },
                "constraints": sorted(constraints),
                "indexes": sorted(" ".join(index.split()) for (index,) in indexes),
                "triggers": sorted(" ".join(trigger.split()) for (trigger,) in triggers),
            }
        return found
    finally:
        connection.close()


async def of_postgres(url: str) -> Manifest:
    """Tables of a PostgreSQL database, without the monthly partitions; with row-level security."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT oid, relname, relrowsecurity, relispartition FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        found: Manifest = {}
        for table in tables:
            if _PARTITION.search(table["relname"]):
                continue
            found[table["relname"]] = {
                "columns": await _columns(connection, table["oid"]),
                "constraints": await _texts(
                    connection,
                    # PostgreSQL 18 lists NOT NULL among the constraints; the columns say it already.
                    "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = $1 AND contype <> 'n'",
                    table["oid"],
                ),
                "indexes": await _texts(
                    connection, "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = $1", table["oid"]
                ),
                "policies": await _texts(
                    connection,
                    "SELECT polname || ': ' || pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = $1",
                    table["oid"],
                ),
                "rowSecurity": table["relrowsecurity"],
                "triggers": await _texts(
                    connection,
                    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = $1 AND NOT tgisinternal",
                    table["oid"],
                ),
            }
        return found
    finally:
        await connection.close()


async def _columns(connection: Any, table: int) -> dict[str, str]:
    rows = await connection.fetch(
        "SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL'"
        " ELSE '' END || COALESCE(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') AS text FROM pg_attribute a"
        " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
        " WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname",
        table,
    )
    return {row["name"]: row["text"] for row in rows}


async def _texts(connection: Any, sql: str, table: int) -> list[str]:
    return sorted(row[0] for row in await connection.fetch(sql, table))


async def of_both(postgres: PostgresServer, folder: Path) -> dict[str, Manifest]:
    """Migrate a fresh database of each kind, and read it."""
    embedded = Settings(database_url=f"sqlite://{folder / 'manifest.db'}", state_path=folder)
    await migrate(embedded, NOW)
    name = postgres.create_database()
    try:
        served = Settings(
            database_url=postgres.url(name, "wuye_app", "application"),
            database_admin_url=postgres.url(name),
            state_path=folder,
        )
        await migrate(served, NOW)
        return {"sqlite": of_sqlite(embedded.sqlite_path), "postgres": await of_postgres(postgres.url(name))}
    finally:
        postgres.drop_database(name)


def main() -> None:
    """Write the manifest."""
    with PostgresServer() as postgres, tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(of_both(postgres, Path(folder)))
    MANIFEST.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")


if __name__ == "__main__":
    main()
