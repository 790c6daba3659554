"""Telemetry in the contract."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

import models
from models.query import Query as Rows
from resolvers import telemetry as usecase
from schema.base import Info, ListOrder, Node, column, decode, many, node


@node(
    models.DeviceReading, "遥测值: one value that a device measured. Kept 400 days unless the operator says otherwise."
)
class DeviceReading(Node):
    """One value that a device measured."""

    metric: str = column("What was measured, as the device names it, such as temperature.")
    value: float = column("The value, in `unit`.")
    unit: str | None = column("The unit as the device names it, such as °C or kWh; at most 16 characters.")
    occurred_at: datetime = column("The device's time.")
    recorded_at: datetime = column("Our time.", source="created_at")


@node(models.LatestReading, "最新遥测值: the newest value of one metric of a device, by the device's time.")
class LatestReading(Node):
    """The newest value of one metric."""

    metric: str = column("What was measured, as the device names it.")
    value: float = column("The value, in `unit`.")
    unit: str | None = column("The unit as the device names it; at most 16 characters.")
    occurred_at: datetime = column("The device's time.")
    recorded_at: datetime = column("Our time.", source="created_at")


_Metric = Annotated[str, strawberry.argument(description="Which metric, as the device names it.")]
_Since = Annotated[
    datetime | None, strawberry.argument(name="from", description="Measured at or after (device's time).")
]
_Until = Annotated[datetime | None, strawberry.argument(description="Measured before (device's time).")]
_Device = Annotated[strawberry.ID, strawberry.argument(description="The id of the Device.")]


@strawberry.type
class TelemetryQuery:
    """Reads of telemetry."""

    @many("The values of one metric of a device, by the device's time.", DeviceReading, page=1000)
    def device_readings(
        self,
        info: Info,
        device_id: _Device,
        metric: _Metric,
        since: _Since = None,
        until: _Until = None,
        order: ListOrder = ListOrder.NEWEST,
    ) -> Rows:
        """The values of one metric of a device."""
        device = decode("Device", device_id, "device_id")
        descending = order is ListOrder.NEWEST
        return usecase.of_device(info.context.viewer, device, metric, since, until, descending=descending)
