"""Devices live: what they report about themselves, and whether we hear from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.rules.device import DeviceConnectivity, DeviceState
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import Device


@dataclass(frozen=True, kw_only=True)
class DeviceStateChanged(DomainEvent):
    """A device reported another state, fell silent or came back; `state_version` tells a client which is newer."""

    TYPE: ClassVar[str] = "device.state_changed"

    from_state: DeviceState
    to_state: DeviceState
    from_connection: DeviceConnectivity
    to_connection: DeviceConnectivity
    state_version: int


AUDIENCE = ("property_id",)


def state_changed(before: Device, after: Device, at: datetime) -> DeviceStateChanged:
    """The event of one change, on the stream of the device's Property."""
    return DeviceStateChanged(
        stream=after.property_id,
        subject_id=after.id,
        occurred_at=at,
        heard_by=audience(after, columns=AUDIENCE),
        from_state=before.state,
        to_state=after.state,
        from_connection=before.connection,
        to_connection=after.connection,
        state_version=after.state_version,
    )
