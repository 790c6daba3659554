"""Devices at the door: which one a credential stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from adapters.identity import token_hash
from models.rules.permission import Role
from models.viewer import Grant, Viewer

if TYPE_CHECKING:
    from resolvers.ports import House


async def authorise_device(house: House, token: str) -> Viewer | None:
    """The device that a token `<device id in hex>.<secret>` stands for; None when it does not hold."""
    name, _, secret = token.partition(".")
    try:
        device_id = UUID(hex=name)
    except ValueError:
        return None
    rows = await house.database.call("device", device_id, token_hash(secret))
    if not rows:
        return None
    property_id = UUID(str(rows[0]["property_id"]))
    return Viewer(
        organization_id=UUID(str(rows[0]["organization_id"])),
        valid_until=house.clock.now(),
        device_id=device_id,
        grants=(Grant(Role.DEVICE, property_id),),
    )
