"""Walks an Organization's hash chain and says what was changed behind our back, and at which entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from models.rules.audit_chain import COLUMNS, FIRST, MOST_LATE, FindingKind, seal_hash
from resolvers.audit.seal import entry_of

if TYPE_CHECKING:
    from adapters.database import Row
    from resolvers.ports import House

PAGE = 2_000
MOST_KEPT = 100
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_CHAIN = (
    "SELECT s.id AS seal_id, s.sequence, s.previous, s.hash, s.created_at AS sealed_at,"  # noqa: S608 - our own names
    f" {', '.join(f'e.{name}' for name in COLUMNS)} FROM audit_seal s LEFT JOIN audit_entry e ON e.id = s.id"
    f" WHERE s.organization_id = $1 AND s.sequence > $2 ORDER BY s.sequence LIMIT {PAGE}"
)
_ENTRIES = (
    "SELECT e.id, s.id AS sealed, w.id AS waiting FROM audit_entry e LEFT JOIN audit_seal s ON s.id = e.id"  # noqa: S608 - our own number
    " LEFT JOIN audit_waiting w ON w.id = e.id"
    f" WHERE e.organization_id = $1 AND e.id > $2 ORDER BY e.id LIMIT {PAGE}"
)
_WAITING_FOR_NOTHING = (
    "SELECT w.id FROM audit_waiting w LEFT JOIN audit_entry e ON e.id = w.id"  # noqa: S608 - our own number
    f" WHERE w.organization_id = $1 AND e.id IS NULL ORDER BY w.id LIMIT {MOST_KEPT}"
)


@dataclass(frozen=True)
class Finding:
    """What is wrong at an entry, or at a place of the chain."""

    kind: FindingKind
    sequence: int | None = None
    entry_id: UUID | None = None


@dataclass
class Verdict:
    """What the walk found. `waiting` entries are new: the job seals them within seconds."""

    sealed: int = 0
    waiting: int = 0
    sequence: int = 0
    head: str = FIRST
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    def note(self, kind: FindingKind, sequence: int | None = None, entry_id: UUID | None = None) -> None:
        """Count it, and keep it while there is room."""
        self.count += 1
        if len(self.findings) < MOST_KEPT:
            self.findings.append(Finding(kind, sequence, entry_id))


async def verify(house: House, organization_id: UUID, head: str | None = None) -> Verdict:
    """Check every seal, every entry, and that the chain still holds a `head` noted before. Changes nothing."""
    verdict = Verdict()
    walk = _Walk(house, verdict, head)
    while True:
        rows = await house.database.fetch(_CHAIN, [organization_id, verdict.sequence], organization_id)
        for row in rows:
            walk.step(row)
        if len(rows) < PAGE:
            break
    if head is not None and not walk.head_seen:
        verdict.note(FindingKind.HEAD)
    await _look_at_entries(house, organization_id, verdict)
    return verdict


class _Walk:
    """Along the seals, one after the other."""

    def __init__(self, house: House, verdict: Verdict, head: str | None) -> None:
        self._house = house
        self._verdict = verdict
        self._head = head
        self._newest = _EARLIEST
        self.head_seen = head == FIRST

    def step(self, row: Row) -> None:
        """Check a seal against the one before it and against its entry; then it is the one before."""
        value, verdict = self._house.database.value, self._verdict
        id_, sequence = value("UUIDField", row["seal_id"]), row["sequence"]
        if sequence != verdict.sequence + 1:
            verdict.note(FindingKind.GAP, verdict.sequence + 1)
        elif row["previous"] != verdict.head:
            verdict.note(FindingKind.BROKEN, sequence, id_)
        verdict.sealed, verdict.sequence, verdict.head = verdict.sealed + 1, sequence, row["hash"]
        if row["id"] is None:
            verdict.note(FindingKind.REMOVED, sequence, id_)
            return
        if not self._holds(row, sequence):
            verdict.note(FindingKind.CHANGED, sequence, id_)
            return
        self.head_seen = self.head_seen or row["hash"] == self._head
        made = value("DatetimeField", row["created_at"])
        if made < self._newest - MOST_LATE:
            verdict.note(FindingKind.BACKDATED, sequence, id_)
        self._newest = max(self._newest, made)

    def _holds(self, row: Row, sequence: int) -> bool:
        try:
            sealed_at = self._house.database.value("DatetimeField", row["sealed_at"])
            entry: dict[str, Any] = entry_of(self._house.database, row)
            hash_: str = row["hash"]
            return seal_hash(row["previous"], sequence, sealed_at, entry) == hash_
        except ValueError:  # SQLite keeps whatever is written: no JSON, no instant, no key
            return False


async def _look_at_entries(house: House, organization_id: UUID, verdict: Verdict) -> None:
    """Entries without a seal: those that wait for theirs, and those that nobody will seal."""
    after = UUID(int=0)
    while True:
        rows = await house.database.fetch(_ENTRIES, [organization_id, after], organization_id)
        for row in rows:
            verdict.waiting += row["sealed"] is None and row["waiting"] is not None
            if row["sealed"] is None and row["waiting"] is None:
                verdict.note(FindingKind.UNSEALED, None, house.database.value("UUIDField", row["id"]))
        if len(rows) < PAGE:
            break
        after = house.database.value("UUIDField", rows[-1]["id"])
    for row in await house.database.fetch(_WAITING_FOR_NOTHING, [organization_id], organization_id):
        verdict.note(FindingKind.REMOVED, None, house.database.value("UUIDField", row["id"]))
