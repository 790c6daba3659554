"""Who may see the audit: audit.read in a Property shows its entries, in the whole Organization all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.audit import AuditEntry, AuditSeal
from models.predicate import Predicate, exists
from models.rules.permission import Permission
from models.scope.word import Scopes, where

if TYPE_CHECKING:
    from models.viewer import Viewer


def _entry(viewer: Viewer) -> Predicate:
    return where(viewer, Permission.AUDIT_READ)


def _seal(viewer: Viewer) -> Predicate:
    return exists(AuditEntry, "id", _entry(viewer))


SCOPES: Scopes = {AuditEntry: _entry, AuditSeal: _seal}
