"""Imports in the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.file_uploads import Upload

import models
from models.query import Query as Rows
from models.rules.data_import import ImportFaultCode, ImportKind, ImportMode, ImportState
from models.rules.permission import Permission
from resolvers import data_import as usecase
from schema.account import Account
from schema.base import (
    Connection,
    Cursor,
    Event,
    Info,
    ListOrder,
    Node,
    Payload,
    column,
    decode,
    event,
    happened,
    live,
    many,
    node,
    one,
    subject,
    text,
    to_many,
    to_one,
    values,
    verb,
)
from schema.base.field import Spec, declare
from schema.messages import fault_message
from subscriptions import ImportProgressed as Progressed

SHEET = (
    "The sheet: CSV (UTF-8, UTF-16 or GB18030; comma, semicolon or tab) or Excel (.xlsx), at most 50 MiB and 200,000"
)


class FaultMessageSpec(Spec):
    """The text of a fault in the caller's language."""

    def needs(self, name: str) -> set[str]:
        """Code and parameters."""
        return {"code", "params"}

    def resolve(self, name: str, row: Any, arguments: object) -> str:
        """Without anything that the cell held."""
        return fault_message(row.values["code"], row.reader.locale, row.values["params"])


@node(models.ImportFault, "What is wrong with a row of an imported sheet, or with the sheet.")
class ImportFault(Node):
    """What is wrong in a sheet."""

    row: int | None = column(
        "The row as a spreadsheet counts: the heading is 1. Null when the whole sheet is at fault.", source="row_number"
    )
    code: ImportFaultCode = column("What is wrong.")
    message: str = declare(
        FaultMessageSpec(), "What to do about it, in the caller's language. Never the cell's content."
    )
    # Last: from here on the name means the field.
    column: str | None = column(
        "The column's English heading, or its letter; null for all of them.", source="column_name"
    )


@node(models.DataImport, "导入: a sheet on its way into the database.")
class DataImport(Node):
    """A sheet on its way into the database."""

    kind: ImportKind = column("What the sheet holds.")
    mode: ImportMode = column("What becomes of a sheet with bad rows.")
    dry_run: bool = column("Whether it only checks: nothing is written, the counts say what would be.")
    state: ImportState = column("How far it is.")
    file_name: str = column("As the sheet was called. The sheet itself is kept encrypted, and until the import ends.")
    size_bytes: int = column("Size of the sheet in bytes.")
    account: Account | None = to_one("Who imports; null on the command line or when out of sight.")
    rows_total: int | None = column("Rows of the sheet without the heading; null until they are counted.")
    rows_read: int = column("Rows done in this state; checking and writing each begin at 0.")
    rows_created: int = column("Rows that made something new.")
    rows_changed: int = column("Rows that changed something.")
    rows_unchanged: int = column("Rows that said what was known already.")
    rows_bad: int = column("Rows that were refused.")
    errors: Connection[ImportFault] = to_many(
        "What is wrong, by row; the first 5,000 or so are kept.", "ImportFault", "data_import_id", page=500
    )
    started_at: datetime | None = column("When a worker first took it; null while it waits.")
    ended_at: datetime | None = column("When it ended; null while it runs.")
    created_at: datetime = column("When it was asked for.")
    version: int = column("Grows by one with each step.")


def told(fault: models.ImportFault, locale: str = "zh") -> str:
    """A fault in one line, for the command line."""
    row = "第 {} 行" if locale == "zh" else "row {}"
    places = [row.format(fault.row_number) if fault.row_number else "", fault.column_name or ""]
    where = " ".join(place for place in places if place)
    text = fault_message(fault.code.value, locale, fault.params)
    return f"{where}: {text}" if where else text


_IMPORT = subject("The import; null when out of sight.", "DataImport")
_IMPORT.graphql_name = "import"


