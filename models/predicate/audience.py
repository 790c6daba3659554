"""Predicate → Python over an event's audience: may this viewer hear the event? No I/O, called per subscriber."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.predicate.tree import And, Eq, In, Or, Predicate

if TYPE_CHECKING:
    from collections.abc import Mapping


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
