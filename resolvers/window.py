"""When what is done closes by itself, and until when what is closed may be reopened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from models import Property, TicketCategory

if TYPE_CHECKING:
    from uuid import UUID

    from resolvers.unit import Unit


async def closing(unit: Unit, property_id: UUID, category_id: UUID | None) -> dict[str, Any]:
    """`close_at` of what is settled now."""
    return {"close_at": unit.now + timedelta(days=await _days(property_id, category_id, "close_days"))}


async def reopening(unit: Unit, property_id: UUID, category_id: UUID | None) -> dict[str, Any]:
    """`reopen_until` of what is closed now."""
    return {"reopen_until": unit.now + timedelta(days=await _days(property_id, category_id, "reopen_days"))}


async def _days(property_id: UUID, category_id: UUID | None, column: str) -> int:
    """The number of the category, or else of the Property."""
    category = await TicketCategory.get(id=category_id) if category_id else None
    own: int | None = getattr(category, column, None)
    return own if own is not None else getattr(await Property.get(id=property_id), column)
