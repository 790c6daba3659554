"""Which work orders a viewer lists and hears of, and which buttons they get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models import WorkOrder
from models.errors import ErrorCode, Refusal
from models.predicate import eq, wanted
from models.query import Order, Query
from models.rules.charge import CHARGEABLE
from models.rules.permission import Permission
from models.rules.work_order import ENDED, TRANSITIONS, WorkOrderStatus, WorkOrderVerb, is_legal, is_person
from models.scope import visible
from subscriptions.feed import Cursor, Feed
from subscriptions.work_order import WorkOrderChanged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from models.viewer import Viewer


def in_property(viewer: Viewer | None, property_id: UUID, order: Order, filters: Mapping[str, Any]) -> Query:
    """Work orders of a Property; `filters`: a value, or several, of columns by their names."""
    return Query(WorkOrder, visible(WorkOrder, viewer), order).only(
        eq("property_id", property_id), *(wanted(column, value) for column, value in filters.items())
    )


def changes(viewer: Viewer | None, property_id: UUID, after: str | None) -> Feed:
    """Every step of the orders of a Property that the viewer may see."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=property_id,
        type=WorkOrderChanged.TYPE,
        where=visible(WorkOrder, viewer),
        after=Cursor.decode(after) if after else None,
    )


def viewer_can(verb: WorkOrderVerb, order: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a client should show the button of `verb`: the same table that the verb itself obeys, time apart."""
    step = TRANSITIONS[verb]
    return (
        is_legal(verb, WorkOrderStatus(order["status"]))
        and step.permission is not None
        and viewer.may(step.permission, order["property_id"])
        and is_person(step.who, own=is_own(order["assignee_id"], viewer))
    )


def viewer_can_work(order: dict[str, Any], viewer: Viewer) -> bool:
    """Whether the viewer may check items and record labour: the assignee, until it has ended."""
    return (
        WorkOrderStatus(order["status"]) not in ENDED
        and viewer.may(Permission.WORK_ORDER_WORK, order["property_id"])
        and is_own(order["assignee_id"], viewer)
    )


def viewer_can_charge(order: dict[str, Any], viewer: Viewer) -> bool:
    """Whether the viewer may bill it to a resident, as far as the order itself says."""
    done = WorkOrderStatus(order["status"]) in CHARGEABLE and order["unit_id"] is not None
    return done and viewer.may(Permission.BILL_CREATE, order["property_id"])


def is_own(assignee_id: UUID | None, viewer: Viewer) -> bool:
    """Whether the viewer is who carries the order out."""
    return viewer.staff_id is not None and assignee_id == viewer.staff_id
