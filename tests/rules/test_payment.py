"""Where a sum goes, rules.md 10, as a table written by hand."""

from __future__ import annotations

from uuid import UUID

import pytest

from models.rules.payment import Share, allocate

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("amount", "owed", "shares", "rest"),
    [
        (100, [(A, 100)], [(A, 100)], 0),
        (99, [(A, 100)], [(A, 99)], 0),
        (101, [(A, 100)], [(A, 100)], 1),
        (150, [(A, 100), (B, 100)], [(A, 100), (B, 50)], 0),
        (150, [(B, 100), (A, 100)], [(B, 100), (A, 50)], 0),  # the order is the caller's
        (150, [(A, 0), (B, 100), (C, 50)], [(B, 100), (C, 50)], 0),  # a paid one takes nothing
        (100, [(A, 100), (B, 100)], [(A, 100)], 0),  # nothing is left for the second
        (7, [], [], 7),
        (0, [(A, 5)], [], 0),
    ],
)
def test_a_sum_goes_down_the_list(
    amount: int, owed: list[tuple[UUID, int]], shares: list[tuple[UUID, int]], rest: int
) -> None:
    assert allocate(amount, owed) == ([Share(*share) for share in shares], rest)
