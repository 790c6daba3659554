"""Runs an import from where it is: chunk by chunk, each in a transaction with its progress, so that it may die."""

from __future__ import annotations

import asyncio
import itertools
import logging
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.database import DatabaseUnavailable, UniqueViolation
from adapters.sheet.read import SheetRefused, count_rows, read_sheet
from adapters.task import end
from models import DataImport, ImportFault
from models.rules.data_import import CHUNK_ROWS, FAULTS_KEPT, OPEN, ImportKind, ImportMode, ImportOutcome, ImportState
from models.rules.data_import import ImportFaultCode as Code
from models.rules.permission import Permission
from models.rules.sheet import SHEETS, Fault, Header, Row, Seen, read_header, read_row
from resolvers.data_import.batch import Batch, ChunkStale
from resolvers.data_import.device import write_devices
from resolvers.data_import.person import write_people
from resolvers.data_import.place import write_places, write_properties
from resolvers.data_import.vehicle import write_vehicles
from resolvers.unit import Unit, system_unit
from resolvers.viewer import account_viewer
from subscriptions.data_import import progressed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from uuid import UUID

    from adapters.sheet.read import Record
    from models.viewer import Viewer
    from resolvers.ports import House

    Progress = Callable[[DataImport], None]

logger = logging.getLogger("wuye.import")
LEASE = timedelta(seconds=10)
MOST_ATTEMPTS = 5  # at one chunk, each begun by a worker that died or stumbled; one that got on counts no more
MOST_TRIES = 5  # of one chunk, whose rows somebody else changed meanwhile

WRITERS: dict[ImportKind, Callable[[Batch, list[Row]], Awaitable[None]]] = {
    ImportKind.PROPERTIES: write_properties,
    ImportKind.PLACES: write_places,
    ImportKind.PEOPLE: write_people,
    ImportKind.VEHICLES: write_vehicles,
    ImportKind.DEVICES: write_devices,
}
_COUNTERS = {
    ImportOutcome.CREATED: "rows_created",
    ImportOutcome.CHANGED: "rows_changed",
    ImportOutcome.UNCHANGED: "rows_unchanged",
}
_ZERO = dict.fromkeys(("rows_read", "rows_bad", *_COUNTERS.values()), 0)


class Superseded(Exception):
    """The import was cancelled, or another worker has taken it on: this run ends without a trace."""


class Stopped(Exception):
    """The import cannot go on; `faults` say why."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].code.value)
        self.faults = faults


class ImportRun:
    """One worker's run over one import."""

    def __init__(self, house: House, row: DataImport, content: bytes, progress: Progress | None = None) -> None:
        self._house = house
        self._content = content
        self._unpacked = house.settings.limits.import_unpacked_bytes
        self._progress = progress
        self.row = row

    async def run(self) -> None:
        """To the end, or to the chunk at which it was superseded. What is wrong with the sheet ends it as FAILED."""
        with suppress(Superseded):
            async with held(self._house, self.row.id):
                try:
                    await self._phases()
                except Stopped as stopped:
                    await self._end(ImportState.FAILED, *stopped.faults)
                except SheetRefused as refused:
                    await self._end(ImportState.FAILED, Fault(refused.row, None, refused.code, refused.params))

    async def fail(self, fault: Fault) -> None:
        """End it as FAILED without a look at its sheet."""
        with suppress(Superseded):
            await self._end(ImportState.FAILED, fault)

    async def _phases(self) -> None:
        row, limits = self.row, self._house.settings.limits
        if row.state is ImportState.WAITING:
            total = await asyncio.to_thread(count_rows, self._content, self._unpacked, limits.import_rows)
            checks = row.dry_run or row.mode is ImportMode.ALL_OR_NOTHING
            await self._move(ImportState.CHECKING if checks else ImportState.WRITING, rows_total=total)
        if self.row.state is ImportState.CHECKING:
            await self._pass()
            if self.row.mode is ImportMode.ALL_OR_NOTHING and self.row.rows_bad:
                return await self._end(ImportState.FAILED)
            if self.row.dry_run:
                return await self._end(ImportState.DONE)
            await self._move(ImportState.WRITING, **_ZERO)
        await self._pass()
        return await self._end(ImportState.DONE)

    async def _pass(self) -> None:
        """Once over the sheet; the chunks that are done already are only read for what they were about."""
        state, seen = self.row.state, Seen(SHEETS[self.row.kind])
        records = read_sheet(self._content, self._unpacked)
        header = await asyncio.to_thread(self._header, records)
        done = 0
        while True:
            good, bad, count = await asyncio.to_thread(_chunk, header, records, seen)
            if not count:
                return
            if done >= self.row.rows_read:
                await self._retry(state, good, bad, count)
            done += count

    def _header(self, records: Iterator[Record]) -> Header:
        first = next(records, None)
        if first is None:
            raise SheetRefused(Code.SHEET_EMPTY)
        header = read_header(SHEETS[self.row.kind], *first)
        if isinstance(header, Header):
            return header
        raise Stopped(*header)

    async def _retry(self, state: ImportState, good: list[Row], bad: list[Fault], count: int) -> None:
        for attempt in itertools.count(1):
            try:
                return await self._write(state, good, bad, count)
            except (ChunkStale, UniqueViolation):
                if attempt == MOST_TRIES:
                    raise
        return None

    async def _write(self, state: ImportState, good: list[Row], bad: list[Fault], count: int) -> None:
        """One chunk: read what is there, write what differs, and remember how far we are, all at once."""
        async with system_unit(self._house, self.row.organization_id) as unit:
            row = await _locked(unit, self.row, state)
            dry = state is ImportState.CHECKING
            batch = Batch(unit, await importer(unit, row), dry_run=dry)
            if good:
                await WRITERS[row.kind](batch, good)
            faults = [*bad, *batch.faults]
            if faults and not dry and row.mode is ImportMode.ALL_OR_NOTHING:
                raise Stopped(*faults)  # good when it was checked, bad by now: nothing more is written
            if not dry:
                await batch.flush()
            await _keep(unit, row, faults)
            await unit.change(row, attempts=0, **_counts(row, batch, faults, count))
            audited = None if dry else batch.audited()
            if audited is not None:
                rows = {"from": good[0].number, "to": good[-1].number}
                unit.audit_values("import.chunk", row, audited[0], {"rows": rows, **audited[1]}, **_actor(row))
            unit.announce(progressed(row, unit.now))
        self._took(row)

    async def _move(self, state: ImportState, **values: Any) -> None:
        async with system_unit(self._house, self.row.organization_id) as unit:
            row = await _locked(unit, self.row, self.row.state)
            await unit.change(row, state=state, **values)
            unit.announce(progressed(row, unit.now))
        self._took(row)

    async def _end(self, state: ImportState, *faults: Fault) -> None:
        """The last transaction; the caller, who holds it still, then forgets the sheet."""
        async with system_unit(self._house, self.row.organization_id) as unit:
            row = await _locked(unit, self.row, self.row.state)
            await _keep(unit, row, list(faults))
            before = await unit.change(row, state=state, ended_at=unit.now)
            unit.audit("import.end", before, row, **_actor(row))
            unit.announce(progressed(row, unit.now))
        self._took(row)

    def _took(self, row: DataImport) -> None:
        self.row = row
        if self._progress is not None:
            self._progress(row)


