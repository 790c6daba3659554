"""The secrets that devices sign in with: shown once, kept as a hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.identity import token_hash
from models import Device, DeviceCredential
from models.errors import ErrorCode, Refusal
from models.rules.device import MAX_OVERLAP_HOURS
from models.rules.permission import Permission
from resolvers.device.keeping import end_credential, live_device
from resolvers.unit import unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


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
        credential = await _add(unit, device, secret)
    return Issued(credential, device, f"{device.id.hex}.{secret}")


async def rotate(viewer: Viewer | None, house: House, id_: UUID, overlap_hours: int = 24) -> Issued:
    """A new credential in place of one, which holds for `overlap_hours` more (0: no longer). Raises Refusal.

    One that has been rotated or revoked is NOT_FOUND: sent twice, the verb does not make a third.
    """
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        raise Refusal(
            ErrorCode.BAD_USER_INPUT, field="overlap_hours", message="NUMBER_BETWEEN", low=0, high=MAX_OVERLAP_HOURS
        )
    secret = house.identity.token()
    async with unit_of_work(house, viewer) as unit:
        old = await unit.see(DeviceCredential, id_, "id")
        device = await live_device(unit, old.device_id, None)  # first, as retiring does
        old = await DeviceCredential.filter(id=id_).select_for_update().get()
        if old.revoked_at is not None or old.expires_at is not None:
            raise Refusal(ErrorCode.NOT_FOUND, field="id")
        if overlap_hours == 0:
            await end_credential(unit, old)
        else:
            before = old.clone(pk=old.id)
            old.expires_at = unit.now + timedelta(hours=overlap_hours)
            await old.save(update_fields=["expires_at"])
            unit.audit("deviceCredential.rotate", before, old)
        credential = await _add(unit, device, secret)
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


async def _add(unit: Unit, device: Device, secret: str) -> DeviceCredential:
    credential = await unit.add(
        DeviceCredential, device_id=device.id, property_id=device.property_id, secret_hash=token_hash(secret)
    )
    unit.audit("deviceCredential.issue", None, credential)
    return credential
