"""Predicate → Python over an event's audience: may this viewer hear the event? No I/O, called per subscriber."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.predicate.tree import And, Eq, In, Or, Predicate

if TYPE_CHECKING:
    from collections.abc import Mapping

Foothold = tuple[str, Any]
WIDE = frozenset({"organization_id", "property_id", "building_id"})  # what most events of a stream share


def hears(predicate: Predicate, audience: Mapping[str, frozenset[Any]]) -> bool:
    """Whether the scope `predicate` holds for an event.

    `audience` maps a column of the subject's table to the ids it had before and after the event. Only ids are known
    of an event, so a scope that asks more (exists, lt, not) is a mistake of its declaration and raises TypeError.
    """
    match predicate:
        case Eq(column, value):
            return value in audience.get(column, frozenset())
        case In(column, values):
            return not values.isdisjoint(audience.get(column, frozenset()))
        case And(parts):
            return all(hears(part, audience) for part in parts)
        case Or(parts):
            return any(hears(part, audience) for part in parts)
    raise TypeError(f"an audience cannot answer {predicate!r}")


def footholds(predicate: Predicate) -> frozenset[Foothold] | None:
    """Pairs (column, id) of which an audience must have one for `predicate` to hold; None when there is no such list.

    An index over them finds who may hear an event; `hears` decides. Of the parts of a conjunction the narrowest is
    taken: the one that most events do not touch.
    """
    match predicate:
        case Eq(column, value):
            return frozenset(((column, value),))
        case In(column, values):
            return frozenset((column, value) for value in values)
        case Or(parts):
            found = [footholds(part) for part in parts]
            known = [part for part in found if part is not None]
            return frozenset().union(*known) if len(known) == len(found) else None
        case And(parts):
            choices = [part for part in map(footholds, parts) if part is not None]
            return min(choices, key=_width, default=None)
    return None


def _width(found: frozenset[Foothold]) -> tuple[int, int]:
    return sum(column in WIDE for column, _ in found), len(found)
