"""The timeline of a Ticket: every verb writes one entry, and tells whoever may hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import TicketEntry
from resolvers.sla import keep
from subscriptions.ticket import TicketChange, changed

if TYPE_CHECKING:
    from models import Ticket
    from models.rules.ticket import TicketEntryKind
    from resolvers.unit import Unit


async def enter(
    unit: Unit,
    ticket: Ticket,
    kind: TicketEntryKind,
    change: TicketChange | None,
    *,
    ordered: bool = False,
    **values: Any,
) -> TicketEntry:
    """Write an entry as the viewer's, or as the house's own, and announce `change`, if it is one.

    What is `internal` is announced to staff only. The Ticket's clocks follow what the entry says.
    """
    viewer = unit.viewer
    entry = await unit.add(
        TicketEntry,
        property_id=ticket.property_id,
        ticket_id=ticket.id,
        reporter_id=ticket.reporter_id,
        account_id=viewer.account_id if viewer else None,
        staff_id=viewer.staff_id if viewer else None,
        person_id=viewer.person_id if viewer else None,
        kind=kind,
        status=ticket.status,
        **values,
    )
    if change is not None:
        unit.announce(changed(change, ticket, unit.now, internal=entry.internal, ordered=ordered))
    await keep(unit, ticket, kind)
    return entry
