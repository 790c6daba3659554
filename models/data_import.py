"""DataImport: a sheet on its way into the database, how far it is; and ImportFault: what was wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Record, Versioned, reference
from models.rules.data_import import ImportFaultCode, ImportKind, ImportMode, ImportState

if TYPE_CHECKING:
    from uuid import UUID


class DataImport(Versioned):
    """`rows_read` is where a run goes on. The sheet lies encrypted under `storage_key` until the import ends.

    A worker holds it until `locked_until`; a dead worker's hold lapses. `account` is null on the command line.
    """

    account: Any = reference("Account", null=True)
    kind = fields.CharEnumField(ImportKind, max_length=32)
    mode = fields.CharEnumField(ImportMode, max_length=32)
    dry_run = fields.BooleanField()
    state = fields.CharEnumField(ImportState, max_length=32)
    file_name = fields.CharField(max_length=120)
    size_bytes = fields.BigIntField()
    storage_key = fields.CharField(max_length=120, null=True)
    rows_total = fields.IntField(null=True)
    rows_read = fields.IntField(default=0)
    rows_created = fields.IntField(default=0)
    rows_changed = fields.IntField(default=0)
    rows_unchanged = fields.IntField(default=0)
    rows_bad = fields.IntField(default=0)
    attempts = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)
    started_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        account_id: UUID | None

    class Meta:
        table = "data_import"


class ImportFault(Record):
    """What is wrong, where; `params` fill the message and never hold what a cell held."""

    data_import: Any = reference("DataImport")
    row_number = fields.IntField(null=True, description="as a spreadsheet counts; null for the whole sheet")
    column_name = fields.CharField(max_length=40, null=True)
    code = fields.CharEnumField(ImportFaultCode, max_length=32)
    params: Any = fields.JSONField()

    if TYPE_CHECKING:
        data_import_id: UUID

    class Meta:
        table = "import_fault"
