"""The keys of what is sealed: are they all there, and everything sealed anew under the newest one."""

from __future__ import annotations

import base64
import logging
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.database import UniqueViolation
from adapters.settings import SettingsError
from adapters.vault import VaultError
from models.sealed import SEALED, Sealed

if TYPE_CHECKING:
    from collections.abc import Callable

    from resolvers.ports import House

BATCH = 200  # a transaction's worth: on SQLite the other writers wait for it
logger = logging.getLogger("wuye.keys")


async def check_keys(house: House) -> int:
    """0 when every key is there. Raises SettingsError when something is sealed under one that is not in the ring."""
    unknown = [row for row in await _marks(house) if row["mark"] not in house.vault.marks]
    if unknown:
        shown = ", ".join(f"{row['sealed']} of {row['place']}" for row in unknown[:5])
        raise SettingsError(
            f"Personal data is sealed under a key that is not there ({shown}). Put the key that it was sealed under"
            " into PERSONAL_DATA_KEY_OLD, beside the newer one in PERSONAL_DATA_KEY."
        )
    return 0


async def left(house: House) -> int:
    """How many texts are sealed under an older key than the newest."""
    return sum(row["sealed"] for row in await _marks(house) if row["mark"] != house.vault.marks[0])


async def rotate(house: House, say: Callable[[str], None]) -> int:
    """Seal everything anew under the newest key and say how many texts could not be; 1 when there are such, else 0.

    Online and resumable: a text is replaced only while it is still the one that was read, in batches, and a run that
    was killed is simply run again. Rows are found under the old hash and the new one meanwhile. Raises SettingsError.
    """
    await check_keys(house)
    for organization in await house.database.call("organizations"):
        for sealed in SEALED:
            done = await _rotate(house, UUID(str(organization["id"])), sealed)
            if done:
                say(f"{organization['slug']}: {done} of {sealed.name}")
    rest = await left(house)
    say(f"{rest} sealed texts are left under an older key" if rest else "everything is sealed under the newest key")
    return 1 if rest else 0


async def _marks(house: House) -> list[Any]:
    return list(await house.database.call("sealed_marks"))


async def _rotate(house: House, organization_id: UUID, sealed: Sealed) -> int:
    """One column of one Organization; how many were sealed anew."""
    after, done = UUID(int=0), 0
    while True:
        rows = await house.database.fetch(
            f"SELECT id, {', '.join({*sealed.place} - {'id'})}, {sealed.column} AS sealed FROM {sealed.table}"  # noqa: S608 - our own names
            f" WHERE organization_id = $1 AND {sealed.column} IS NOT NULL AND id > $2 ORDER BY id LIMIT {BATCH}",
            [organization_id, after],
            organization_id,
        )
        if not rows:
            return done
        after = _uuid(rows[-1]["id"])
        old = [row for row in rows if not row["sealed"].startswith(house.vault.marks[0])]
        anew = [change for row in old if (change := _anew(house, organization_id, sealed, row)) is not None]
        done += await _write(house, organization_id, sealed, anew)


def _anew(house: House, organization_id: UUID, sealed: Sealed, row: Any) -> tuple[Any, ...] | None:
    """Key, the text as it was read, the same sealed anew, and its hash; None for a damaged one, which the log names."""
    place = [_uuid(row[name]) for name in sealed.place]
    try:
        plain = house.vault.open(base64.b64decode(row["sealed"]), *place)
    except (VaultError, ValueError):
        logger.exception("%s of %s does not open", sealed.name, row["id"])
        return None
    hashed = (house.vault.fingerprint(plain.decode(), organization_id),) if sealed.hashed else ()
    anew = base64.b64encode(house.vault.seal(plain, *place)).decode()
    return (_uuid(row["id"]), row["sealed"], anew, *hashed)


async def _write(house: House, organization_id: UUID, sealed: Sealed, changes: list[tuple[Any, ...]]) -> int:
    """A batch, or one by one when two of them turn out to be equal; rows keep their version: nothing changed."""
    hashed = f", {sealed.hashed} = $4" if sealed.hashed else ""
    sql = f"UPDATE {sealed.table} SET {sealed.column} = $3{hashed} WHERE id = $1 AND {sealed.column} = $2 RETURNING id"  # noqa: S608 - our own names
    try:
        async with house.database.transaction(organization_id) as tx:
            return sum([len(await tx.fetch(sql, *change)) for change in changes])
    except UniqueViolation:
        if len(changes) == 1:
            logger.error("%s of %s equals another row's: mend one of them", sealed.name, changes[0][0])  # noqa: TRY400 - no secrets in the log
            return 0
    return sum([await _write(house, organization_id, sealed, [change]) for change in changes])


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
