"""Which tickets a viewer lists and hears of, and which buttons they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import Ticket
from models.errors import ErrorCode, Refusal
from models.predicate import eq, wanted
from models.query import Order, Query
from models.rules.permission import Permission
from models.rules.ticket import REPORTERS, TICKET_VERBS, WAITS, TicketStatus, TicketVerb
from models.scope import audible, visible
from subscriptions.feed import Cursor, Feed
from subscriptions.ticket import TicketChanged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from models.viewer import Viewer


def in_property(viewer: Viewer | None, property_id: UUID, order: Order, filters: Mapping[str, Any]) -> Query:
    """Tickets of a Property; `filters`: a value, or several, of columns by their names."""
    return Query(Ticket, visible(Ticket, viewer), order).only(
        eq("property_id", property_id), *(wanted(column, value) for column, value in filters.items())
    )


def changes(viewer: Viewer | None, property_id: UUID, after: str | None) -> Feed:
    """What happens to the tickets of a Property: to a resident the own, to who reads tickets there all."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=property_id,
        type=TicketChanged.TYPE,
        where=audible(Ticket, viewer),
        after=Cursor.decode(after) if after else None,
    )


def is_reporter(property_id: UUID, reporter_id: UUID | None, viewer: Viewer) -> bool:
    """Whether the viewer raised it and still lives there."""
    return viewer.person_id is not None and reporter_id == viewer.person_id and property_id in viewer.home_properties


def viewer_can(verb: TicketVerb, ticket: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a client should show the button of `verb`: what the verb itself obeys, time and orders apart."""
    if TicketStatus(ticket["status"]) not in TICKET_VERBS[verb]:
        return False
    if verb in REPORTERS:
        return is_reporter(ticket["property_id"], ticket["reporter_id"], viewer)
    if verb in WAITS and (ticket["awaiting_since"] is not None) is not (verb is TicketVerb.RESUME):
        return False
    if verb is TicketVerb.OPEN_WORK_ORDER:
        return viewer.may(Permission.WORK_ORDER_CREATE, ticket["property_id"])
    return viewer.may(Permission.TICKET_HANDLE, ticket["property_id"])


def viewer_can_comment(ticket: dict[str, Any], viewer: Viewer) -> bool:
    """Whether the viewer may say something: its resident while it lives, staff at any time (then among themselves)."""
    if viewer.may(Permission.TICKET_HANDLE, ticket["property_id"]):
        return True
    alive = TicketStatus(ticket["status"]) in TICKET_VERBS[TicketVerb.COMMENT]
    return alive and is_reporter(ticket["property_id"], ticket["reporter_id"], viewer)
