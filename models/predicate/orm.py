"""Predicate → Tortoise's Q, for the write path."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery

from models.predicate.tree import And, Eq, Exists, In, IsNull, Lt, Not, Or, Predicate

_NEVER = UUID(int=0)


def to_q(predicate: Predicate) -> Q:
    """The same condition for `Model.filter`."""
    lookup: dict[str, Any]
    match predicate:
        case Eq(column, value):
            lookup = {column: value}
        case In(column, values):
            lookup = {f"{column}__in": sorted(values, key=str)}
        case Lt(column, value):
            lookup = {f"{column}__lt": value}
        case IsNull(column):
            lookup = {f"{column}__isnull": True}
        case Not(part):
            return ~to_q(part)
        case And(parts):
            return Q(*(to_q(part) for part in parts), join_type=Q.AND) if parts else Q()
        case Or(parts):
            # A nil id: no row has it, and it keeps "nothing" a plain condition.
            return Q(*(to_q(part) for part in parts), join_type=Q.OR) if parts else Q(id=_NEVER)
        case Exists(model, inner, outer, where):
            rows = model.filter(to_q(where)).values(inner)
            lookup = {f"{outer}__in": Subquery(rows)}
        case _:
            raise TypeError(f"not a predicate: {predicate!r}")
    return Q(**lookup)
