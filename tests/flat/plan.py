"""What the plan of a statement reads: on PostgreSQL by EXPLAIN ANALYZE, on SQLite by its plan and its steps."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from adapters.database.sqlite import adapt, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from resolvers.ports import House

STEPS = 20_000  # of SQLite's machine: a page of 20 with its scope takes a few thousand


@dataclass(frozen=True)
class Statement:
    """One that the engine ran, for whom, and for which field of a document."""

    login: str
    field: str
    sql: str
    args: list[Any]
    organization_id: UUID
    narrowed: bool = False  # by a filter

    def __str__(self) -> str:
        return f"{self.login}: {self.field}\n    {self.sql[self.sql.find(' FROM ') :][:600]}"


async def faults(house: House, statement: Statement, few: int) -> list[str]:
    """What in its plan grows with the table: a scan or a sort of more than `few` rows, or a walk along an index.

    A filter that few rows pass may be looked for along the list's index: the planner weighs that against a sort.
    """
    if house.settings.on_sqlite:
        return await asyncio.to_thread(_of_sqlite, house, statement)
    plan = orjson.loads(await _explained(house, statement))[0]["Plan"]
    return [fault for node in _nodes(plan) for fault in _of_node(node, few, walks=statement.narrowed)]


async def _explained(house: House, statement: Statement) -> str:
    """By EXECUTE: EXPLAIN of the text would plan for these very arguments, and the product plans once for all."""
    async with house.database._pool.borrowed() as connection:  # type: ignore[attr-defined]
        await connection.belong(statement.organization_id)
        prepared = await connection.prepare(statement.sql)  # kept: it is closed with its last reference
        given = f"({', '.join(map(_literal, statement.args))})" if statement.args else ""
        told: str = await connection.fetchval(
            f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE {prepared.get_name()}{given}"
        )
        return told


def _literal(value: Any) -> str:
    """As PostgreSQL reads it, whatever the type of the parameter."""
    if value is None or isinstance(value, bool | int | float):
        return "NULL" if value is None else str(value)
    if isinstance(value, list | tuple):
        items = ",".join('"{}"'.format(str(item).replace('"', '\\"')) for item in value)
        return _literal(f"{{{items}}}")
    return "'{}'".format(str(value).replace("'", "''"))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def _of_node(node: dict[str, Any], few: int, *, walks: bool) -> Iterator[str]:
    """By what it did, and for a scan of the table also by what the planner thinks of it.

    A bitmap of an index is left to the planner: it joins one only where it is cheaper than to read rows.
    """
    kind, loops = node["Node Type"], node["Actual Loops"]
    left = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    read = (node["Actual Rows"] + left) * loops
    if kind == "Seq Scan" and max(read, node["Plan Rows"]) > few:
        yield f"Seq Scan of {node['Relation Name']}, {read:.0f} rows"
    elif "Scan" in kind and kind != "Bitmap Index Scan" and read > few and not walks:
        yield f"{kind} of {node.get('Index Name') or node.get('Relation Name')}, {read:.0f} rows"
    elif kind == "Sort" and node["Plans"][0]["Actual Rows"] * loops > few:
        yield f"Sort of {node['Plans'][0]['Actual Rows']:.0f} rows by {', '.join(node['Sort Key'])}"


def _of_sqlite(house: House, statement: Statement) -> list[str]:
    """There are no statistics, so a rare row may be looked for along its Property's index; no scan, no great sort."""
    file = sqlite3.connect(f"file:{house.settings.sqlite_path}?mode=ro", uri=True)
    try:
        sql, args = numbered(statement.sql), [adapt(value) for value in statement.args]
        plan = [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {sql}", args)]
        tables = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        aliases = {"t", *tables, *(f"x{n}" for n in range(10))}
        found = [line for line in plan if line.startswith("SCAN ") and line.split()[1] in aliases]
        sorts = [line for line in plan if line.startswith("USE TEMP B-TREE FOR ORDER BY")]
        if not (found or sorts) or (taken := _steps(file, sql, args)) <= STEPS:
            return []  # a scan of what is known to be empty takes no step
        return [f"{line}, {taken:,} steps" for line in found + sorts]
    finally:
        file.close()


def _steps(file: sqlite3.Connection, sql: str, args: list[Any]) -> int:
    taken = 0

    def tick() -> int:
        nonlocal taken
        taken += 100
        return 0

    file.set_progress_handler(tick, 100)
    try:
        file.execute(sql, args).fetchall()
    finally:
        file.set_progress_handler(None, 0)
    return taken
