"""Seals audit entries into their Organization's hash chain (docs/audit.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.database import UniqueViolation
from models import AuditEntry
from models.rules.audit_chain import COLUMNS, FIRST, seal_hash
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.database import Database
    from resolvers.ports import House

BATCH = 1_000
_KINDS = {name: type(AuditEntry._meta.fields_map[name]).__name__ for name in COLUMNS}
_SEAL = {
    "id": "uuid",
    "organization_id": "uuid",
    "sequence": "bigint",
    "previous": "text",
    "hash": "text",
    "created_at": "timestamptz",
}
_WAITING = (
    f"SELECT {', '.join(f'e.{name}' for name in COLUMNS)} FROM audit_waiting w JOIN audit_entry e ON e.id = w.id"  # noqa: S608 - our own names
    f" WHERE w.organization_id = $1 AND e.organization_id = $1"
    f" AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.id = w.id) ORDER BY w.id LIMIT {BATCH}"
)
_HEAD = "SELECT sequence, hash FROM audit_seal WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1"


async def seal_audit(house: House) -> None:
    """Give every entry that waits its place behind the last one: the order of the chain is that of sealing.

    An entry that was committed after younger ones is sealed after them; none is left out, whenever it was committed.
    """
    for row in await house.database.call("audit_unsealed"):
        while await seal_some(house, UUID(str(row["organization_id"]))) == BATCH:
            pass


async def seal_some(house: House, organization_id: UUID) -> int:
    """One transaction's worth; how many were sealed. None when another worker sealed at the same time: it did them."""
    try:
        async with system_unit(house, organization_id) as unit:
            waiting = await unit.tx.fetch(_WAITING, organization_id)
            if not waiting:
                return 0
            head = await unit.tx.fetch(_HEAD, organization_id)
            sequence, previous = (head[0]["sequence"], head[0]["hash"]) if head else (0, FIRST)
            seals: list[list[Any]] = []
            for row in waiting:
                entry = entry_of(house.database, row)
                sequence += 1
                hash_ = seal_hash(previous, sequence, unit.now, entry)
                seals.append([entry["id"], organization_id, sequence, previous, hash_, unit.now])
                previous = hash_
            await unit.tx.insert("audit_seal", _SEAL, seals)
            await unit.tx.call("audit_sealed", [seal[0] for seal in seals])
    except UniqueViolation:
        return 0
    return len(seals)


def entry_of(database: Database, row: Mapping[str, Any]) -> dict[str, Any]:
    """An entry's columns as Python's values, whichever database it lies in."""
    return {name: database.value(kind, row[name]) for name, kind in _KINDS.items()}
