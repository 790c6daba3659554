"""Money: whole fen inside, Decimal yuan outside; never float (rules.md, Charges)."""

from decimal import Decimal
from enum import Enum

MOST_FEN = 10**13  # 100 thousand million yuan: more is a mistyped amount


class CurrencyCode(str, Enum):
    """ISO 4217."""

    CNY = "CNY"


def yuan(fen: int) -> Decimal:
    """The amount in yuan with two places."""
    return Decimal(fen).scaleb(-2).quantize(Decimal("0.01"))


def fen(amount: Decimal) -> int:
    """The amount in fen. Raises ValueError for parts of a fen or an amount beyond MOST_FEN."""
    whole = amount.scaleb(2)
    if whole != whole.to_integral_value() or abs(whole) > MOST_FEN:
        raise ValueError("an amount has at most two places and eleven digits before them")
    return int(whole)
