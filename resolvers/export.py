"""Exports: a list of the contract as a sheet. Asked for here, written by the runner in resolvers/jobs/export.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from models import Account, DataExport, Property
from models.errors import ErrorCode, Refusal
from models.predicate import to_q
from models.query import Order, Query
from models.rules.export import (
    MAX_HEADING,
    MAX_NAME,
    MAX_VARIABLES,
    OPEN,
    ExportFormat,
    ExportState,
    name_holds,
)
from models.rules.permission import Permission
from models.scope import visible
from resolvers.unit import unit_of_work
from resolvers.viewer import require
from subscriptions.export import ExportProgressed, progressed
from subscriptions.feed import Cursor, Feed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import Documents, House, Listing
    from resolvers.unit import Unit

UTC_ZONE = "UTC"


@dataclass(frozen=True)
class Draft:
    """What the client asks for. `headings` replace the columns' own, one for each."""

    name: str
    format: ExportFormat
    document: str
    variables: str | None = None
    headings: Sequence[str] = field(default=())


def exports(viewer: Viewer | None, order: Order) -> Query:
    """The viewer's own exports."""
    return Query(DataExport, visible(DataExport, viewer), order)


def progress(viewer: Viewer | None, after: str | None) -> Feed:
    """Every step of the viewer's own exports, on the stream of the viewer's Account."""
    if viewer is None or viewer.account_id is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=viewer.account_id,
        type=ExportProgressed.TYPE,
        where=visible(DataExport, viewer),
        after=Cursor.decode(after) if after else None,
    )


async def create(viewer: Viewer | None, house: House, documents: Documents, draft: Draft, locale: str) -> DataExport:
    """Queue an export. What cannot be exported is refused here, before anything runs."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    require(viewer, Permission.EXPORT_RUN)
    name = draft.name.strip()
    if not name_holds(name):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="name", message="EXPORT_NAME", max=MAX_NAME)
    listing = documents.listing(draft.document, variables_of(draft.variables), viewer, locale)
    _check_headings(draft.headings, listing)
    async with unit_of_work(house, viewer) as unit:
        await _check_open(unit)
        export = await unit.add(
            DataExport,
            account_id=viewer.account_id,
            name=name,
            format=draft.format,
            state=ExportState.WAITING,
            document=draft.document,
            variables=draft.variables or "{}",
            headings=orjson.dumps(list(draft.headings)).decode(),
            time_zone=await _zone(unit, listing.property_id),
        )
        unit.audit("export.create", None, export)
        unit.announce(progressed(export, unit.now))
    return export


async def cancel(viewer: Viewer | None, house: House, id_: UUID) -> DataExport:
    """Stop an own export that waits or runs; its runner notices with its next rows. It takes no version: rows run."""
    async with unit_of_work(house, viewer) as unit:
        export = await unit.find(DataExport, id_, "id")
        if export.state not in OPEN:
            raise Refusal(
                ErrorCode.TRANSITION_NOT_ALLOWED,
                field="id",
                message="EXPORT_ENDED",
                current=export.id,
                state=export.state,
            )
        before = await unit.change(export, state=ExportState.CANCELLED, ended_at=unit.now)
        unit.audit("export.cancel", before, export)
        unit.announce(progressed(export, unit.now))
    return export


def variables_of(text: str | None) -> dict[str, Any]:
    """The JSON object in `text`. Raises Refusal BAD_USER_INPUT."""
    try:
        found = orjson.loads(text) if text and len(text) <= MAX_VARIABLES else None if text else {}
    except (orjson.JSONDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="variables", message="EXPORT_VARIABLES", max=MAX_VARIABLES)
    return found


def _check_headings(headings: Sequence[str], listing: Listing) -> None:
    if headings and len(headings) != len(listing.columns):
        raise Refusal(
            ErrorCode.BAD_USER_INPUT,
            field="headings",
            message="EXPORT_HEADINGS",
            max=len(listing.columns),
            actual=len(headings),
        )
    if any(not 1 <= len(heading) <= MAX_HEADING for heading in headings):
        raise Refusal(ErrorCode.BAD_USER_INPUT, field="headings", message="TEXT_LENGTH", low=1, high=MAX_HEADING)


async def _check_open(unit: Unit) -> None:
    """The rights as of this transaction, then the limit. Raises Refusal FORBIDDEN, EXPORT_LIMIT."""
    viewer, most = unit.viewer, unit.house.settings.limits.export_open
    assert viewer is not None  # noqa: S101 - unit_of_work gave it
    require(viewer, Permission.EXPORT_RUN)
    await Account.filter(id=viewer.account_id).select_for_update().get()  # exports of an account count in turn
    running = await DataExport.filter(account_id=viewer.account_id, state__in=list(OPEN)).count()
    if running >= most:
        raise Refusal(ErrorCode.EXPORT_LIMIT, max=most, actual=running)


async def _zone(unit: Unit, property_id: UUID | None) -> str:
    """Instants are written in the zone of the Property that the list is of; in UTC when it is of none or several."""
    if property_id is None:
        return UTC_ZONE
    place = await Property.filter(to_q(visible(Property, unit.viewer))).filter(id=property_id).get_or_none()
    return place.time_zone if place else UTC_ZONE
