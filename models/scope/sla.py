"""Who may see when a Property works (whoever has to do with it), what it promises and its clocks.

Targets and clocks are for who reads tickets or orders there; a technician sees the clocks of the own orders, and a
resident those of the own tickets that the company shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.business_calendar import BusinessCalendar, Holiday
from models.predicate import Predicate, all_of, any_of, eq, exists, is_null
from models.rules.permission import Permission
from models.scope.word import Scopes, assigned, in_touch, own, where
from models.sla import SlaClock, SlaTarget
from models.work_order import WorkOrder

if TYPE_CHECKING:
    from models.viewer import Viewer

_P = Permission


def _calendar(viewer: Viewer) -> Predicate:
    return any_of(in_touch(viewer), is_null("property_id"))


def _staff(viewer: Viewer) -> Predicate:
    return any_of(where(viewer, _P.TICKET_READ), where(viewer, _P.WORK_ORDER_READ))


def _clock(viewer: Viewer) -> Predicate:
    return any_of(
        _staff(viewer),
        all_of(own(viewer, "reporter_id"), eq("shown", True)),
        exists(WorkOrder, "id", assigned(viewer), outer="work_order_id"),
    )


def _clock_told(viewer: Viewer) -> Predicate:
    """An event names its reporter only where the clock is shown; a technician hears of the orders."""
    return any_of(_staff(viewer), own(viewer, "reporter_id"))


SCOPES: Scopes = {
    BusinessCalendar: _calendar,
    Holiday: _calendar,
    SlaTarget: _staff,
    SlaClock: _clock,
}
AUDIBLE: Scopes = {SlaClock: _clock_told}
