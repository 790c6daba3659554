"""Exports of the world: two of the manager's and one of the cashier's, all over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import models
from models.errors import ErrorCode
from models.rules.export import ExportFormat, ExportState
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from tests.factories.world import Builder


def add_exports(builder: Builder) -> None:
    """They have ended, so that no runner takes them up."""
    ends = {ExportState.FAILED: ErrorCode.TIMEOUT, ExportState.CANCELLED: None}
    for n, (login, state) in enumerate(
        (("manager", ExportState.FAILED), ("manager", ExportState.CANCELLED), ("cashier", ExportState.CANCELLED))
    ):
        builder.add(
            f"export{n}",
            models.DataExport,
            account_id=builder.tenant.keys[login],
            name=f"{builder.tenant.slug} {n}",
            format=ExportFormat.CSV,
            state=state,
            document="{ staff { nodes { name } } }",
            variables="{}",
            headings="[]",
            time_zone="UTC",
            row_count=0,
            error=ends[state],
            ended_at=NOW,
        )
