"""Bills as pure rules: words, rounding, the sum of the lines, the status (rules.md 4 and 13)."""

from dataclasses import dataclass
from enum import Enum

PLACES = 10_000
"""Quantities and unit prices are integers of 1/10,000."""
MAX_LINES = 100
MAX_DESCRIPTION = 200
MAX_CODE = 20
MAX_NAME = 80
_PER_FEN = PLACES * PLACES // 100  # what quantity × unit price counts for one fen


class Rounding(str, Enum):
    """How the amount of a line becomes whole fen."""

    HALF_UP = "HALF_UP"
    UP = "UP"
    DOWN = "DOWN"


class BillStatus(str, Enum):
    """How far a Bill is paid."""

    OPEN = "OPEN"
    PARTLY_PAID = "PARTLY_PAID"
    PAID = "PAID"
    CREDITED = "CREDITED"


class BillLineKind(str, Enum):
    """What a line of a Bill does to it."""

    CHARGE = "CHARGE"
    CREDIT = "CREDIT"


UNPAID = frozenset({BillStatus.OPEN, BillStatus.PARTLY_PAID})


@dataclass(frozen=True)
class Line:
    """A line as it is billed: quantity and unit price in 1/10,000."""

    description: str
    quantity: int
    unit_price: int


def line_amount(quantity: int, unit_price: int, rounding: Rounding) -> int:
    """Whole fen of quantity × unit price (both in 1/10,000, neither below zero), rounded once, as the item says."""
    whole, rest = divmod(quantity * unit_price, _PER_FEN)
    if rounding is Rounding.UP:
        return whole + (rest > 0)
    if rounding is Rounding.HALF_UP:
        return whole + (2 * rest >= _PER_FEN)
    return whole


def status_of(amount: int, open_amount: int) -> BillStatus:
    """The status of a Bill of `amount` fen of which `open_amount` fen are still owed."""
    if amount == 0:
        return BillStatus.CREDITED
    if open_amount == 0:
        return BillStatus.PAID
    return BillStatus.OPEN if open_amount == amount else BillStatus.PARTLY_PAID
