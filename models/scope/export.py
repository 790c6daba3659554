"""Who sees exports: whoever asked for them, and nobody else; their rows are what that Account may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.export import DataExport
from models.predicate import Predicate, eq

if TYPE_CHECKING:
    from models.scope.word import Scopes
    from models.viewer import Viewer


def _data_export(viewer: Viewer) -> Predicate:
    return eq("account_id", viewer.account_id)


SCOPES: Scopes = {DataExport: _data_export}
