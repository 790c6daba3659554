"""What a device is, and what is told of it live."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models.query import Order
from models.rules.device import DeviceConnectivity, DeviceKind, DeviceState, DeviceStatus
from models.rules.permission import Permission
from schema.base import (
    Connection,
    Event,
    Money,
    Node,
    column,
    computed,
    event,
    happened,
    money,
    node,
    subject,
    to_many,
    to_one,
)
from schema.file import File
from schema.place import Building, Property, Unit
from schema.telemetry import DeviceReading, LatestReading, measured
from subscriptions import DeviceStateChanged as Changed

if TYPE_CHECKING:
    from schema.alarm import Alarm
    from schema.camera import Camera
    from schema.gate import Gate


@node(models.DeviceCredential, "设备凭证: a secret that a device signs in with; it is shown once, when it is issued.")
class DeviceCredential(Node):
    """A secret that a device signs in with."""

    device: Device | None = to_one("Whose it is.")
    property: Property | None = to_one("Where it holds: a device that is moved to another Property needs a new one.")
    created_at: datetime = column("When it was issued.")
    expires_at: datetime | None = column("Once it was rotated: the end of the overlap with the next one.")
    revoked_at: datetime | None = column("When it was ended; null until then.")
    last_used_on: date | None = column("The last day (UTC) on which it was used; null if never.")


@node(models.Device, "设备: a machine of a Property, its file and how it is.")
class Device(Node):
    """A machine of a Property."""

    property: Property = to_one("The estate.")
    building: Building | None = to_one("The building it stands in.")
    unit: Unit | None = to_one("The Unit it stands in.")
    location: str | None = column("Where exactly; at most 80 characters.")
    name: str = column("Unique among the live devices of the Property.")
    kind: DeviceKind = column("What it is.")
    category: str | None = column("设备类别, the company's own, such as 客梯.")
    brand: str | None = column("品牌.")
    model: str | None = column("型号.")
    serial: str | None = column("序列号, the maker's.")
    purchased_on: date | None = column("购置日期.")
    installed_on: date | None = column("安装日期.")
    supplier: str | None = column("供应商; null for a viewer without cost.read there.", permission=Permission.COST_READ)
    warranty_until: date | None = column("质保截止, the last day.")
    expected_life_months: int | None = column("预期寿命 in months.")
    cost: Money | None = money(
        "购置成本; null for a viewer without cost.read there.", source="cost", permission=Permission.COST_READ
    )
    notes: str | None = column(
        "备注, of staff for staff; null for a viewer without note.read there.", permission=Permission.NOTE_READ
    )
    photos: list[File] = to_many("Up to 9 photos.", "File", "device_id", page=9, connection=False)
    status: DeviceStatus = column("Where it is in its life.")
    retired_at: datetime | None = column("When it was retired.")
    state: DeviceState = column("What it last reported about itself.")
    state_reported_at: datetime | None = column("The device's time of that report.", source="state_at")
    connection: DeviceConnectivity = column("Whether we hear from it.")
    last_seen_at: datetime | None = column("When we last heard from it, to about 5 seconds.")
    heartbeat_seconds: int = column("It reports at least this often; OFFLINE after two that were missed.")
    state_version: int = column("Grows by one with each change of `state` or `connection`.")
    cameras: Connection[Annotated[Camera, strawberry.lazy("schema.camera")]] = to_many(
        "The cameras that hang on it.", "Camera", "device_id"
    )
    gates: Connection[Annotated[Gate, strawberry.lazy("schema.gate")]] = to_many(
        "The gates that it drives.", "Gate", "device_id"
    )
    alarms: Connection[Annotated[Alarm, strawberry.lazy("schema.alarm")]] = to_many(
        "Its alarms, oldest first, cleared ones too.", "Alarm", "device_id"
    )
    latest_readings: list[LatestReading] = to_many(
        "遥测: the newest value of each metric, by name; at most 100.",
        "LatestReading",
        "device_id",
        order=Order("metric"),
        connection=False,
    )
    telemetry: Connection[DeviceReading] = measured("The values of one metric, by the device's time, oldest first.")
    credentials: Connection[DeviceCredential] = to_many(
        "What it signs in with, revoked ones too; empty for who does not manage devices there.",
        "DeviceCredential",
        "device_id",
    )
    viewer_can_manage: bool = computed(
        "Whether the viewer may change its file.",
        needs=("property_id", "status"),
        compute=lambda row, viewer: (
            row["status"] != DeviceStatus.RETIRED.value and viewer.may(Permission.DEVICE_MANAGE, row["property_id"])
        ),
    )
    created_at: datetime = column("When its file was opened.")
    updated_at: datetime = column("When its file last changed.")
    version: int = column("Grows by one with each change of its file.")


@event(Changed, "A Device reported another state, fell silent or came back.")
class DeviceStateChanged(Event):
    """A device reported another state, fell silent or came back."""

    device: Device | None = subject("The device as it is at delivery; null when out of sight.", "Device")
    from_state: DeviceState = happened("Before.", "from_state")
    to_state: DeviceState = happened("After.", "to_state")
    from_connection: DeviceConnectivity = happened("Before.", "from_connection")
    to_connection: DeviceConnectivity = happened("After.", "to_connection")
    state_version: int = happened(
        "The device's stateVersion after the event: apply it only if it is newer.", "state_version"
    )
