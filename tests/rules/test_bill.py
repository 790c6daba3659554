"""Rounding and the status of bills, rules.md 4 and 13, as tables written by hand."""

from __future__ import annotations

import pytest

from models.rules.bill import BillStatus, Rounding, line_amount, status_of

# quantity, unit price (both in 1/10,000): whole fen half-up, up, down
ROUNDING = [
    (1_203_000, 28_500, 34_286, 34_286, 34_285),  # 120.30 m² × 2.85 = 342.855
    (10_000, 10_000, 100, 100, 100),  # 1 × 1 = 1.00, exact
    (10_000, 50, 1, 1, 0),  # 0.005: the half goes up
    (10_000, 49, 0, 1, 0),  # 0.0049
    (10_000, 51, 1, 1, 0),  # 0.0051
    (10_000, 149, 1, 2, 1),  # 0.0149
    (10_000, 150, 2, 2, 1),  # 0.015
    (1, 1, 0, 1, 0),  # the smallest there is: 0.00000001
    (10_000, 0, 0, 0, 0),  # for nothing
    (3_333, 10_000, 33, 34, 33),  # a third of a yuan
    (
        9_999_999_999_999,
        9_999_999_999_999,
        99_999_999_999_980_000_000,
        99_999_999_999_980_000_001,
        99_999_999_999_980_000_000,
    ),
]


@pytest.mark.parametrize(("quantity", "price", "half_up", "up", "down"), ROUNDING)
def test_a_line_is_rounded_once_as_its_item_says(quantity: int, price: int, half_up: int, up: int, down: int) -> None:
    found = {rounding: line_amount(quantity, price, rounding) for rounding in Rounding}
    assert found == {Rounding.HALF_UP: half_up, Rounding.UP: up, Rounding.DOWN: down}


@pytest.mark.parametrize(
    ("amount", "owed", "status"),
    [
        (100, 100, "OPEN"),
        (100, 99, "PARTLY_PAID"),
        (100, 1, "PARTLY_PAID"),
        (100, 0, "PAID"),
        (0, 0, "CREDITED"),
    ],
)
def test_the_status_follows_from_what_is_owed(amount: int, owed: int, status: str) -> None:
    assert status_of(amount, owed) is BillStatus(status)
