"""Choices out of a block of bytes that hypothesis draws at once, and makes small when something fails.

A draw for each choice would take ten times as long as what is tested. 0, the first and no are what small bytes say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
MOST = 600  # choices of one document; beyond, all are the first

blocks = st.binary(min_size=MOST, max_size=MOST)


class Chance:
    """Over the bytes of a block."""

    def __init__(self, block: bytes) -> None:
        self._left = iter(block)
        self.spent = False  # nothing is left to chance

    def below(self, most: int) -> int:
        """0 … most - 1."""
        found = 0
        for _ in range(1 if most <= 256 else 2):
            byte = next(self._left, None)
            self.spent = byte is None
            found = found * 256 + (byte or 0)
        return found % most

    def once_in(self, times: int) -> bool:
        """Yes, once in so many times."""
        return self.below(times) == times - 1

    def of(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[self.below(len(choices))]
