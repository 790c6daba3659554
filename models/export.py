"""DataExport (导出): a list of the contract, written to a sheet by a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.errors import ErrorCode
from models.rules.export import ExportFormat, ExportState

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class DataExport(Versioned):
    """Belongs to the Account that asked and runs with its rights. A runner holds it until `locked_until`."""

    account: Any = reference("Account")
    file: Any = reference("File", null=True)
    name = fields.CharField(max_length=80, description="of the file, without its ending")
    format = fields.CharEnumField(ExportFormat, max_length=32)
    state = fields.CharEnumField(ExportState, max_length=32)
    document = fields.TextField(description="the GraphQL query")
    variables = fields.TextField(description="JSON object")
    headings = fields.TextField(description="JSON list; empty for the columns' own")
    time_zone = fields.CharField(max_length=60, description="in which instants are written")
    row_count = fields.IntField(default=0)
    error = fields.CharEnumField(ErrorCode, max_length=60, null=True)
    attempts = fields.IntField(default=0, description="grows with each claim: an older runner notices")
    locked_until: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        account_id: UUID
        file_id: UUID | None

    class Meta:
        table = "data_export"
