"""The secrets that devices sign in with: shown once, kept as a hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.identity import token_hash
from models import Device, DeviceCredential
from models.rules.permission import Permission
from resolvers.device.keeping import end_credential, live_device
from resolvers.unit import unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


@dataclass(frozen=True)
class Issued:
    """A new credential; the token is shown this once."""

    credential: DeviceCredential
    device: Device
    token: str


async def issue(viewer: Viewer | None, house: House, device_id: UUID) -> Issued:
    """A further credential: the old ones stay until they are revoked, so that a device is moved over without a gap."""
    secret = house.identity.token()
    async with unit_of_work(house, viewer) as unit:
        device = await live_device(unit, device_id, None, "device_id")
        credential = await unit.add(DeviceCredential, device_id=device.id, secret_hash=token_hash(secret))
        unit.audit("deviceCredential.issue", None, credential)
    return Issued(credential, device, f"{device.id.hex}.{secret}")


async def revoke(viewer: Viewer | None, house: House, id_: UUID) -> DeviceCredential:
    """End a credential: its next call is refused. Again changes nothing."""
    async with unit_of_work(house, viewer) as unit:
        credential = await unit.find(DeviceCredential, id_, "id")
        device = await Device.get(id=credential.device_id)
        if unit.viewer is not None:
            require(unit.viewer, Permission.DEVICE_MANAGE, device.property_id)
        if credential.revoked_at is None:
            await end_credential(unit, credential)
    return credential
