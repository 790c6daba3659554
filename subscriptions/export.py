"""Exports live: how far one is, to whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.rules.export import ExportState
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import DataExport


@dataclass(frozen=True, kw_only=True)
class ExportProgressed(DomainEvent):
    """An export took a step or wrote more rows; `subject_version` tells a client which state is newer."""

    TYPE: ClassVar[str] = "export.progressed"

    state: ExportState
    row_count: int
    subject_version: int


def progressed(export: DataExport, at: datetime) -> ExportProgressed:
    """The event, on the stream of the Account that asked."""
    return ExportProgressed(
        stream=export.account_id,
        subject_id=export.id,
        occurred_at=at,
        heard_by=audience(export, columns=("account_id",)),
        state=export.state,
        row_count=export.row_count,
        subject_version=export.version,
    )
