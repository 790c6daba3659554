"""What has to be read of a row for Python to say whether a predicate holds: its columns, and rows that it points at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.predicate.tree import And, Eq, Exists, In, IsNull, Lt, Not, Or, Predicate

if TYPE_CHECKING:
    from tortoise import Model


@dataclass(frozen=True, slots=True)
class Look:
    """Columns of a row, and of the rows that columns of it point at. Equal for predicates of the same shape."""

    columns: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """The row of `model` whose id is in our `outer`, and what of it is read."""

    model: type[Model]
    outer: str
    look: Look

    @property
    def name(self) -> str:
        """Under which it stands in the row that points at it."""
        return beside_name(self.model, self.outer)


@dataclass
class _Wanted:
    columns: set[str] = field(default_factory=set)
    beside: dict[tuple[type[Model], str], _Wanted] = field(default_factory=dict)

    def look(self) -> Look:
        """As it is kept."""
        found = [Beside(model, outer, wanted.look()) for (model, outer), wanted in self.beside.items()]
        return Look(tuple(sorted(self.columns)), tuple(sorted(found, key=lambda one: one.name)))


def beside_name(model: type[Model], outer: str) -> str:
    """Under which the row of `model` that `outer` points at stands in the row that points at it."""
    return f"{outer}>{model._meta.db_table}"


def look_for(predicate: Predicate) -> Look | None:
    """What `holds` needs; None where one row and those that it points at never say (lists of rows, texts)."""
    wanted = _Wanted()
    return wanted.look() if _gather(predicate, wanted) else None


def _gather(predicate: Predicate, wanted: _Wanted) -> bool:
    match predicate:
        case Eq(column) | In(column) | Lt(column) | IsNull(column):
            wanted.columns.add(column)
            return True
        case Not(part):
            return _gather(part, wanted)
        case And(parts) | Or(parts):
            return min((_gather(part, wanted) for part in parts), default=True)
        case Exists(model, "id", outer, where):
            return _gather(where, wanted.beside.setdefault((model, outer), _Wanted()))
    return False
