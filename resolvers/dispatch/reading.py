"""Which rules of dispatch a viewer sees, and which orders wait for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import DispatchRule, WorkOrder
from models.predicate import EVERYTHING, eq, is_in
from models.query import Order, Query
from models.rules.dispatch import DispatchState
from models.rules.permission import Permission
from models.scope import visible
from models.scope.word import where

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer

HELD_UP = (DispatchState.STUCK, DispatchState.ESCALATED)


def rules(viewer: Viewer | None, order: Order, property_id: UUID | None = None) -> Query:
    """The rules of the viewer's Properties, or of one."""
    one = EVERYTHING if property_id is None else eq("property_id", property_id)
    return Query(DispatchRule, visible(DispatchRule, viewer), order).only(one)


def queue(viewer: Viewer | None, property_id: UUID) -> Query:
    """Orders of a Property that the house could give to nobody, or that nobody took in time; the oldest first."""
    staffs = where(viewer, Permission.WORK_ORDER_READ) if viewer else EVERYTHING
    return Query(WorkOrder, visible(WorkOrder, viewer), Order()).only(
        eq("property_id", property_id), staffs, is_in("dispatch_state", [state.value for state in HELD_UP])
    )
