"""Statistics of service levels on 200,000 tickets, on both databases: `python -m tests.benchmarks.sla`.

Each ticket has two clocks that are over, spread over a year and twelve categories of one Property. Shown is the middle
one of five calls of the use-case: the statement, its way over the connection and the answer in Python.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from adapters.database.sqlite import adapt
from adapters.settings import Settings
from models import SlaClock
from models.rules.permission import Role
from models.rules.sla import SlaGroup
from models.viewer import Grant, Viewer
from resolvers.sla import Wanted
from resolvers.sla import statistics as of_clocks
from tests.conftest import ROLE, ROLE_PASSWORD, fill, house_of
from tests.factories.tenant import NOW
from tests.servers.postgres import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from resolvers.ports import House

TICKETS = 200_000
CATEGORIES = 12
CALLS = 5
FIRST = date(2025, 11, 22)
SPANS = (("a year", 365), ("a month", 30))


def clocks(keys: Mapping[str, UUID]) -> Iterator[dict[str, Any]]:
    """Two of each ticket; a response takes minutes, a resolution hours."""
    chance = random.Random(1)
    categories = [UUID(int=n + 1) for n in range(CATEGORIES)]
    home = {"organization_id": keys["organization"], "property_id": keys["home"], "ticket_id": keys["ticket0"]}
    times = dict.fromkeys(("started_at", "due_at", "warn_at", "stopped_at", "created_at", "updated_at"), NOW)
    promise = {"warn_percent": 80, "around_the_clock": False, "shown": False, "version": 1}
    empty = dict.fromkeys(SlaClock._meta.fields_db_projection)
    for n in range(TICKETS):
        shared = {"day": FIRST + timedelta(days=n * 365 // TICKETS), "ticket_category_id": chance.choice(categories)}
        for m, (kind, minutes) in enumerate((("RESPONSE", 30), ("RESOLUTION", 480))):
            taken = int(chance.lognormvariate(0, 0.8) * minutes * 30)
            late = taken > minutes * 60
            end = {"state": "MISSED" if late else "MET", "breached_at": NOW if late else None}
            id_ = UUID(int=7 << 76 | 2 << 62 | 2 * n + m)
            more = {"id": id_, "kind": kind, "target_minutes": minutes, "elapsed_seconds": taken}
            yield empty | home | times | promise | shared | end | more | {"team_id": keys["team"]}


async def write(house: House, keys: Mapping[str, UUID]) -> None:
    """All of them, as the owner."""
    rows = list(clocks(keys))
    if not house.settings.on_sqlite:
        admin = await asyncpg.connect(house.settings.database_admin_url)
        await admin.execute("SET session_replication_role = replica")  # the categories are not there
        records = [tuple(row.values()) for row in rows]
        await admin.copy_records_to_table("sla_clock", records=records, columns=list(rows[0]))
        await admin.execute("VACUUM ANALYZE sla_clock")
        await admin.close()
        return
    with closing(sqlite3.connect(house.settings.sqlite_path)) as file, file:
        marks = ", ".join("?" for _ in rows[0])
        values = ([adapt(value) for value in row.values()] for row in rows)
        file.executemany(f"INSERT INTO sla_clock ({', '.join(rows[0])}) VALUES ({marks})", values)
        file.execute("ANALYZE")


async def measure(settings: Settings, name: str) -> None:
    """One line a group and span."""
    world = await fill(settings)
    house, keys = house_of(settings), world.acme.keys
    await house.database.connect()
    try:
        await write(house, keys)
        viewer = Viewer(
            organization_id=keys["organization"],
            valid_until=NOW + timedelta(days=1),
            account_id=keys["manager"],
            grants=(Grant(Role.MANAGER, keys["home"]),),
        )
        for group in SlaGroup:
            for span, days in SPANS:
                until = FIRST + timedelta(days=365)
                wanted = Wanted(since=until - timedelta(days=days), until=until, group=group, property_id=keys["home"])
                taken = []
                for _ in range(CALLS):
                    begun = time.perf_counter()
                    found = await of_clocks(viewer, house, wanted)
                    taken.append(time.perf_counter() - begun)
                print(f"| {name} | {group.value} | {span} | {len(found)} | {statistics.median(taken) * 1_000:.0f} ms |")
    finally:
        await house.database.close()


def main() -> None:
    """Both databases, one after the other."""
    print("| database | by | of | groups | middle of five |\n|---|---|---|--:|--:|")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(PostgresServer())
        name = server.create_database()
        postgres = Settings(
            database_url=server.url(name, ROLE, ROLE_PASSWORD),
            database_admin_url=server.url(name),
            state_path=folder,
        )
        asyncio.run(measure(postgres, "PostgreSQL"))
        asyncio.run(measure(Settings(database_url=f"sqlite://{folder / 'wuye.db'}", state_path=folder), "SQLite"))


if __name__ == "__main__":
    main()
