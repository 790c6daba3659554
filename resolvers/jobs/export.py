"""Writes exports, one at a time in each process; what a killed process left is begun again by another."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from adapters.database import DatabaseUnavailable
from adapters.sheet.write import open_sheet
from adapters.storage import StorageUnavailable
from models import DataExport, File
from models.errors import ErrorCode, Refusal
from models.rules.export import MEDIA_TYPES, OPEN, Column, ExportState
from models.rules.file import FileKind
from models.rules.permission import Permission
from resolvers.file import storage_key
from resolvers.jobs.looker import Looker
from resolvers.unit import Unit, system_unit
from resolvers.viewer import account_viewer, require
from subscriptions.export import progressed

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.viewer import Viewer
    from resolvers.ports import Documents, House, Listing

T = TypeVar("T")
logger = logging.getLogger("wuye.export")
CLAIM = timedelta(minutes=1)
STEP_ROWS = 500  # rows between two steps that are told
STEP_SECONDS = 10.0  # at the latest, so that the claim does not lapse
MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Claim:
    """One runner's hold on an export: `attempts` tells it from every other one's."""

    id: UUID
    organization_id: UUID
    account_id: UUID
    attempts: int


class _Lost(Exception):
    """The export was cancelled, or is another runner's by now."""


class ExportRunner(Looker):
    """Claims and writes exports in this process; any number of processes may."""

    WORK = "exports"

    def __init__(self, house: House, documents: Documents) -> None:
        super().__init__(house)
        self._documents = documents
        self._claim: Claim | None = None

    async def stop(self) -> None:
        """Stop at once and let go of the export under way: another process begins it again."""
        await super().stop()
        if self._claim is not None:
            with suppress(DatabaseUnavailable):
                await self._let_go(self._claim)

    async def run_one(self) -> bool:
        """Claim and write the export that waits longest; False when none does."""
        now = self._house.clock.now()
        if not await self._house.database.call("export_due", now):
            return False
        rows = await self._house.database.call("export_claim", now, now + CLAIM)
        if not rows:
            return False
        id_, organization_id, account_id = (UUID(str(rows[0][key])) for key in ("id", "organization_id", "account_id"))
        self._claim = Claim(id_, organization_id, account_id, rows[0]["attempts"])
        await self._run(self._claim)
        self._claim = None
        return True

    async def _run(self, claim: Claim) -> None:
        """One export to its end. An outage is raised: the claim lapses and the export is begun again."""
        try:
            export = await self._begin(claim)
            content, count = await self._write(claim, export)
            await self._keep(claim, export, content, count)
        except _Lost:
            logger.info("export %s was cancelled or taken over", claim.id)
        except Refusal as refusal:
            await self._fail(claim, refusal.code)
        except (DatabaseUnavailable, StorageUnavailable):
            raise
        except Exception:
            logger.exception("export %s failed", claim.id)
            await self._fail(claim, ErrorCode.INTERNAL_SERVER_ERROR)

    async def _begin(self, claim: Claim) -> DataExport:
        """From the first row on, whoever began it before."""
        export = await self._step(claim, state=ExportState.RUNNING, row_count=0)
        if claim.attempts > MOST_ATTEMPTS:
            raise Refusal(ErrorCode.SERVICE_UNAVAILABLE)
        return export

    async def _write(self, claim: Claim, export: DataExport) -> tuple[bytes, int]:
        """The sheet's bytes and how many rows it has. Rights are asked for anew before each page."""
        first = await self._viewer(claim, None)
        listing = self._documents.listing(export.document, orjson.loads(export.variables), first, "zh")
        columns = _named(listing, orjson.loads(export.headings))
        sheet = open_sheet(export.format, columns, ZoneInfo(export.time_zone))
        most, count, told, looked = self._house.settings.limits.export_rows, 0, 0, time.monotonic()
        after: str | None = None
        try:
            while True:
                page = await listing.page(await self._viewer(claim, first), after)
                count += len(page.rows)
                if count > most:
                    raise Refusal(ErrorCode.QUERY_LIMIT_EXCEEDED, limit="exportRows", max=most, actual=count)
                await _in_thread(sheet.add, page.rows)
                if page.after is None:
                    return await _in_thread(sheet.finish), count
                after = page.after
                if count - told >= STEP_ROWS or time.monotonic() - looked >= STEP_SECONDS:
                    await self._step(claim, row_count=count)
                    told, looked = count, time.monotonic()
        except BaseException:
            sheet.discard()
            raise

    async def _viewer(self, claim: Claim, first: Viewer | None) -> Viewer:
        """The account as it is now. Raises Refusal when it is gone, may export no more, or its rights changed."""
        database = self._house.database
        viewer = await account_viewer(
            database, database, claim.account_id, self._house.clock.now(), strict=self._house.settings.production
        )
        if viewer is None:
            raise Refusal(ErrorCode.UNAUTHENTICATED)
        require(viewer, Permission.EXPORT_RUN)
        if first is not None and (viewer.grants, viewer.homes) != (first.grants, first.homes):
            raise Refusal(
                ErrorCode.FORBIDDEN, permission=Permission.EXPORT_RUN.value
            )  # half of the rows would be seen with other eyes
        return viewer

    async def _keep(self, claim: Claim, export: DataExport, content: bytes, count: int) -> None:
        """The bytes, then the row and the end in one transaction: one file, whatever is killed in between."""
        id_ = self._house.identity.uuid()
        name, media_type = f"{export.name}.{export.format.value.lower()}", MEDIA_TYPES[export.format]
        await self._house.storage.put(storage_key(id_), content, media_type=media_type, name=name)
        async with system_unit(self._house, claim.organization_id) as unit:
            held = await _held(unit, claim)
            file = await unit.add(
                File,
                id=id_,
                account_id=claim.account_id,
                kind=FileKind.SHEET,
                name=name,
                media_type=media_type,
                size_bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                storage_key=storage_key(id_),
            )
            await _end(unit, held, state=ExportState.DONE, row_count=count, file_id=file.id)

    async def _fail(self, claim: Claim, code: ErrorCode) -> None:
        with suppress(_Lost):
            async with system_unit(self._house, claim.organization_id) as unit:
                await _end(unit, await _held(unit, claim), state=ExportState.FAILED, error=code)

    async def _step(self, claim: Claim, **values: Any) -> DataExport:
        """Tell how far it is and hold it for another minute. Raises _Lost."""
        async with system_unit(self._house, claim.organization_id) as unit:
            export = await _held(unit, claim)
            await unit.change(export, locked_until=unit.now + CLAIM, **values)
            unit.announce(progressed(export, unit.now))
        return export

    async def _let_go(self, claim: Claim) -> None:
        async with system_unit(self._house, claim.organization_id):
            await DataExport.filter(id=claim.id, attempts=claim.attempts).update(locked_until=None)


async def _held(unit: Unit, claim: Claim) -> DataExport:
    """The export, locked, while it is ours and not over. Raises _Lost."""
    mine = DataExport.filter(id=claim.id, attempts=claim.attempts, state__in=list(OPEN))
    export = await mine.select_for_update().get_or_none()
    if export is None:
        raise _Lost
    return export


async def _end(unit: Unit, export: DataExport, **values: Any) -> None:
    await unit.change(export, ended_at=unit.now, locked_until=None, **values)
    unit.announce(progressed(export, unit.now))


async def _in_thread(work: Callable[..., T], *args: Any) -> T:
    """To its end even when we are cancelled: a sheet is never discarded under a thread that writes it."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


def _named(listing: Listing, headings: list[str]) -> list[Column]:
    """The columns under the headings that the client chose."""
    named = zip(listing.columns, headings or [column.heading for column in listing.columns], strict=True)
    return [Column(heading, column.kind) for column, heading in named]
