"""Exports in the contract: any list of this schema as a sheet."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.errors import ErrorCode
from models.query import Query as Rows
from models.rules.export import ExportFormat, ExportState
from models.rules.permission import Permission
from resolvers import export as usecase
from schema.base import (
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
    to_one,
    values,
    verb,
)
from schema.file import File
from subscriptions.export import ExportProgressed as Progressed

RUN = frozenset({Permission.EXPORT_RUN})  # own exports need no permission; to a program without it they are nothing


@node(models.DataExport, "导出: a list of this schema, written to a sheet with the rights of whoever asked.")
class DataExport(Node):
    """A list as a sheet."""

    name: str = column("The file's name without its ending.")
    format: ExportFormat = column("What kind of sheet.")
    state: ExportState = column("How far it is.")
    row_count: int = column("Rows written so far; at most 200,000.")
    time_zone: str = column("The IANA zone in which instants are written: the Property's of a list of one, else UTC.")
    file: File | None = to_one("The sheet, once it is done; it is removed 7 days after.")
    error: ErrorCode | None = column("Why it failed.")
    created_at: datetime = column("When it was asked for.")
    ended_at: datetime | None = column("When it was done, failed or was cancelled.")
    version: int = column("Grows by one with each change.")


@event(Progressed, "An export took a step or wrote more rows (told at least every 500 rows).")
class ExportProgressed(Event):
    """An export took a step or wrote more rows."""

    data_export: DataExport | None = subject("The export as it is at delivery; null when it is gone.", "DataExport")
    state: ExportState = happened("How far it was.", "state")
    row_count: int = happened("Rows written then.", "row_count")
    version: int = happened("The export's version after the event: apply it only if it is newer.", "subject_version")


@strawberry.input(description="What to export, and how.")
class ExportCreateInput:
    """What to export, and how."""

    name: str = text("The file's name without its ending; 1 to 80 characters.")
    format: ExportFormat = text("What kind of sheet.")
    document: str = text(
        "A GraphQL query with exactly one root field, a list that has pages; within the limits of any query. Each leaf"
        " below `nodes` (or `edges.node`) is a column, headed by alias or dotted path; lists of objects are refused."
        " Paging arguments are ignored: the whole list is read, as the viewer sees it."
    )
    variables: str | None = text("The document's variables: one JSON object, at most 16,384 characters.", optional=True)
    headings: list[str] = strawberry.field(
        description="Headings in place of aliases and paths, one for each column in their order; 1 to 80 characters.",
        default_factory=list,
    )


AFTER_VERB = "The export after the verb; on TRANSITION_NOT_ALLOWED as it is now."


@strawberry.type(description="Answer to exportCreate.")
class ExportCreatePayload(Payload):
    """The queued export."""

    data_export: DataExport | None = strawberry.field(default=None, description="The queued export.")


@strawberry.type(description="Answer to exportCancel.")
class ExportCancelPayload(Payload):
    """The export after the verb."""

    data_export: DataExport | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type
class ExportQuery:
    """Reads of exports."""

    @many("The viewer's own exports of the last 7 days.", DataExport, scopes=RUN)
    def exports(self, info: Info, order: ListOrder = ListOrder.NEWEST) -> Rows:
        """Own exports."""
        return usecase.exports(info.context.viewer, order.order)

    export: DataExport | None = one("An own export.", "DataExport", scopes=RUN)


@strawberry.type
class ExportMutation:
    """Verbs of exports."""

    @verb(
        "导出: write any list to a CSV or Excel file; follow it with exportProgressed."
        " At most 5 of an account at once.",
        permission=Permission.EXPORT_RUN,
    )
    async def export_create(self, info: Info, input: ExportCreateInput) -> ExportCreatePayload | None:
        """Queue an export."""
        context = info.context
        draft = usecase.Draft(**values(input))
        done = await usecase.create(context.viewer, context.house, context.documents, draft, context.locale)
        return ExportCreatePayload(data_export=await context.show("DataExport", done.id))

    @verb(
        "Cancel an own export that waits or runs; it needs no version, for rows go on.", shows="DataExport", scopes=RUN
    )
    async def export_cancel(self, info: Info, id: strawberry.ID) -> ExportCancelPayload | None:
        """Cancel."""
        done = await usecase.cancel(info.context.viewer, info.context.house, decode("DataExport", id))
        return ExportCancelPayload(data_export=await info.context.show("DataExport", done.id))


@strawberry.type
class ExportSubscription:
    """Exports live."""

    @live(
        "Every step of the viewer's own exports; resume from Account.liveCursor or a cursor.",
        ExportProgressed,
        scopes=RUN,
        states=True,
    )
    def export_progressed(self, info: Info, after: Cursor | None = None) -> object:
        """Exports live."""
        return usecase.progress(info.context.viewer, after)
