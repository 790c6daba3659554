"""Devices at the door: which one a credential stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from adapters.identity import token_hash
from models.rules.permission import Role
from models.viewer import Grant, Viewer

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.database import Row
    from resolvers.ports import House


async def authorise_device(house: House, token: str) -> Viewer | None:
    """The device that a token `<device id in hex>.<secret>` stands for; None when it does not hold."""
    name, _, secret = token.partition(".")
    try:
        device_id = UUID(hex=name)
    except ValueError:
        return None
    now = house.clock.now()
    rows = await house.database.call("device", device_id, token_hash(secret), now)
    if not rows:
        return None
    await _note(house, rows[0], now)
    property_id = UUID(str(rows[0]["property_id"]))
    return Viewer(
        organization_id=UUID(str(rows[0]["organization_id"])),
        valid_until=now,
        device_id=device_id,
        grants=(Grant(Role.DEVICE, property_id),),
    )


async def _note(house: House, row: Row, now: datetime) -> None:
    """The first use of a day is written down: one statement a day for each credential."""
    last = row["last_used_on"] and house.database.value("DateField", row["last_used_on"])
    if last is None or last < now.date():
        await house.database.call("device_used", UUID(str(row["credential_id"])), now.date())
