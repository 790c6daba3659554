"""Charge items: what a Property charges for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.database import UniqueViolation
from models import ChargeItem, Property
from models.errors import ErrorCode, Refusal
from models.predicate import EVERYTHING, eq, is_null, negate
from models.query import Order, Query
from models.rules.bill import MAX_CODE, MAX_NAME, Rounding
from models.rules.permission import Permission
from models.scope import visible
from resolvers.unit import check_version, unit_of_work
from resolvers.viewer import require

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House


def in_property(viewer: Viewer | None, property_id: UUID, order: Order, archived: bool | None = None) -> Query:
    """Charge items of a Property: all, or only those that are (not) archived."""
    ended = negate(is_null("archived_at")) if archived else is_null("archived_at")
    return Query(ChargeItem, visible(ChargeItem, viewer), order).only(
        eq("property_id", property_id), EVERYTHING if archived is None else ended
    )


async def create(
    viewer: Viewer | None, house: House, property_id: UUID, code: str, name: str, rounding: Rounding
) -> ChargeItem:
    """A new charge item; its code is free in the Property. Raises Refusal CHARGE_ITEM_EXISTS."""
    try:
        async with unit_of_work(house, viewer) as unit:
            place = await unit.see(Property, property_id, "property_id")
            require(unit.signed_in, Permission.BILL_CREATE, place.id)
            for field, text, most in (("code", code, MAX_CODE), ("name", name, MAX_NAME)):
                if not 1 <= len(text.strip()) <= most:
                    raise Refusal(ErrorCode.BAD_USER_INPUT, field=field, message="TEXT_LENGTH", low=1, high=most)
            kept = {"code": code.strip(), "name": name.strip(), "rounding": rounding}
            item = await unit.add(ChargeItem, property_id=place.id, **kept)
            unit.audit("chargeItem.create", None, item)
    except UniqueViolation:
        raise Refusal(ErrorCode.CHARGE_ITEM_EXISTS, field="code") from None
    return item


async def archive(viewer: Viewer | None, house: House, id_: UUID, expected_version: int) -> ChargeItem:
    """No further bills for this item; its bills stay. Archived twice it is archived still."""
    async with unit_of_work(house, viewer) as unit:
        item = await unit.find(ChargeItem, id_, "id")
        require(unit.signed_in, Permission.BILL_CREATE, item.property_id)
        check_version(item, expected_version)
        if item.archived_at is None:
            before = await unit.change(item, archived_at=unit.now)
            unit.audit("chargeItem.archive", before, item)
    return item
