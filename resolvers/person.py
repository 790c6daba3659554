"""People and who holds which Unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Occupancy, Person
from models.predicate import EVERYTHING, Predicate, all_of, eq, exists, negate
from models.query import Order, Query
from models.scope import not_ended, visible

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from models.viewer import Viewer


def people(viewer: Viewer | None, property_id: UUID, order: Order, phone: str | None = None) -> Query:
    """People who hold, or held, a Unit of a Property, as far as the viewer may see who holds it."""
    held = all_of(visible(Occupancy, viewer), eq("property_id", property_id))
    return Query(Person, visible(Person, viewer), order).only(
        exists(Occupancy, "person_id", held),
        EVERYTHING if phone is None else eq("phone", phone),
    )


def occupancies(
    viewer: Viewer | None, property_id: UUID, order: Order, *, current: bool | None = None, today: date | None = None
) -> Query:
    """Occupancies of a Property: all, those that have not ended on `today` of the Property, or those that have."""
    chosen: Predicate = EVERYTHING
    if current is not None and today is not None:
        chosen = not_ended(today) if current else negate(not_ended(today))
    return Query(Occupancy, visible(Occupancy, viewer), order).only(eq("property_id", property_id), chosen)
