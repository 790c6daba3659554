"""Imports: a sheet is taken in, kept encrypted until its run ends, and written chunk by chunk.

`import_sheet` runs one at once, without HTTP and without a worker: the command line and the demo use it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.vault import VaultError
from models import DataImport, ImportFault
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, all_of, eq, is_in
from models.query import Order, Query
from models.rules.data_import import OPEN, ImportFaultCode, ImportKind, ImportMode, ImportState
from models.rules.permission import Permission
from models.rules.sheet import Fault
from models.scope import visible
from resolvers.data_import.run import LEASE, MOST_ATTEMPTS, ImportRun, may_import
from resolvers.unit import check_version, system_unit, unit_of_work
from subscriptions.data_import import ImportProgressed, progressed
from subscriptions.feed import Cursor, Feed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.viewer import Viewer
    from resolvers.data_import.run import Progress
    from resolvers.ports import House
    from resolvers.unit import Unit

__all__ = ["NewImport", "cancel", "create", "faults_of", "import_sheet", "imports", "progress", "summary", "work_one"]

MAX_NAME = 120


@dataclass(frozen=True)
class NewImport:
    """What is to be imported, and how. Without `dry_run` and with the default mode nothing or all of it is written."""

    kind: ImportKind
    name: str
    content: bytes = field(repr=False)
    mode: ImportMode = ImportMode.ALL_OR_NOTHING
    dry_run: bool = False


def imports(
    viewer: Viewer | None, order: Order, kind: ImportKind | None = None, states: Sequence[ImportState] | None = None
) -> Query:
    """Imports that the viewer may see: the own ones; all with import.run for the whole Organization."""
    return Query(DataImport, visible(DataImport, viewer), order).only(
        EVERYTHING if kind is None else eq("kind", kind.value),
        EVERYTHING if states is None else is_in("state", [state.value for state in states]),
    )


def progress(viewer: Viewer | None, import_id: UUID, after: str | None) -> Feed:
    """Every step of an import that the viewer may see."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=viewer.organization_id,
        type=ImportProgressed.TYPE,
        where=all_of(visible(DataImport, viewer), eq("id", import_id)),
        after=Cursor.decode(after) if after else None,
    )


async def create(viewer: Viewer | None, house: House, wish: NewImport) -> DataImport:
    """Keep the sheet, sealed, for a worker to take within a second. Raises Refusal.

    The bytes are kept before the row is written and forgotten when that fails: a row never lacks its sheet.
    """
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    _require(viewer, wish.kind)
    _check_size(house, wish)
    id_ = house.identity.uuid()
    key = f"import/{id_.hex}"
    await house.storage.put(key, house.vault.seal(wish.content, viewer.organization_id, id_))
    try:
        async with unit_of_work(house, viewer) as unit:
            if unit.viewer is not None:
                _require(unit.viewer, wish.kind)
            row = await _add(unit, id_, wish, storage_key=key)
    except BaseException:
        await house.storage.delete(key)
        raise
    return row


async def cancel(viewer: Viewer | None, house: House, id_: UUID, expected_version: int | None = None) -> DataImport:
    """Stop an import; what it has written stays. Its worker notices at its next chunk, at most 1,000 rows later."""
    async with unit_of_work(house, viewer) as unit:
        row = await unit.find(DataImport, id_, "id")
        if unit.viewer is not None:
            _require(unit.viewer, row.kind)
        check_version(row, expected_version)
        if row.state not in OPEN:
            raise Refusal(ErrorCode.IMPORT_ENDED, field="id", current=row.id, state=row.state)
        before = await unit.change(row, state=ImportState.CANCELLED, ended_at=unit.now, locked_until=None)
        unit.audit("import.cancel", before, row)
        unit.announce(progressed(row, unit.now))
    return row


async def import_sheet(
    house: House, organization_id: UUID, wish: NewImport, progress: Progress | None = None
) -> DataImport:
    """Run an import at once, as the house itself, with every right in the Organization; the row as it ended.

    The sheet is not kept; `progress` is called after each step. Raises Refusal FILE_TOO_LARGE. What was wrong is what
    `faults_of` gives.
    """
    _check_size(house, wish)
    async with system_unit(house, organization_id) as unit:
        # Held from the start: a server's worker must not take it.
        row = await _add(unit, house.identity.uuid(), wish, locked_until=unit.now + LEASE)
    run = ImportRun(house, row, wish.content, progress)
    await run.run()
    return run.row


