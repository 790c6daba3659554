"""What the verbs of devices take and answer."""

from __future__ import annotations

from datetime import date

import strawberry

from models.rules.device import DeviceConnectivity, DeviceKind, DeviceState, DeviceStatus
from schema.base import MoneyInput, Payload, changed, ref, text
from schema.device.type import Device, DeviceCredential


@strawberry.input(description="Which devices.")
class DeviceFilter:
    """Which devices."""

    kind: DeviceKind | None = text("Only of this kind.", optional=True)
    category: str | None = text("Only of this category, spelled exactly.", optional=True)
    connection: DeviceConnectivity | None = text("Only those that we hear from, or not.", optional=True)
    state: DeviceState | None = text("Only those that reported this state.", optional=True)
    status: DeviceStatus | None = text("Only those in this part of their life.", optional=True)
    search: str | None = text("Only those with this in name or serial; at most 80 characters.", optional=True)


@strawberry.input(description="The file of a new device.")
class DeviceCreateInput:
    """The file of a new device."""

    property_id: strawberry.ID = ref("Property", "Where it stands.")
    name: str = text("Unique among the live devices of the Property; 1 to 80 characters.")
    kind: DeviceKind = text("What it is.")
    building_id: strawberry.ID | None = ref("Building", "The building it stands in.", optional=True)
    unit_id: strawberry.ID | None = ref("Unit", "The Unit it stands in; its building follows.", optional=True)
    location: str | None = text("Where exactly; at most 80 characters.", optional=True)
    category: str | None = text("The company's own word; at most 80 characters.", optional=True)
    brand: str | None = text("At most 80 characters.", optional=True)
    model: str | None = text("At most 80 characters.", optional=True)
    serial: str | None = text("At most 80 characters.", optional=True)
    purchased_on: date | None = text("The day it was bought.", optional=True)
    installed_on: date | None = text("The day it was installed.", optional=True)
    supplier: str | None = text("At most 80 characters.", optional=True)
    warranty_until: date | None = text("The last day of the warranty.", optional=True)
    expected_life_months: int | None = text("1 to 1,200 months.", optional=True)
    cost: MoneyInput | None = text("What it cost; above 0.", optional=True)
    notes: str | None = text("At most 2,000 characters.", optional=True)
    heartbeat_seconds: int = text("It reports at least this often; 10 to 86,400.", default=60)
    status: DeviceStatus = text("Any but RETIRED.", default=DeviceStatus.IN_SERVICE)
    photo_ids: list[strawberry.ID] = strawberry.field(
        description="Up to 9 files of fileUpload.", default_factory=list, metadata={"ref": "File"}
    )


@strawberry.input(description="What changes in a device's file: what is not sent stays, null empties.")
class DeviceUpdateInput:
    """What changes in a device's file."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    name: str | None = changed("Unique among the live devices of the Property; 1 to 80 characters; not null.")
    kind: DeviceKind | None = changed("What it is; not null.")
    building_id: strawberry.ID | None = changed("The building it stands in.", type_="Building")
    unit_id: strawberry.ID | None = changed("The Unit it stands in; its building follows.", type_="Unit")
    location: str | None = changed("Where exactly; at most 80 characters.")
    category: str | None = changed("The company's own word; at most 80 characters.")
    brand: str | None = changed("At most 80 characters.")
    model: str | None = changed("At most 80 characters.")
    serial: str | None = changed("At most 80 characters.")
    purchased_on: date | None = changed("The day it was bought.")
    installed_on: date | None = changed("The day it was installed.")
    supplier: str | None = changed("At most 80 characters.")
    warranty_until: date | None = changed("The last day of the warranty.")
    expected_life_months: int | None = changed("1 to 1,200 months.")
    cost: MoneyInput | None = changed("What it cost; above 0.")
    notes: str | None = changed("At most 2,000 characters.")
    heartbeat_seconds: int | None = changed("It reports at least this often; 10 to 86,400; not null.")
    status: DeviceStatus | None = changed("Any but RETIRED; not null.")
    photo_ids: list[strawberry.ID] = strawberry.field(
        description="Further files of fileUpload, 9 in all.", default_factory=list, metadata={"ref": "File"}
    )


@strawberry.input(description="The end of a device.")
class DeviceRetireInput:
    """The end of a device."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    reason: str | None = text("Added to its notes; at most 2,000 characters.", optional=True)


@strawberry.input(description="For which device.")
class DeviceCredentialIssueInput:
    """For which device."""

    device_id: strawberry.ID = ref("Device", "Which device signs in with it.")


@strawberry.input(description="How the old credential gives way.")
class DeviceCredentialRotateInput:
    """How the old credential gives way."""

    overlap_hours: int = text("How long the old one holds beside the new one, 0 to 168 hours.", default=24)


AFTER_VERB = "The device after the verb; on CONFLICT and DEVICE_RETIRED as it is now."


@strawberry.type(description="Answer to deviceCreate.")
class DeviceCreatePayload(Payload):
    """The new device."""

    device: Device | None = strawberry.field(default=None, description="The new device.")


@strawberry.type(description="Answer to deviceUpdate.")
class DeviceUpdatePayload(Payload):
    """The device after the verb."""

    device: Device | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to deviceRetire.")
class DeviceRetirePayload(Payload):
    """The device after the verb."""

    device: Device | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to deviceCredentialIssue.")
class DeviceCredentialIssuePayload(Payload):
    """A new credential."""

    token: str | None = strawberry.field(
        default=None,
        description="What the device sends as Authorization: Bearer TOKEN. It is shown this once and kept nowhere.",
    )
    credential: DeviceCredential | None = strawberry.field(default=None, description="The new credential.")
    device: Device | None = strawberry.field(default=None, description="Whose it is.")


@strawberry.type(description="Answer to deviceCredentialRotate.")
class DeviceCredentialRotatePayload(Payload):
    """The new credential."""

    token: str | None = strawberry.field(
        default=None,
        description="What the device sends as Authorization: Bearer TOKEN. It is shown this once and kept nowhere.",
    )
    credential: DeviceCredential | None = strawberry.field(default=None, description="The new credential.")
    device: Device | None = strawberry.field(default=None, description="Whose it is.")


@strawberry.type(description="Answer to deviceCredentialRevoke.")
class DeviceCredentialRevokePayload(Payload):
    """The ended credential."""

    credential: DeviceCredential | None = strawberry.field(default=None, description="The ended credential.")
