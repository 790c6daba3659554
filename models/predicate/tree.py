"""The expression tree and the functions that build it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tortoise import Model


class Predicate:
    """A condition over the columns of one table."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Eq(Predicate):
    """column = value; the value is never None."""

    column: str
    value: Any


@dataclass(frozen=True, slots=True)
class In(Predicate):
    """column is one of the values."""

    column: str
    values: frozenset[Any]


@dataclass(frozen=True, slots=True)
class Lt(Predicate):
    """column < value."""

    column: str
    value: Any


@dataclass(frozen=True, slots=True)
class Contains(Predicate):
    """The text of column has `text` in it, upper and lower case alike."""

    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Starts(Predicate):
    """The text of column begins with `text`, upper and lower case alike."""

    column: str
    text: str


@dataclass(frozen=True, slots=True)
class IsNull(Predicate):
    """column is null."""

    column: str


@dataclass(frozen=True, slots=True)
class Exists(Predicate):
    """There is a row of `model` whose `inner` column equals our `outer` column and for which `where` holds."""

    model: type[Model]
    inner: str
    outer: str
    where: Predicate


@dataclass(frozen=True, slots=True)
class Among(Predicate):
    """column is one of what the rows of the sources (model, column, condition) hold there.

    Says what `exists` of each in an Or says, for where each source finds few rows: it looks them up there, and not
    behind every row of ours.
    """

    column: str
    sources: tuple[tuple[type[Model], str, Predicate], ...]


@dataclass(frozen=True, slots=True)
class And(Predicate):
    """All parts hold; with no parts: everything."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Or(Predicate):
    """One part holds; with no parts: nothing."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not(Predicate):
    """The part does not hold."""

    part: Predicate


EVERYTHING = And(())
NOTHING = Or(())


def eq(column: str, value: Any) -> Predicate:
    """column = value; nothing equals None, so an absent person or staff matches no row."""
    return NOTHING if value is None else Eq(column, value)


def is_in(column: str, values: Iterable[Any]) -> Predicate:
    """column is one of `values`."""
    chosen = frozenset(values)
    return In(column, chosen) if chosen else NOTHING


def less(column: str, value: Any) -> Predicate:
    """column < value."""
    return Lt(column, value)


def contains(column: str, text: str) -> Predicate:
    """The text of column has `text` in it, upper and lower case alike; a null has nothing in it."""
    return Contains(column, text)


def starts(column: str, text: str) -> Predicate:
    """The text of column begins with `text`, upper and lower case alike."""
    return Starts(column, text)


def is_null(column: str) -> Predicate:
    """column is null."""
    return IsNull(column)


def exists(model: type[Model], inner: str, where: Predicate, *, outer: str = "id") -> Predicate:
    """A row of `model` points at us: its `inner` equals our `outer` and `where` holds for it."""
    return NOTHING if where == NOTHING else Exists(model, inner, outer, where)


def among(column: str, *sources: tuple[type[Model], str, Predicate]) -> Predicate:
    """column is one of what the rows of one of the sources (model, column, condition) hold there."""
    kept = tuple(source for source in sources if source[2] != NOTHING)
    return Among(column, kept) if kept else NOTHING


def all_of(*parts: Predicate) -> Predicate:
    """Conjunction, flattened; NOTHING wins."""
    kept: list[Predicate] = []
    for part in parts:
        if part == NOTHING:
            return NOTHING
        kept.extend(part.parts if isinstance(part, And) else (part,))
    return kept[0] if len(kept) == 1 else And(tuple(kept))


def any_of(*parts: Predicate) -> Predicate:
    """Disjunction, flattened; EVERYTHING wins."""
    kept: list[Predicate] = []
    for part in parts:
        if part == EVERYTHING:
            return EVERYTHING
        kept.extend(part.parts if isinstance(part, Or) else (part,))
    return kept[0] if len(kept) == 1 else Or(tuple(kept))


def wanted(column: str, value: object) -> Predicate:
    """A filter of a list: one value, one of several, or (None) any."""
    if value is None:
        return EVERYTHING
    if isinstance(value, list):
        return is_in(column, [one.value if isinstance(one, Enum) else one for one in value])
    return eq(column, value.value if isinstance(value, Enum) else value)


def negate(part: Predicate) -> Predicate:
    """Negation."""
    return Not(part)