async def faults_of(house: House, row: DataImport, most: int = 100) -> list[ImportFault]:
    """The first faults of an import, in the order of its rows."""
    async with house.database.transaction(row.organization_id):
        return await ImportFault.filter(data_import_id=row.id).order_by("id").limit(most)


def summary(row: DataImport) -> str:
    """How far an import is, in one line."""
    total = "?" if row.rows_total is None else f"{row.rows_total:,}"
    return (
        f"{row.state.value:<9} {row.rows_read:,}/{total} rows: {row.rows_created:,} created,"
        f" {row.rows_changed:,} changed, {row.rows_unchanged:,} unchanged, {row.rows_bad:,} bad "
    )


async def work_one(house: House) -> bool:
    """Claim the oldest import that nobody holds and run it to its end; False when there is none."""
    claimed = await house.database.call("import_claim", house.clock.now(), house.clock.now() + LEASE)
    if not claimed:
        return False
    id_, organization_id = (UUID(str(claimed[0][name])) for name in ("id", "organization_id"))
    async with system_unit(house, organization_id) as unit:
        row = await DataImport.filter(id=id_, organization_id=organization_id).select_for_update().get()
        if row.state in OPEN:
            await unit.change(row, attempts=row.attempts + 1, started_at=row.started_at or unit.now)
    if row.state in OPEN:
        await _run(house, row)
    await _forget(house, row)
    return True


async def _run(house: House, row: DataImport) -> None:
    """Go on with an import; one that broke off too often, or whose sheet is gone, has failed."""
    content = b""
    broken = row.attempts > MOST_ATTEMPTS or row.storage_key is None
    try:
        if not broken:
            sealed = await house.storage.get(row.storage_key or "")
            content = house.vault.open(sealed, row.organization_id, row.id)
    except (KeyError, VaultError):
        broken = True
    run = ImportRun(house, row, content)
    if broken:
        await run.fail(Fault(None, None, ImportFaultCode.BROKEN_OFF))
    else:
        await run.run()


async def _forget(house: House, row: DataImport) -> None:
    """Delete the sheet of an import that has ended; first the bytes, so that none are ever left without their row."""
    async with system_unit(house, row.organization_id):
        current = await DataImport.get(id=row.id, organization_id=row.organization_id)
    if current.state in OPEN or current.storage_key is None:
        return
    await house.storage.delete(current.storage_key)
    async with system_unit(house, row.organization_id) as unit:
        await unit.tx.fetch("UPDATE data_import SET storage_key = NULL WHERE id = $1 RETURNING id", row.id)


async def _add(unit: Unit, id_: UUID, wish: NewImport, **values: Any) -> DataImport:
    name = " ".join(PurePath(wish.name.replace("\\", "/")).name.split())
    row = await unit.add(
        DataImport,
        id=id_,
        kind=wish.kind,
        mode=wish.mode,
        dry_run=wish.dry_run,
        state=ImportState.WAITING,
        account_id=unit.viewer.account_id if unit.viewer else None,
        file_name=name[:MAX_NAME] or "sheet",
        size_bytes=len(wish.content),
        **values,
    )
    unit.audit("import.create", None, row, actor="account" if unit.viewer else "command")
    unit.announce(progressed(row, unit.now))
    return row


def _require(viewer: Viewer, kind: ImportKind) -> None:
    """Raise Refusal FORBIDDEN unless the viewer may import that at all."""
    if not may_import(viewer, kind):
        raise Refusal(ErrorCode.FORBIDDEN, permission=Permission.IMPORT_RUN.value)


def _check_size(house: House, wish: NewImport) -> None:
    most = house.settings.limits.import_bytes
    if len(wish.content) > most:
        raise Refusal(ErrorCode.FILE_TOO_LARGE, field="file", max=most, actual=len(wish.content))
