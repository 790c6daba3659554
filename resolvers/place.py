"""Properties and their place tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import Building, Entrance, Property, Unit
from models.predicate import EVERYTHING, eq, is_in
from models.query import Order, Query
from models.scope import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from models.rules.place import PropertyKind, UnitStatus
    from models.viewer import Viewer


def properties(viewer: Viewer | None, order: Order, kinds: Sequence[PropertyKind] | None = None) -> Query:
    """Properties in which the viewer has any role."""
    kind = EVERYTHING if kinds is None else is_in("kind", [kind.value for kind in kinds])
    return Query(Property, visible(Property, viewer), order).only(kind)


def buildings(viewer: Viewer | None, property_id: UUID, order: Order) -> Query:
    """Buildings of a Property."""
    return Query(Building, visible(Building, viewer), order).only(eq("property_id", property_id))


def entrances(viewer: Viewer | None, property_id: UUID, order: Order, building_id: UUID | None = None) -> Query:
    """Entrances of a Property."""
    return Query(Entrance, visible(Entrance, viewer), order).only(
        eq("property_id", property_id), EVERYTHING if building_id is None else eq("building_id", building_id)
    )


def units(
    viewer: Viewer | None,
    property_id: UUID,
    order: Order,
    building_id: UUID | None = None,
    statuses: Sequence[UnitStatus] | None = None,
) -> Query:
    """Units of a Property."""
    return Query(Unit, visible(Unit, viewer), order).only(
        eq("property_id", property_id),
        EVERYTHING if building_id is None else eq("building_id", building_id),
        EVERYTHING if statuses is None else is_in("status", [status.value for status in statuses]),
    )
