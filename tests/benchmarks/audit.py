"""How fast the audit is sealed and verified: `python -m tests.benchmarks.audit [ENTRIES]`, on both databases."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.database.migrate import migrate
from adapters.settings import Settings
from models import AuditEntry, Organization
from resolvers.audit import seal_audit, verify
from resolvers.unit import system_unit
from tests.conftest import ROLE, ROLE_PASSWORD, house_of
from tests.factories.world import NOW
from tests.servers.postgres import PostgresServer

if TYPE_CHECKING:
    from uuid import UUID

    from resolvers.ports import House

CHUNK = 1_000


async def fill(house: House, entries: int) -> UUID:
    """An Organization with so many entries, each with a dozen values."""
    id_ = house.identity.uuid()
    async with house.database.transaction(id_):
        await Organization.create(id=id_, slug="bench", name="bench", created_at=NOW, updated_at=NOW, version=1)
    values = {f"column{n}": f"一些文字 {n}" if n % 2 else n for n in range(12)}
    for start in range(0, entries, CHUNK):
        async with system_unit(house, id_) as unit:
            subject = AuditEntry(id=house.identity.uuid())
            for n in range(start, min(start + CHUNK, entries)):
                unit.audit_values("bench.note", subject, None, {**values, "n": n}, actor="job")
    return id_


async def measure(settings: Settings, entries: int) -> None:
    """Print what it took."""
    await migrate(settings, NOW)
    house = house_of(settings)
    await house.database.connect()
    try:
        id_ = await fill(house, entries)
        begun = time.perf_counter()
        await seal_audit(house)
        sealed = time.perf_counter()
        verdict = await verify(house, id_)
        done = time.perf_counter()
    finally:
        await house.database.close()
    assert (verdict.sealed, verdict.count) == (entries, 0)
    print(
        f"{house.database.dialect}: {entries} entries sealed in {sealed - begun:.1f} s,"
        f" verified in {done - sealed:.1f} s ({entries / (done - sealed) * 60:,.0f} a minute)"
    )


def main() -> None:
    """Both databases."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as postgres:
        asyncio.run(measure(Settings(database_url=f"sqlite://{folder}/wuye.db", state_path=Path(folder)), entries))
        name = postgres.create_database()
        url, admin = postgres.url(name, ROLE, ROLE_PASSWORD), postgres.url(name)
        asyncio.run(measure(Settings(database_url=url, database_admin_url=admin, state_path=Path(folder)), entries))


if __name__ == "__main__":
    main()
