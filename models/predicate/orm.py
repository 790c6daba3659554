"""Predicate → Tortoise's Q, for the write path."""

from __future__ import annotations

from typing import Any

from tortoise.expressions import Q, Subquery

from models.predicate.tree import Among, And, Contains, Eq, Exists, In, IsNull, Lt, Not, Or, Predicate, Starts

# An empty Q vanishes inside ~ and | instead of meaning "everything": a primary key is never null, so this says it.
_EVERYTHING = Q(pk__isnull=False)
_NOTHING = Q(pk__isnull=True)


def to_q(predicate: Predicate) -> Q:
    """The same condition for `Model.filter`."""
    return _q(predicate, no=False)


def _q(predicate: Predicate, *, no: bool) -> Q:
    """`predicate`, or its negation.

    Negations are carried down to the leaves: pypika negates IN in place, so that two of them leave one.
    """
    match predicate:
        case Not(part):
            return _q(part, no=not no)
        case And(parts) | Or(parts):
            every = isinstance(predicate, And) is not no
            if not parts:
                return _EVERYTHING if every else _NOTHING
            return Q(*(_q(part, no=no) for part in parts), join_type=Q.AND if every else Q.OR)
        case Among(column, sources):
            return _q(Or(tuple(Exists(model, inner, column, where) for model, inner, where in sources)), no=no)
    leaf = Q(**_lookup(predicate))
    return ~leaf if no else leaf


def _lookup(predicate: Predicate) -> dict[str, Any]:
    match predicate:
        case Eq(column, value):
            return {column: value}
        case In(column, values):
            return {f"{column}__in": sorted(values, key=str)}
        case Lt(column, value):
            return {f"{column}__lt": value}
        case Contains(column, text):
            return {f"{column}__icontains": text}
        case Starts(column, text):
            return {f"{column}__istartswith": text}
        case IsNull(column):
            return {f"{column}__isnull": True}
        case Exists(model, inner, outer, where):
            # IN answers "unknown" where a null is compared, EXISTS answers "no": nulls are left out on both sides.
            known: dict[str, Any] = {f"{inner}__isnull": False}
            rows = model.filter(to_q(where), **known).values(inner)
            return {f"{outer}__isnull": False, f"{outer}__in": Subquery(rows)}
    raise TypeError(f"not a predicate: {predicate!r}")
