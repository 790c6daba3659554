"""Telemetry in the contract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

import models
from models.query import Order
from models.query import Query as Rows
from resolvers import telemetry as usecase
from schema.base import Info, ListOrder, Node, column, decode, many, node
from schema.base.argument import page_arguments
from schema.base.field import ToManySpec, declare
from schema.base.page import Page

if TYPE_CHECKING:
    from collections.abc import Mapping


PAGE = 1_000


@node(models.DeviceReading, "遥测值: one value that a device measured. Kept 400 days by default.")
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


METRIC = "Which metric, as the device names it."
SINCE, UNTIL = "Measured at or after (device's time).", "Measured before (device's time)."

_Metric = Annotated[str, strawberry.argument(description=METRIC)]
_Since = Annotated[datetime | None, strawberry.argument(name="from", description=SINCE)]
_Until = Annotated[datetime | None, strawberry.argument(description=UNTIL)]
_Device = Annotated[strawberry.ID, strawberry.argument(description="The id of the Device.")]


@dataclass(frozen=True)
class _MeasuredSpec(ToManySpec):
    """The readings of one metric of a device, in a window of time."""

    def wanted(self, arguments: Mapping[str, Any]) -> tuple[ToManySpec, Page]:
        """Those of the metric in the window."""
        where = usecase.chosen(arguments["metric"], arguments.get("since"), arguments.get("until"))
        return replace(self, where=where), Page.of(arguments, self.page)


def measured(description: str) -> Any:
    """A connection over the readings of a device."""
    spec = _MeasuredSpec("DeviceReading", "device_id", Order("occurred_at"), PAGE, connection=True)
    field = declare(spec, description)
    field.arguments = [
        StrawberryArgument("metric", None, StrawberryAnnotation(str), description=METRIC),
        StrawberryArgument("since", "from", StrawberryAnnotation(datetime | None), description=SINCE, default=None),
        StrawberryArgument("until", None, StrawberryAnnotation(datetime | None), description=UNTIL, default=None),
        *page_arguments(PAGE),
    ]
    return field


@strawberry.type
class TelemetryQuery:
    """Reads of telemetry."""

    @many("The values of one metric of a device, by the device's time.", DeviceReading, page=PAGE)
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
