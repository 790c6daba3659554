"""Rejected messages: what devices sent in vain, for an administrator to look at and put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import RejectedMessage
from models.predicate import EVERYTHING, eq, is_null, negate
from models.query import Order, Query
from models.rules.permission import Permission
from models.scope import visible
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


def in_property(
    viewer: Viewer | None,
    property_id: UUID,
    order: Order,
    device_id: UUID | None = None,
    dismissed: bool | None = None,
) -> Query:
    """Rejected messages of the devices of a Property."""
    gone = negate(is_null("dismissed_at"))
    return Query(RejectedMessage, visible(RejectedMessage, viewer), order).only(
        eq("property_id", property_id),
        EVERYTHING if device_id is None else eq("device_id", device_id),
        EVERYTHING if dismissed is None else gone if dismissed else is_null("dismissed_at"),
    )


async def dismiss(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> RejectedMessage:
    """Somebody has looked at it. Dismissing twice changes nothing; the same message sent again opens a new one."""
    async with unit_of_work(house, viewer) as unit:
        message = await unit.find(RejectedMessage, id_, "id")
        if unit.viewer is not None:
            require(unit.viewer, Permission.INGEST_READ, message.property_id)
        check_version(message, expected_version)
        if message.dismissed_at is None:
            account = unit.viewer.account_id if unit.viewer else None
            before = await unit.change(message, dismissed_at=unit.now, dismissed_by_id=account)
            unit.audit("rejected_message.dismiss", before, message)
    return message
