"""A query description: what a read resolver returns. It says which rows; the read engine says how."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.predicate import EVERYTHING, Predicate, all_of

if TYPE_CHECKING:
    from tortoise import Model


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by `column` (never null), then by id in the same direction: a total order, so keyset cursors hold."""

    column: str = "id"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Rows of `model` for which `where` (scope and filters) holds, in `order`."""

    model: type[Model]
    where: Predicate = EVERYTHING
    order: Order = Order()

    def only(self, *more: Predicate) -> Query:
        """The same query with further conditions."""
        return replace(self, where=all_of(self.where, *more))