@event(Progressed, "An import took a step: it was created, 1,000 rows are done, or it ended.")
class ImportProgressed(Event):
    """An import took a step."""

    data_import: DataImport | None = _IMPORT
    state: ImportState = happened("How far it was then.", "state")
    rows_read: int = happened("Rows done then.", "rows_read")
    rows_created: int = happened("Rows that had made something new.", "rows_created")
    rows_changed: int = happened("Rows that had changed something.", "rows_changed")
    rows_unchanged: int = happened("Rows that had said nothing new.", "rows_unchanged")
    rows_bad: int = happened("Rows that had been refused.", "rows_bad")
    version: int = happened("The import's version after this step.", "subject_version")


@strawberry.input(description="Which imports.")
class ImportFilter:
    """Which imports."""

    kind: ImportKind | None = text("Only of this kind.", optional=True)
    states: list[ImportState] | None = text("Only in these states.", optional=True)


@strawberry.input(description="What the sheet holds and how it is taken in.")
class ImportCreateInput:
    """What the sheet holds and how it is taken in."""

    kind: ImportKind = text("What the sheet holds.")
    mode: ImportMode = text("What becomes of a sheet with bad rows.", default=ImportMode.ALL_OR_NOTHING)
    dry_run: bool = text("Only check: nothing is written.", default=False)


@strawberry.input(description="Which state of the import the viewer saw.")
class ImportCancelInput:
    """Which state of the import the viewer saw."""

    expected_version: int | None = text(
        "The version the viewer saw; a newer one is a CONFLICT. Each 1,000 rows make a new one.", optional=True
    )


@strawberry.type(description="Answer to importCreate.")
class ImportCreatePayload(Payload):
    """The new import."""

    data_import: DataImport | None = strawberry.field(
        name="import", default=None, description="The import, waiting for a worker."
    )


@strawberry.type(description="Answer to importCancel.")
class ImportCancelPayload(Payload):
    """The cancelled import."""

    data_import: DataImport | None = strawberry.field(name="import", default=None, description="The import as it is.")


@strawberry.type
class DataImportQuery:
    """Reads of imports."""

    data_import: DataImport | None = one("An import.", "DataImport", name="import")

    @many("Imports: the own ones; all with import.run for the whole Organization.", DataImport)
    def imports(self, info: Info, filter: ImportFilter | None = None, order: ListOrder = ListOrder.NEWEST) -> Rows:
        """Imports of the viewer."""
        wanted = filter or ImportFilter()
        return usecase.imports(info.context.viewer, order.order, wanted.kind, wanted.states)


@strawberry.type
class DataImportMutation:
    """Verbs of imports."""

    @verb(
        "Take in a sheet (multipart request). A worker takes it within a second; follow it with importProgressed."
        " The columns are in docs/imports.md.",
        shows="DataImport",
        permission=Permission.IMPORT_RUN,
    )
    async def import_create(
        self,
        info: Info,
        input: ImportCreateInput,
        file: Annotated[Upload, strawberry.argument(description=SHEET)],
    ) -> ImportCreatePayload | None:
        """Take in a sheet."""
        part: Any = file
        await part.seek(0)
        context = info.context
        wish = usecase.NewImport(name=part.filename or "", content=await part.read(), **values(input))
        row = await usecase.create(context.viewer, context.house, wish)
        return ImportCreatePayload(data_import=await context.show("DataImport", row.id))

    @verb(
        "Stop an import; what it has written stays, and the same sheet goes on from there.",
        shows="DataImport",
        permission=Permission.IMPORT_RUN,
    )
    async def import_cancel(
        self, info: Info, id: strawberry.ID, input: ImportCancelInput
    ) -> ImportCancelPayload | None:
        """Stop an import."""
        context = info.context
        row = await usecase.cancel(context.viewer, context.house, decode("DataImport", id), **values(input))
        return ImportCancelPayload(data_import=await context.show("DataImport", row.id))


@strawberry.type
class DataImportSubscription:
    """Imports live."""

    @live("Every step of an import that the viewer may see.", ImportProgressed, states=True)
    def import_progressed(self, info: Info, import_id: strawberry.ID, after: Cursor | None = None) -> object:
        """An import live."""
        return usecase.progress(info.context.viewer, decode("DataImport", import_id, "import_id"), after)
