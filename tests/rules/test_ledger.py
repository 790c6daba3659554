"""What each posting moves, rules.md 19, written by hand: debits are positive, credits negative."""

from __future__ import annotations

from uuid import UUID

import pytest

from models.rules.ledger import LedgerAccountKind, Move, balances, issued, mirrored, natural, taken

CASH, OPEN, OTHER, INCOME, AHEAD = (UUID(int=n) for n in range(1, 6))


def test_a_bill_is_owed_and_earned() -> None:
    assert issued(OPEN, INCOME, 100) == [Move(OPEN, 100), Move(INCOME, -100)]


def test_a_credit_note_is_the_opposite() -> None:
    assert issued(OPEN, INCOME, -30) == [Move(OPEN, -30), Move(INCOME, 30)]


def test_money_settles_what_is_owed_and_the_rest_is_owed_by_us() -> None:
    moves = taken(CASH, [Move(OPEN, 60), Move(OTHER, 25)], AHEAD, 15)
    assert moves == [Move(CASH, 100), Move(OPEN, -60), Move(OTHER, -25), Move(AHEAD, -15)]


def test_nothing_left_over_moves_no_prepayment() -> None:
    assert taken(CASH, [Move(OPEN, 60)], None, 0) == [Move(CASH, 60), Move(OPEN, -60)]


def test_a_reversal_mirrors() -> None:
    assert mirrored([Move(CASH, 60), Move(OPEN, -60)]) == [Move(CASH, -60), Move(OPEN, 60)]


@pytest.mark.parametrize(
    ("amounts", "holds"),
    [
        ([100, -100], True),
        ([100, -60, -40], True),
        ([100, -99], False),
        ([100], False),
        ([], False),
        ([0, 0], False),
        ([100, -100, 0], False),
    ],
)
def test_a_posting_balances(amounts: list[int], holds: bool) -> None:
    assert balances([Move(UUID(int=n), amount) for n, amount in enumerate(amounts)]) is holds


@pytest.mark.parametrize(("kind", "shown"), [("CASH", 5), ("RECEIVABLE", 5), ("INCOME", -5), ("PREPAYMENT", -5)])
def test_people_read_a_balance_on_its_own_side(kind: str, shown: int) -> None:
    assert natural(LedgerAccountKind(kind), 5) == shown
