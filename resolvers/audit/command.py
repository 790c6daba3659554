"""What `server.py audit` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from models.rules.audit_chain import FindingKind, instant
from resolvers.audit.verify import MOST_KEPT, verify

if TYPE_CHECKING:
    from resolvers.audit.verify import Finding
    from resolvers.ports import House

_HEAD = "SELECT sequence, hash, created_at FROM audit_seal WHERE organization_id = $1 ORDER BY sequence DESC LIMIT 1"
_WORDS = {
    FindingKind.CHANGED: "the entry is not what was sealed: it, or its seal, was changed",
    FindingKind.REMOVED: "the entry is gone",
    FindingKind.GAP: "seals are missing from here on",
    FindingKind.BROKEN: "the seal does not follow the one before it: one was put in, taken out, reordered or rewritten",
    FindingKind.BACKDATED: "the entry claims to be older than entries that were sealed before it: put in later",
    FindingKind.UNSEALED: "the entry has no seal and waits for none: it was put in, or its seal was removed",
    FindingKind.HEAD: "the head noted before is not in the chain: its end was rewritten or cut off",
}


@dataclass(frozen=True)
class Told:
    """Lines to print, and whether all is well."""

    lines: list[str]
    good: bool = True


async def tell(house: House, action: str, slug: str | None, head: str | None) -> Told:
    """`head` or `verify`, of the Organization with this slug or of all."""
    rows = await house.database.call("organizations")
    chosen = [(row["slug"], UUID(str(row["id"]))) for row in rows if slug in (None, row["slug"])]
    if slug is not None and not chosen:
        return Told([f"there is no organization {slug!r}"], good=False)
    return await (_heads(house, chosen) if action == "head" else _verdicts(house, chosen, head))


async def _heads(house: House, chosen: list[tuple[str, UUID]]) -> Told:
    """Organization, sequence, hash and instant of the newest seal of each: to be kept where the database is not."""
    lines = []
    for name, organization_id in chosen:
        rows = await house.database.fetch(_HEAD, [organization_id], organization_id)
        for row in rows:
            at = instant(house.database.value("DatetimeField", row["created_at"]))
            lines.append(f"{name} {row['sequence']} {row['hash']} {at}")
    return Told(lines)


async def _verdicts(house: House, chosen: list[tuple[str, UUID]], head: str | None) -> Told:
    """Verify the chain of each Organization. `head` is a hash noted before: one of the chains must hold it."""
    lines, good, head_missed = [], True, 0
    for name, organization_id in chosen:
        verdict = await verify(house, organization_id, head)
        missed = any(finding.kind is FindingKind.HEAD for finding in verdict.findings)
        head_missed += missed
        others = [finding for finding in verdict.findings if finding.kind is not FindingKind.HEAD]
        wrong = verdict.count - missed
        good = good and not wrong
        lines += [f"{name}: {_finding(finding)}" for finding in others]
        lines += [f"{name}: and {wrong - len(others)} more"] if wrong > MOST_KEPT else []
        state = "FAILED" if wrong else "ok"
        lines.append(f"{name}: {state}, {verdict.sealed} sealed, {verdict.waiting} waiting, head {verdict.head}")
    if head is not None and head_missed == len(chosen):
        good = False
        lines.append(_WORDS[FindingKind.HEAD])
    return Told(lines, good)


def _finding(finding: Finding) -> str:
    place = "" if finding.sequence is None else f" at {finding.sequence}"
    entry = "" if finding.entry_id is None else f" entry {finding.entry_id}"
    return f"{finding.kind.value}{place}{entry}: {_WORDS[finding.kind]}"
