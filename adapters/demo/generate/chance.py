"""Chance whose results are the same on every Python: only `random()` of the Mersenne Twister is used."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from adapters.demo.plan import SEED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

T = TypeVar("T")


class Chance:
    """A stream of its own for each `name`: what one table draws does not move another."""

    def __init__(self, name: str) -> None:
        self._random = random.Random(f"{SEED}:{name}")  # noqa: S311 - invented data

    def share(self) -> float:
        """From 0 to below 1."""
        return self._random.random()

    def holds(self, share: float) -> bool:
        """True as often as `share` says."""
        return self.share() < share

    def below(self, most: int) -> int:
        """A whole number from 0 to `most` - 1."""
        return int(self.share() * most)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def choice(self, items: Sequence[T]) -> T:
        """One of them."""
        return items[self.below(len(items))]

    def weighted(self, items: Mapping[T, int]) -> T:
        """One of the keys, as often as its number says."""
        left = self.below(sum(items.values()))
        for item, weight in items.items():
            left -= weight
            if left < 0:
                return item
        raise AssertionError("the weights add up")

    def day(self, first: date, last: date) -> date:
        """A day from `first` to `last`, both included."""
        return first + timedelta(days=self.below((last - first).days + 1))
