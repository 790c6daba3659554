"""The audit: an entry of each Property and one of the company, sealed already, so that no job seals them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import models
from models.rules.audit_chain import COLUMNS, FIRST, seal_hash
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from uuid import UUID

    from tests.factories.world import Builder


def furnish(builder: Builder) -> None:
    """A work order at home, a gate elsewhere, and a sign-in of the administrator."""
    keys = builder.tenant.keys
    _enter(builder, "audit_home", keys["home"], "workOrder.once", "WorkOrder", keys["order0"], keys["manager"])
    _enter(builder, "audit_away", keys["away"], "gate.once", "Gate", keys["away_gate"], keys["away_manager"])
    _enter(builder, "audit_company", None, "account.once", "Session", keys["admin_session"], keys["admin"])
    previous = FIRST
    for n, name in enumerate(("audit_home", "audit_away", "audit_company"), 1):
        entry = next(row for row in builder.rows if isinstance(row, models.AuditEntry) and row.id == keys[name])
        hash_ = seal_hash(previous, n, NOW, {column: getattr(entry, column) for column in COLUMNS})
        seal = models.AuditSeal(
            id=entry.id, organization_id=keys["organization"], sequence=n, previous=previous, hash=hash_, created_at=NOW
        )
        builder.rows.append(seal)
        keys[f"{name}_seal"], builder.tenant.types[f"{name}_seal"] = entry.id, "AuditSeal"
        previous = hash_


def _enter(
    builder: Builder, name: str, property_id: UUID | None, verb: str, type_: str, subject_id: UUID, account_id: UUID
) -> None:
    slug = builder.tenant.slug
    values: dict[str, Any] = {
        "property_id": property_id,
        "account_id": account_id,
        "person_id": None,
        "session_id": None,
        "api_client_id": None,
        "device_id": None,
        "actor": "account",
        "verb": verb,
        "subject_type": type_,
        "subject_id": subject_id,
        "before": None,
        "after": {"note": f"{slug} note", "version": 2},
        "address": "10.0.0.1" if slug == "acme" else "10.0.0.2",
        "agent": f"{slug} browser",
    }
    builder.add(name, models.AuditEntry, **values)
