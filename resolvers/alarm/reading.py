"""Which alarms a viewer lists and hears of, and which buttons they get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models import Alarm
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, Predicate, all_of, eq, is_in, is_null, less, negate
from models.query import Order, Query
from models.rules.alarm import AlarmSeverity, AlarmType, at_least
from models.rules.permission import Permission
from models.scope import audible, visible
from subscriptions.alarm import AlarmChanged
from subscriptions.feed import Cursor, Feed

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which alarms; None means any."""

    active: bool | None = None
    acknowledged: bool | None = None
    min_severity: AlarmSeverity | None = None
    type: AlarmType | None = None
    device_id: UUID | None = None
    camera_id: UUID | None = None

    def where(self) -> Predicate:
        """The filter."""
        return all_of(
            EVERYTHING if self.active is None else _is(is_null("cleared_at"), self.active),
            EVERYTHING if self.acknowledged is None else _is(is_null("acknowledged_at"), not self.acknowledged),
            EVERYTHING if self.min_severity is None else negate(less("severity", self.min_severity.value)),
            EVERYTHING if self.type is None else eq("type", self.type.value),
            EVERYTHING if self.device_id is None else eq("device_id", self.device_id),
            EVERYTHING if self.camera_id is None else eq("camera_id", self.camera_id),
        )


def in_property(viewer: Viewer | None, property_id: UUID, order: Order, wanted: Wanted) -> Query:
    """Alarms of a Property, cleared ones too."""
    return Query(Alarm, visible(Alarm, viewer), order).only(eq("property_id", property_id), wanted.where())


def changes(viewer: Viewer | None, property_id: UUID, min_severity: AlarmSeverity | None, after: str | None) -> Feed:
    """What happens to the alarms of a Property that are at least `min_severity` when it happens."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    return Feed(
        stream=property_id,
        type=AlarmChanged.TYPE,
        where=audible(Alarm, viewer),
        after=Cursor.decode(after) if after else None,
        told=EVERYTHING if min_severity is None else is_in("severity", at_least(min_severity)),
    )


def viewer_can_handle(stamp: str, alarm: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a client should show the button that sets `stamp` (acknowledged_at, cleared_at)."""
    return alarm[stamp] is None and viewer.may(Permission.ALARM_HANDLE, alarm["property_id"])


def viewer_can_open(alarm: dict[str, Any], viewer: Viewer) -> bool:
    """Whether a client should show the button that opens a WorkOrder."""
    return (
        alarm["work_order_id"] is None
        and viewer.may(Permission.ALARM_HANDLE, alarm["property_id"])
        and viewer.may(Permission.WORK_ORDER_CREATE, alarm["property_id"])
    )


def _is(condition: Predicate, wanted: bool) -> Predicate:
    return condition if wanted else negate(condition)
