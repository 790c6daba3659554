"""Telemetry: what a device measured, by metric and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import DeviceReading
from models.predicate import EVERYTHING, Predicate, all_of, eq, less, negate
from models.query import Order, Query
from models.scope import visible

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from models.viewer import Viewer


def of_device(
    viewer: Viewer | None,
    device_id: UUID,
    metric: str,
    since: datetime | None,
    until: datetime | None,
    *,
    descending: bool,
) -> Query:
    """The values of one metric of a device."""
    query = Query(DeviceReading, visible(DeviceReading, viewer), Order("occurred_at", descending=descending))
    return query.only(eq("device_id", device_id), chosen(metric, since, until))


def chosen(metric: str, since: datetime | None, until: datetime | None) -> Predicate:
    """Values of `metric` that were measured from `since` (included) until `until` (excluded)."""
    return all_of(
        eq("metric", metric),
        EVERYTHING if since is None else negate(less("occurred_at", since)),
        EVERYTHING if until is None else less("occurred_at", until),
    )
