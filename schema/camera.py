"""Cameras in the contract."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models.query import Query as Rows
from models.rules.camera import CameraKind
from models.rules.device import DeviceConnectivity
from models.rules.permission import Permission
from resolvers import camera as usecase
from schema.base import (
    Connection,
    Info,
    ListOrder,
    Node,
    Payload,
    changed,
    column,
    decode,
    many,
    node,
    one,
    ref,
    text,
    through,
    to_many,
    to_one,
    values,
    verb,
)
from schema.device import Device
from schema.place import Building, Property

if TYPE_CHECKING:
    from schema.alarm import Alarm


@node(models.Camera, "摄像头: a view of a Property.")
class Camera(Node):
    """A view of a Property."""

    property: Property = to_one("The estate.")
    building: Building | None = to_one("The building it watches.")
    device: Device | None = to_one("The recorder or analytics server it hangs on, or the camera itself.")
    name: str = column("Unique among the live cameras of the Property.")
    kind: CameraKind = column("What it is.")
    location: str | None = column("Where exactly; at most 80 characters.")
    source_key: str | None = column("What its device calls it, such as Frigate's camera name.")
    connection: DeviceConnectivity | None = through(
        "Whether we hear from its device; null for who may not see the device.", "device", "connection"
    )
    archived_at: datetime | None = column("When it was taken down; null while it watches.")
    alarms: Connection[Annotated[Alarm, strawberry.lazy("schema.alarm")]] = to_many(
        "Its alarms, oldest first, cleared ones too.", "Alarm", "camera_id"
    )
    created_at: datetime = column("When it was entered.")
    updated_at: datetime = column("When it last changed.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which cameras.")
class CameraFilter:
    """Which cameras."""

    kind: CameraKind | None = text("Only of this kind.", optional=True)
    building_id: strawberry.ID | None = ref("Building", "Only those that watch this Building.", optional=True)
    device_id: strawberry.ID | None = ref("Device", "Only those that hang on this Device.", optional=True)
    archived: bool | None = text("Only those taken down (true) or still there (false).", optional=True)


@strawberry.input(description="A new camera.")
class CameraCreateInput:
    """A new camera."""

    property_id: strawberry.ID = ref("Property", "What it watches.")
    device_id: strawberry.ID = ref("Device", "The recorder or analytics server, or the camera's own Device.")
    name: str = text("Unique among the live cameras of the Property; 1 to 80 characters.")
    kind: CameraKind = text("What it is.")
    building_id: strawberry.ID | None = ref("Building", "The building it watches.", optional=True)
    location: str | None = text("Where exactly; at most 80 characters.", optional=True)
    source_key: str | None = text(
        "What its device calls it, unique among the device's live cameras; at most 80 characters.", optional=True
    )


@strawberry.input(description="What changes of a camera: what is not sent stays, null empties.")
class CameraUpdateInput:
    """What changes of a camera."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")
    device_id: strawberry.ID | None = changed("What it hangs on; not null.", type_="Device")
    name: str | None = changed("Unique among the live cameras of the Property; 1 to 80 characters; not null.")
    kind: CameraKind | None = changed("What it is; not null.")
    building_id: strawberry.ID | None = changed("The building it watches.", type_="Building")
    location: str | None = changed("Where exactly; at most 80 characters.")
    source_key: str | None = changed("What its device calls it; at most 80 characters.")


@strawberry.input(description="The end of a camera.")
class CameraArchiveInput:
    """The end of a camera."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


AFTER_VERB = "The camera after the verb; on CONFLICT and CAMERA_ARCHIVED as it is now."


@strawberry.type(description="Answer to cameraCreate.")
class CameraCreatePayload(Payload):
    """The new camera."""

    camera: Camera | None = strawberry.field(default=None, description="The new camera.")


@strawberry.type(description="Answer to cameraUpdate.")
class CameraUpdatePayload(Payload):
    """The camera after the verb."""

    camera: Camera | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type(description="Answer to cameraArchive.")
class CameraArchivePayload(Payload):
    """The camera after the verb."""

    camera: Camera | None = strawberry.field(default=None, description=AFTER_VERB)


@strawberry.type
class CameraQuery:
    """Reads of cameras."""

    @many("Cameras of a Property, those taken down too.", Camera, page=500)
    def cameras(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: CameraFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Cameras of a Property."""
        place = decode("Property", property_id, "property_id")
        wanted = usecase.Wanted(**values(filter or CameraFilter()))
        return usecase.in_property(info.context.viewer, place, order.order, wanted)

    camera: Camera | None = one("A Camera.", "Camera")


@strawberry.type
class CameraMutation:
    """Verbs of cameras."""

    @verb("Enter a camera.", permission=Permission.DEVICE_MANAGE)
    async def camera_create(self, info: Info, input: CameraCreateInput) -> CameraCreatePayload | None:
        """Create."""
        made = await usecase.create(info.context.viewer, info.context.house, **values(input))
        return CameraCreatePayload(camera=await info.context.show("Camera", made.id))

    @verb("Change a camera.", shows="Camera", permission=Permission.DEVICE_MANAGE)
    async def camera_update(
        self, info: Info, id: strawberry.ID, input: CameraUpdateInput
    ) -> CameraUpdatePayload | None:
        """Update."""
        context = info.context
        done = await usecase.update(context.viewer, context.house, decode("Camera", id), **values(input))
        return CameraUpdatePayload(camera=await context.show("Camera", done.id))

    @verb("Take a camera down; its history stays.", shows="Camera", permission=Permission.DEVICE_MANAGE)
    async def camera_archive(
        self, info: Info, id: strawberry.ID, input: CameraArchiveInput
    ) -> CameraArchivePayload | None:
        """Archive."""
        context = info.context
        done = await usecase.archive(context.viewer, context.house, decode("Camera", id), **values(input))
        return CameraArchivePayload(camera=await context.show("Camera", done.id))
