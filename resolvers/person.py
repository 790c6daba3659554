"""People and who holds which Unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Occupancy, Person
from models.predicate import EVERYTHING, eq, exists, is_null
from models.query import Order, Query
from models.scope import visible

if TYPE_CHECKING:
    from uuid import UUID

    from models.viewer import Viewer


def people(viewer: Viewer | None, property_id: UUID, order: Order, phone: str | None = None) -> Query:
    """People who hold, or held, a Unit of a Property."""
    return Query(Person, visible(Person, viewer), order).only(
        exists(Occupancy, "person_id", eq("property_id", property_id)),
        EVERYTHING if phone is None else eq("phone", phone),
    )


def occupancies(viewer: Viewer | None, property_id: UUID, order: Order, current: bool | None = None) -> Query:
    """Occupancies of a Property: all, or those that have not ended."""
    return Query(Occupancy, visible(Occupancy, viewer), order).only(
        eq("property_id", property_id), is_null("move_out_on") if current else EVERYTHING
    )
