"""Reads, verbs and streams of devices."""

from __future__ import annotations

import strawberry

from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers import device as usecase
from schema.base import Cursor, Info, ListOrder, decode, live, many, one, values, verb
from schema.device.input import (
    DeviceCreateInput,
    DeviceCreatePayload,
    DeviceCredentialIssueInput,
    DeviceCredentialIssuePayload,
    DeviceCredentialRevokePayload,
    DeviceCredentialRotateInput,
    DeviceCredentialRotatePayload,
    DeviceFilter,
    DeviceRetireInput,
    DeviceRetirePayload,
    DeviceUpdateInput,
    DeviceUpdatePayload,
)
from schema.device.type import Device, DeviceCredential, DeviceStateChanged


@strawberry.type
class DeviceQuery:
    """Reads of devices."""

    @many("Devices of a Property, retired ones too.", Device, page=500)
    def devices(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: DeviceFilter | None = None,
        order: ListOrder = ListOrder.OLDEST,
    ) -> Rows:
        """Devices of a Property."""
        place = decode("Property", property_id, "property_id")
        wanted = usecase.Wanted(**values(filter or DeviceFilter()))
        return usecase.in_property(info.context.viewer, place, order.order, wanted)

    device: Device | None = one("A Device.", "Device")
    device_credential: DeviceCredential | None = one(
        "What a device signs in with, for who manages it; never the secret.", "DeviceCredential"
    )


@strawberry.type
class DeviceMutation:
    """Verbs of devices."""

    @verb("Open the file of a device.", permission=Permission.DEVICE_MANAGE)
    async def device_create(self, info: Info, input: DeviceCreateInput) -> DeviceCreatePayload | None:
        """Create."""
        made = await usecase.create(info.context.viewer, info.context.house, **values(input))
        return DeviceCreatePayload(device=await info.context.show("Device", made.id))

    @verb("Change the file of a device.", shows="Device", permission=Permission.DEVICE_MANAGE)
    async def device_update(
        self, info: Info, id: strawberry.ID, input: DeviceUpdateInput
    ) -> DeviceUpdatePayload | None:
        """Update."""
        context = info.context
        done = await usecase.update(context.viewer, context.house, decode("Device", id), **values(input))
        return DeviceUpdatePayload(device=await context.show("Device", done.id))

    @verb(
        "End a device: it signs in no more, its file and history stay.",
        shows="Device",
        permission=Permission.DEVICE_MANAGE,
    )
    async def device_retire(
        self, info: Info, id: strawberry.ID, input: DeviceRetireInput
    ) -> DeviceRetirePayload | None:
        """Retire."""
        context = info.context
        done = await usecase.retire(context.viewer, context.house, decode("Device", id), **values(input))
        return DeviceRetirePayload(device=await context.show("Device", done.id))

    @verb(
        "Issue a further credential; the old ones stay until they are revoked.",
        shows="Device",
        permission=Permission.DEVICE_MANAGE,
    )
    async def device_credential_issue(
        self, info: Info, input: DeviceCredentialIssueInput
    ) -> DeviceCredentialIssuePayload | None:
        """Issue."""
        context = info.context
        issued = await usecase.issue(context.viewer, context.house, **values(input))
        return DeviceCredentialIssuePayload(
            token=issued.token,
            credential=await context.show("DeviceCredential", issued.credential.id),
            device=await context.show("Device", issued.device.id),
        )

    @verb(
        "Issue a credential in place of one, which holds until the overlap is over.",
        shows="Device",
        permission=Permission.DEVICE_MANAGE,
    )
    async def device_credential_rotate(
        self, info: Info, id: strawberry.ID, input: DeviceCredentialRotateInput
    ) -> DeviceCredentialRotatePayload | None:
        """Rotate."""
        context = info.context
        issued = await usecase.rotate(
            context.viewer, context.house, decode("DeviceCredential", id), input.overlap_hours
        )
        return DeviceCredentialRotatePayload(
            token=issued.token,
            credential=await context.show("DeviceCredential", issued.credential.id),
            device=await context.show("Device", issued.device.id),
        )

    @verb(
        "End a credential: the next call with it is refused. Again changes nothing.",
        permission=Permission.DEVICE_MANAGE,
    )
    async def device_credential_revoke(self, info: Info, id: strawberry.ID) -> DeviceCredentialRevokePayload | None:
        """Revoke."""
        context = info.context
        ended = await usecase.revoke(context.viewer, context.house, decode("DeviceCredential", id))
        return DeviceCredentialRevokePayload(credential=await context.show("DeviceCredential", ended.id))


@strawberry.type
class DeviceSubscription:
    """Devices live."""

    @live(
        "What the devices of a Property report about themselves, and whether we hear from them.",
        DeviceStateChanged,
        states=True,
    )
    def device_state_changed(self, info: Info, property_id: strawberry.ID, after: Cursor | None = None) -> object:
        """Devices live."""
        return usecase.state_changes(info.context.viewer, decode("Property", property_id, "property_id"), after)