def _chunk(header: Header, records: Iterator[Record], seen: Seen) -> tuple[list[Row], list[Fault], int]:
    """The next rows of the sheet: those that can be taken, what is wrong with the others, and how many they are."""
    good: list[Row] = []
    bad: list[Fault] = []
    count = 0
    for number, cells in itertools.islice(records, CHUNK_ROWS):
        count += 1
        row = read_row(header, number, cells)
        faults = seen.faults(row) if isinstance(row, Row) else row
        bad += faults
        if isinstance(row, Row) and not faults:
            good.append(row)
    return good, bad, count


def _counts(row: DataImport, batch: Batch, faults: list[Fault], count: int) -> dict[str, int]:
    counts = {
        "rows_read": row.rows_read + count,
        "rows_bad": row.rows_bad + len({fault.row for fault in faults}),
        **{name: getattr(row, name) for name in _COUNTERS.values()},
    }
    for outcome in batch.outcomes.values():
        counts[_COUNTERS[outcome]] += 1
    return counts


async def _locked(unit: Unit, known: DataImport, state: ImportState) -> DataImport:
    """The import as it is now, locked, if nobody else moved it. Raises Superseded."""
    row = await DataImport.filter(id=known.id, organization_id=unit.organization_id).select_for_update().get()
    if row.state is not state or state not in OPEN or row.rows_read != known.rows_read:
        raise Superseded
    return row


async def _keep(unit: Unit, row: DataImport, faults: list[Fault]) -> None:
    """Remember what is wrong, up to a bound."""
    kept = [
        ImportFault(
            id=unit.house.identity.uuid(),
            organization_id=unit.organization_id,
            created_at=unit.now,
            data_import_id=row.id,
            row_number=fault.row,
            column_name=fault.column,
            code=fault.code,
            params=dict(fault.params),
        )
        for fault in sorted(faults, key=lambda fault: fault.row or 0)[: max(0, FAULTS_KEPT - row.rows_bad)]
    ]
    if kept:
        await ImportFault.bulk_create(kept, batch_size=500)


async def importer(unit: Unit, row: DataImport) -> Viewer | None:
    """Whose rights hold, as they are now; None for the command line. Raises Stopped when they were lost."""
    if row.account_id is None:
        return None
    strict = unit.house.settings.production
    viewer = await account_viewer(unit.tx, unit.house.database, row.account_id, unit.now, strict=strict)
    if viewer is None or not may_import(viewer, row.kind):
        raise Stopped(Fault(None, None, Code.RIGHTS_LOST))
    return viewer


def may_import(viewer: Viewer, kind: ImportKind) -> bool:
    """Properties need the right for the whole Organization; other kinds are asked row by row."""
    return (
        Permission.IMPORT_RUN in viewer.everywhere
        if kind is ImportKind.PROPERTIES
        else viewer.may(Permission.IMPORT_RUN)
    )


def _actor(row: DataImport) -> dict[str, Any]:
    return {"actor": "account" if row.account_id else "command", "account_id": row.account_id}


@asynccontextmanager
async def held(house: House, id_: UUID) -> AsyncIterator[None]:
    """Keep other workers off while this one works; when it dies they take over."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            with suppress(DatabaseUnavailable):
                await house.database.call("import_hold", id_, house.clock.now() + LEASE)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        await end([renewing])
