"""Who sees the audit: with audit.read in the whole company all of it, with audit.read there that of a Property."""

from __future__ import annotations

_ENTRIES = {"audit_home", "audit_away", "audit_company"}
_SEALS = {f"{name}_seal" for name in _ENTRIES}

SEES: dict[str, set[str]] = {"admin": _ENTRIES | _SEALS, "auditor": {"audit_home", "audit_home_seal"}}
ROOT_LISTS = {"auditEntries": _ENTRIES}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"auditEntry": "AuditEntry", "auditSeal": "AuditSeal"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """No verb: nobody writes the audit but the verbs of others."""
    return []
