"""People and who holds which Unit."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from adapters.vault import VaultError, open_text
from models import Occupancy, Person
from models.predicate import EVERYTHING, Predicate, all_of, eq, exists, negate
from models.query import Order, Query
from models.rules.id_number import masked
from models.scope import not_ended, visible

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from models.viewer import Viewer
    from resolvers.ports import House

logger = logging.getLogger("wuye.person")


def people(viewer: Viewer | None, property_id: UUID, order: Order, phone: str | None = None) -> Query:
    """People who hold, or held, a Unit of a Property, as far as the viewer may see who holds it."""
    held = all_of(visible(Occupancy, viewer), eq("property_id", property_id))
    return Query(Person, visible(Person, viewer), order).only(
        exists(Occupancy, "person_id", held),
        EVERYTHING if phone is None else eq("phone", phone),
    )


def masked_id_number(house: House, viewer: Viewer, row: Mapping[str, Any]) -> str | None:
    """The end of the ID number of a Person's row; null when it does not open (another key), which the log says."""
    try:
        number = open_text(house.vault, row["id_number_cipher"], viewer.organization_id, row["id"])
    except VaultError:
        logger.exception("the ID number of person %s does not open", row["id"])
        return None
    return masked(number)


def occupancies(
    viewer: Viewer | None, property_id: UUID, order: Order, *, current: bool | None = None, today: date | None = None
) -> Query:
    """Occupancies of a Property: all, those that have not ended on `today` of the Property, or those that have."""
    chosen: Predicate = EVERYTHING
    if current is not None and today is not None:
        chosen = not_ended(today) if current else negate(not_ended(today))
    return Query(Occupancy, visible(Occupancy, viewer), order).only(eq("property_id", property_id), chosen)
