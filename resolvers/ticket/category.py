"""What a ticket is about: the category that was named, or the one that the Property's keywords find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from models import TicketCategory
from models.errors import ErrorCode, Refusal
from models.rules.ticket import CategoryRule, TicketKind, classify

if TYPE_CHECKING:
    from uuid import UUID

    from models import Property
    from models.viewer import Viewer
    from resolvers.ports import House
    from resolvers.unit import Unit


async def classified(
    viewer: Viewer | None, house: House, property_id: UUID, kind: TicketKind, text: str
) -> UUID | None:
    """By the keywords of the Property's categories, then by the house's model, if it has one."""
    if viewer is None:
        raise Refusal(ErrorCode.UNAUTHENTICATED)
    rows = await house.database.fetch(
        "SELECT id, kind, keywords, position, name FROM ticket_category"
        " WHERE organization_id = $1 AND property_id = $2 AND archived_at IS NULL",
        [viewer.organization_id, property_id],
        viewer.organization_id,
    )
    rules = [
        CategoryRule(
            house.database.value("UUIDField", row["id"]),
            TicketKind(row["kind"]) if row["kind"] else None,
            tuple(orjson.loads(row["keywords"])),
            row["position"],
            row["name"],
        )
        for row in rows
    ]
    found = classify(kind, text, rules)
    if found is None and rules and house.classifier is not None:
        found = await house.classifier.classify(kind, text, rules)
    return found


async def chosen(unit: Unit, place: Property, kind: TicketKind, id_: UUID, *, named: bool) -> TicketCategory | None:
    """The category, if it is of the Property, in use and of this kind.

    Raises Refusal when the viewer named it; None when it was found and has gone since.
    """
    category = await TicketCategory.get_or_none(id=id_, organization_id=unit.organization_id, property_id=place.id)
    if category is not None and category.archived_at is None and category.kind in (None, kind):
        return category
    if not named:
        return None
    if category is None:
        raise Refusal(ErrorCode.NOT_FOUND, field="category_id")
    if category.archived_at is not None:
        raise Refusal(ErrorCode.TICKET_CATEGORY_ARCHIVED, field="category_id")
    of = category.kind or ""
    raise Refusal(ErrorCode.BAD_USER_INPUT, field="category_id", message="CATEGORY_KIND", kind=of)
