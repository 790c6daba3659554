"""What tickets of each estate may be about: two levels, from the words of its troubles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.demo.talk import CHECKLISTS, HOME, KEYWORDS, LEVELS, TROUBLES, WORK
from models import TicketCategory
from models.rules.place import PropertyKind
from models.rules.ticket import TicketKind

if TYPE_CHECKING:
    from uuid import UUID

    from resolvers.demo.load import Load


def make_categories(load: Load) -> dict[tuple[UUID, TicketKind, str], TicketCategory]:
    """By Property, kind and name; the first level goes by the name that is empty."""
    made: dict[tuple[UUID, TicketKind, str], TicketCategory] = {}
    for estate in load.properties.values():
        troubles = TROUBLES[HOME if estate.kind is PropertyKind.RESIDENTIAL else WORK]
        for place, (kind, (word, icon, department)) in enumerate(LEVELS.items()):
            shared = {"property_id": estate.id, "kind": kind, "department": department}
            rules: dict[str, list[str]] = {"keywords": [], "checklist": []}
            above = load.row(TicketCategory, load.clock.now(), name=word, icon=icon, position=place, **shared, **rules)
            made[estate.id, kind, ""] = above
            for n, name in enumerate(dict.fromkeys(name for name, _ in troubles[kind])):
                made[estate.id, kind, name] = load.row(
                    TicketCategory,
                    load.clock.now(),
                    parent_id=above.id,
                    name=name,
                    skill=name if kind is TicketKind.REPAIR else None,
                    keywords=[name, *KEYWORDS.get(name, ())],
                    checklist=list(CHECKLISTS.get(name, ())) if kind is TicketKind.REPAIR else [],
                    position=n,
                    **shared,
                )
    return made
