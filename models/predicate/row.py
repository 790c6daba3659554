"""Predicate → Python over one row: does it hold? No I/O; what a row alone cannot say is not guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.predicate.look import beside_name
from models.predicate.tree import And, Eq, Exists, In, IsNull, Lt, Not, Or, Predicate

if TYPE_CHECKING:
    from collections.abc import Mapping


def holds(predicate: Predicate, row: Mapping[str, Any]) -> bool | None:
    """Whether SQL would find `row` by `predicate`; None when its columns do not say (other tables, unread columns).

    `row` maps columns to Python's values, and `beside_name` to a row that it points at, None where there is none (what
    `look_for` says, read in one statement). A comparison with null finds nothing, in SQL as here; below a Not, where
    SQL tells "unknown" from "no", the answer is None.
    """
    match predicate:
        case Eq(column, value):
            return _compared(row, column, lambda found: found == value)
        case In(column, values):
            return _compared(row, column, lambda found: found in values)
        case Lt(column, value):
            return _compared(row, column, lambda found: found < value)
        case IsNull(column):
            return row[column] is None if column in row else None
        case Exists(model, "id", outer, where):
            return _beside(where, row, beside_name(model, outer))
        case Not(part):
            return _negated(part, row)
        case And(parts):
            return _joined(parts, row, decisive=False)
        case Or(parts):
            return _joined(parts, row, decisive=True)
    return None


def _compared(row: Mapping[str, Any], column: str, test: Any) -> bool | None:
    if column not in row:
        return None
    found = row[column]
    if found is None:
        return False
    try:
        return bool(test(found))
    except TypeError:
        return None


def _beside(where: Predicate, row: Mapping[str, Any], name: str) -> bool | None:
    if name not in row:
        return None
    return row[name] is not None and holds(where, row[name])


def _negated(part: Predicate, row: Mapping[str, Any]) -> bool | None:
    if isinstance(part, Eq | In | Lt) and row.get(part.column) is None:
        return None
    if isinstance(part, And | Or | Not):
        return None
    found = holds(part, row)
    return None if found is None else not found


def _joined(parts: tuple[Predicate, ...], row: Mapping[str, Any], *, decisive: bool) -> bool | None:
    said: bool | None = not decisive
    for part in parts:
        found = holds(part, row)
        if found is decisive:
            return decisive
        if found is None:
            said = None
    return said
