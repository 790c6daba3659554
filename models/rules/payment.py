"""Payments as pure rules: words, limits, and which bills a sum goes to (rules.md 10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

MAX_BILLS = 100
MAX_REASON = 200
MAX_RECEIPT = 40


class PaymentMethod(str, Enum):
    """How money came."""

    CASH = "CASH"
    PREPAYMENT = "PREPAYMENT"


@dataclass(frozen=True)
class Share:
    """What of a payment goes to one bill, in fen."""

    bill_id: UUID
    amount: int


def allocate(amount: int, owed: Sequence[tuple[UUID, int]]) -> tuple[list[Share], int]:
    """Give `amount` fen to the bills in their order, each at most what it owes; the shares, and what is left over."""
    shares = []
    for bill_id, open_amount in owed:
        part = min(amount, open_amount)
        if part > 0:
            shares.append(Share(bill_id, part))
            amount -= part
    return shares, amount
