"""The double-entry ledger as pure rules: kinds of accounts and postings, and what each posting moves (rules.md 19).

An entry's amount is in fen: positive is a debit, negative a credit. A posting's entries sum to zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID


class LedgerAccountKind(str, Enum):
    """What an account of the ledger counts."""

    CASH = "CASH"
    RECEIVABLE = "RECEIVABLE"
    INCOME = "INCOME"
    PREPAYMENT = "PREPAYMENT"


class PostingKind(str, Enum):
    """Why a posting was made."""

    BILL_ISSUED = "BILL_ISSUED"
    BILL_CREDITED = "BILL_CREDITED"
    PAYMENT_RECORDED = "PAYMENT_RECORDED"
    PREPAYMENT_APPLIED = "PREPAYMENT_APPLIED"
    PAYMENT_REVERSED = "PAYMENT_REVERSED"


DEBIT_KINDS = frozenset({LedgerAccountKind.CASH, LedgerAccountKind.RECEIVABLE})


@dataclass(frozen=True)
class Move:
    """One entry: `amount` fen on one account, debit positive."""

    account_id: UUID
    amount: int


def balances(moves: Sequence[Move]) -> bool:
    """Whether the moves make a posting: at least two, none of nothing, in sum zero."""
    return len(moves) > 1 and all(move.amount for move in moves) and sum(move.amount for move in moves) == 0


def natural(kind: LedgerAccountKind, balance: int) -> int:
    """A balance as people read it: never below zero on the account's own side."""
    return balance if kind in DEBIT_KINDS else -balance


def issued(receivable: UUID, income: UUID, amount: int) -> list[Move]:
    """A bill of `amount` fen: owed to us, earned by us. A credit note is the same with a negative amount."""
    return [Move(receivable, amount), Move(income, -amount)]


def taken(source: UUID, shares: Sequence[Move], prepayment: UUID | None, prepaid: int) -> list[Move]:
    """Money of `source` (cash, or the payer's prepayment) settles receivables; the rest becomes prepayment."""
    rest = [Move(prepayment, -prepaid)] if prepayment is not None and prepaid else []
    settled = [Move(share.account_id, -share.amount) for share in shares]
    total = sum(share.amount for share in shares) + (prepaid if rest else 0)
    return [Move(source, total), *settled, *rest]


def mirrored(moves: Sequence[Move]) -> list[Move]:
    """The posting that undoes a posting."""
    return [Move(move.account_id, -move.amount) for move in moves]
