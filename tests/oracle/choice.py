"""Choices that hypothesis makes, so that what fails is made small: 0, the first and no come first."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


@cache
def _below(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most - 1)


class Chance:
    """Over hypothesis' `draw`."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def below(self, most: int) -> int:
        """0 … most - 1."""
        found: int = self._draw(_below(most)) if most > 1 else 0
        return found

    def once_in(self, times: int) -> bool:
        """Yes, once in so many times."""
        return self.below(times) == times - 1

    def of(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[self.below(len(choices))]
