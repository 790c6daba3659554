"""Tickets live: raised, answered, resolved, rated …, to its resident and to who reads tickets there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from models.rules.ticket import TicketStatus
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import Ticket


class TicketChange(str, Enum):
    """What happened to a Ticket."""

    RAISED = "RAISED"
    PROGRESSED = "PROGRESSED"
    COMMENTED = "COMMENTED"
    ANSWERED = "ANSWERED"
    CALLED = "CALLED"
    RESOLVED = "RESOLVED"
    RATED = "RATED"
    AWAITED = "AWAITED"
    RESUMED = "RESUMED"
    CANCELLED = "CANCELLED"
    REOPENED = "REOPENED"
    CLOSED = "CLOSED"
    REMINDED = "REMINDED"
    CLASSIFIED = "CLASSIFIED"


@dataclass(frozen=True, kw_only=True)
class TicketChanged(DomainEvent):
    """Something happened to a ticket; `subject_version` tells a client which state is newer."""

    TYPE: ClassVar[str] = "ticket.changed"

    change: TicketChange
    status: TicketStatus
    subject_version: int
    ordered: bool = False  # its work order was opened with it, and nobody handles the ticket itself


AUDIENCE = ("property_id", "building_id", "unit_id", "reporter_id")
STAFF = ("property_id", "building_id", "unit_id")


def changed(
    change: TicketChange, ticket: Ticket, at: datetime, *, internal: bool = False, ordered: bool = False
) -> TicketChanged:
    """The event of one change, on the stream of the ticket's Property; an internal one is not the resident's."""
    return TicketChanged(
        stream=ticket.property_id,
        subject_id=ticket.id,
        occurred_at=at,
        heard_by=audience(ticket, columns=STAFF if internal else AUDIENCE),
        change=change,
        status=ticket.status,
        subject_version=ticket.version,
        ordered=ordered,
    )
