"""Which targets and clocks a viewer lists and hears of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import SlaClock, SlaTarget
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq, is_in, is_null, negate
from models.query import Order, Query
from models.scope import audible, visible
from subscriptions.feed import Cursor, Feed
from subscriptions.sla import SlaClockChanged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.rules.sla import SlaClockKind, SlaClockState
    from models.viewer import Viewer

BY_DUE = Order("due_at")


def targets(viewer: Viewer | None, property_id: UUID, order: Order, archived: bool | None = None) -> Query:
    """Targets of a Property: all, or only those that are (not) archived."""
    ended = negate(is_null("archived_at")) if archived else is_null("archived_at")
    return Query(SlaTarget, visible(SlaTarget, viewer), order).only(
        eq("property_id", property_id), EVERYTHING if archived is None else ended
    )


def live_clocks(
    viewer: Viewer | None,
    property_id: UUID,
    states: Sequence[SlaClockState] | None = None,
    kinds: Sequence[SlaClockKind] | None = None,
) -> Query:
    """Clocks of a Property that are not over, what is due first before the rest."""
    return Query(SlaClock, visible(SlaClock, viewer), BY_DUE).only(
        eq("property_id", property_id),
        is_null("stopped_at"),
        EVERYTHING if states is None else is_in("state", [state.value for state in states]),
        EVERYTHING if kinds is None else is_in("kind", [kind.value for kind in kinds]),
    )


def changes(viewer: Viewer | None, property_id: UUID, after: str | None) -> Feed:
    """What happens to the clocks of a Property: to a resident those of the own tickets that are shown, to staff all."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=property_id,
        type=SlaClockChanged.TYPE,
        where=audible(SlaClock, viewer),
        after=Cursor.decode(after) if after else None,
    )
