"""Imports live: how far one is, to whoever may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.rules.data_import import ImportState
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import DataImport


@dataclass(frozen=True, kw_only=True)
class ImportProgressed(DomainEvent):
    """An import took a step: it was created, a chunk is done, it ended."""

    TYPE: ClassVar[str] = "import.progressed"

    state: ImportState
    rows_read: int
    rows_created: int
    rows_changed: int
    rows_unchanged: int
    rows_bad: int
    subject_version: int


def progressed(row: DataImport, at: datetime) -> ImportProgressed:
    """The event of one step, on the stream of the Organization."""
    return ImportProgressed(
        stream=row.organization_id,
        subject_id=row.id,
        occurred_at=at,
        heard_by=audience(row, columns=("id", "account_id")),
        state=row.state,
        rows_read=row.rows_read,
        rows_created=row.rows_created,
        rows_changed=row.rows_changed,
        rows_unchanged=row.rows_unchanged,
        rows_bad=row.rows_bad,
        subject_version=row.version,
    )
