"""How long it takes to load a city quarter: `python -m tests.benchmarks.load [UNITS]`.

20,000 units with 40,000 people by default, as CSV, into a fresh SQLite database in a temporary folder, through the
same function as the command line and the worker; then the same files again, which change nothing.
"""

from __future__ import annotations

import asyncio
import csv
import io
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.database.migrate import migrate
from adapters.settings import Settings
from models import Organization
from models.rules.data_import import ImportKind, ImportState
from models.rules.id_number import CHECKS, WEIGHTS
from resolvers.data_import import NewImport, faults_of, import_sheet
from server import build_house

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from resolvers.ports import House

PER_UNIT = 2
PEOPLE = "property,building,entrance,unit,name,phone,id_number,id_purpose,id_consent_on,id_consent_version,kind,move_in"
CONSENT = ("业主档案", "2026-01-01", "v1")


def sheet(heading: str, rows: Iterable[Iterable[object]]) -> bytes:
    """A CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def places(units: int) -> list[tuple[str, str, str, int]]:
    """(building, entrance, unit, floor): 200 units in a building, 2 entrances, 25 floors."""
    found = []
    for n in range(units):
        building, rest = divmod(n, 200)
        entrance, rest = divmod(rest, 100)
        floor, door = divmod(rest, 4)
        found.append((str(building + 1), str(entrance + 1), f"{floor + 1}{door + 1:02d}", floor + 1))
    return found


def id_number(n: int) -> str:
    """A number that passes, of an invented person."""
    head = f"110105{1950 + n % 50}{n % 12 + 1:02d}{n % 28 + 1:02d}{n // 2_100 % 1_000:03d}"
    return head + CHECKS[sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS, strict=True)) % 11]


def sheets(units: int) -> dict[ImportKind, bytes]:
    """One file of each kind that the quarter needs."""
    there = places(units)
    return {
        ImportKind.PROPERTIES: sheet("code,name,kind,address", [("BIG", "大盘", "RESIDENTIAL", "中山路 1 号")]),
        ImportKind.PLACES: sheet(
            "property,building,entrance,unit,floor,built_up_area,status",
            [("BIG", *one, "89.50", "自住") for one in there],
        ),
        ImportKind.PEOPLE: sheet(PEOPLE, [person(n, there[n // PER_UNIT]) for n in range(units * PER_UNIT)]),
    }


def person(n: int, place: tuple[str, str, str, int]) -> tuple[object, ...]:
    """A row of the sheet of people."""
    kind = "家庭成员" if n % PER_UNIT else "业主"
    return ("BIG", *place[:3], f"住户{n}", 13_000_000_000 + n, id_number(n), *CONSENT, kind, "2020-01-01")


async def load(house: House, organization_id: UUID, units: int) -> None:
    """Each file once, and again."""
    for run in ("first", "again"):
        total = 0.0
        for kind, content in sheets(units).items():
            start = time.perf_counter()
            row = await import_sheet(house, organization_id, NewImport(kind, f"{kind.value}.csv", content))
            seconds = time.perf_counter() - start
            total += seconds
            print(
                f"{run:<6}{kind.value:<12}{row.rows_read:>8,} rows {seconds:7.2f} s {row.rows_read / seconds:>9,.0f}/s "
                f" created {row.rows_created:,} changed {row.rows_changed:,} unchanged {row.rows_unchanged:,}"
            )
            if row.state is not ImportState.DONE:
                print(
                    [
                        (fault.row_number, fault.column_name, fault.code.value)
                        for fault in await faults_of(house, row, 5)
                    ]
                )
                sys.exit(1)
        print(f"{run:<6}in all      {total:22.2f} s")


async def main(units: int) -> None:
    """Make the database, load, print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        settings = Settings(
            database_url=f"sqlite://{path / 'load.db'}", state_path=path, personal_data_key="benchmark" * 4
        )
        house = build_house(settings)
        await migrate(settings, house.clock.now())
        await house.database.connect()
        try:
            organization_id, now = house.identity.uuid(), house.clock.now()
            async with house.database.transaction(organization_id):
                await Organization.create(
                    id=organization_id, slug="load", name="负载", created_at=now, updated_at=now, version=1
                )
            await load(house, organization_id, units)
        finally:
            await house.database.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
