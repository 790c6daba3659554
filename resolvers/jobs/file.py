"""Sweeps files: what was never attached, what no row knows, and the sheets of old exports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from models import File
from models.file import loose_sql
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from resolvers.ports import House

BATCH = 200


async def sweep_files(house: House) -> None:
    """Remove old exports, rows that belong to nothing, and bytes without a row (older than `upload_loose_hours`).

    Bytes are kept before their row is, so a running upload has bytes without a row: those are young and stay.
    Killed anywhere in between, the next run finds the rest.
    """
    limits, now = house.settings.limits, house.clock.now()
    while len(await house.database.call("export_prune", now - timedelta(days=limits.export_days), BATCH)) == BATCH:
        pass  # their sheets belong to nothing now, and are old
    before = now - timedelta(hours=limits.upload_loose_hours)
    for organization in await house.database.call("organizations"):
        while await _sweep_rows(house, UUID(str(organization["id"])), before) == BATCH:
            pass
    await _sweep_bytes(house, before)


async def _sweep_rows(house: House, organization_id: UUID, before: datetime) -> int:
    """One batch of rows, audited; their bytes after the commit. How many there were."""
    lock = " FOR UPDATE SKIP LOCKED" if house.database.dialect == "postgres" else ""  # a verb attaches them just now
    async with system_unit(house, organization_id) as unit:
        found = await unit.tx.fetch(
            f"SELECT f.id FROM file f WHERE f.created_at < $1 AND {loose_sql()}"  # noqa: S608 - our own names
            f" ORDER BY f.created_at LIMIT {BATCH}{lock}",
            before,
        )
        ids = [UUID(str(row["id"])) for row in found]
        for file in await File.filter(id__in=ids):
            unit.audit("file.sweep", None, file, actor="job")
        gone = await unit.tx.call("file_delete", ids, before) if ids else []
    for row in gone:
        for key in (row["storage_key"], row["thumbnail_key"]):
            if key is not None:
                await house.storage.delete(key)
    return len(ids)


async def _sweep_bytes(house: House, before: datetime) -> None:
    """Delete old keys of ours that no row names. What is not named as we name things is not ours."""
    async for keys in house.storage.kept_keys():
        old = {key: id_ for key in keys if (id_ := _file_id(key)) is not None and _made_at(id_) < before}
        rows = await house.database.call("file_known", sorted(set(old.values()))) if old else []
        known = {row[column] for row in rows for column in ("storage_key", "thumbnail_key")}
        for key in old.keys() - known:
            await house.storage.delete(key)


def _file_id(key: str) -> UUID | None:
    """The file whose bytes lie under `key` (resolvers/file.py `storage_key`)."""
    folder, _, name = key.partition("/")
    text = name.partition(".")[0]
    try:
        id_ = UUID(hex=text)
    except ValueError:
        return None
    return id_ if text == id_.hex and folder == text[-2:] and id_.version == 7 else None


def _made_at(id_: UUID) -> datetime:
    """A UUIDv7 begins with its instant in milliseconds."""
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)
