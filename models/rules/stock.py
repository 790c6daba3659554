"""Stock as pure rules: what a quantity is worth, which batches it is taken from, when it is low (docs/stock.md).

Quantities are integers of 1/1,000 of a unit, values and costs integers of 1/10,000 yuan.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from models.rules.initials import initials
from models.rules.work_order import WorkOrderStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

THOUSAND = 1_000
PLACES = 3  # of a quantity
MOST_QUANTITY = 10**9  # a million units: more is a mistyped quantity
MOST_COST = 10**10  # a million yuan for one
MAX_CODE = 20
MAX_ITEM_CODE = 40
MAX_NAME = 80
MAX_UNIT = 10
MAX_WORD = 40
MAX_KEYWORDS = 200
MAX_NOTE = 200
MAX_SEARCH = 40
MOST_LINES = 2_000  # of a count sheet
NEVER = date(9999, 12, 31)  # when what does not expire does, so that it comes last


class StockMovementKind(str, Enum):
    """Why a balance changed."""

    IN = "IN"
    OUT = "OUT"
    RETURN = "RETURN"
    TRANSFER = "TRANSFER"
    STOCKTAKE = "STOCKTAKE"


class StocktakeStatus(str, Enum):
    """How far a count is."""

    OPEN = "OPEN"
    FINISHED = "FINISHED"
    CANCELLED = "CANCELLED"


class StockLevelChange(str, Enum):
    """A balance crossed its warning level."""

    LOW = "LOW"
    RECOVERED = "RECOVERED"


_S = WorkOrderStatus
# While somebody has the order in hand: what is used is booked before it is reported done.
TAKES_MATERIAL = frozenset({_S.ASSIGNED, _S.ACCEPTED, _S.EN_ROUTE, _S.IN_PROGRESS, _S.WAITING_FOR_PARTS})


def rounded(numerator: int, denominator: int) -> int:
    """The nearest integer of a quotient that is not below zero; half is rounded up."""
    return (2 * numerator + denominator) // (2 * denominator)


def worth(quantity: int, unit_cost: int) -> int:
    """The value of a quantity at a cost of one."""
    return rounded(quantity * unit_cost, THOUSAND)


def share(value: int, whole: int, part: int) -> int:
    """What `part` of `whole` takes of its value with it. The last part takes all that is left: no remainder is lost."""
    if not 0 < part <= whole:
        raise ValueError(f"no part of {whole}: {part}")
    return value if part == whole else rounded(value * part, whole)


def average(value: int, quantity: int) -> int:
    """The moving average cost of one unit; `quantity` is above zero."""
    return rounded(value * THOUSAND, quantity)


def drawn(lots: Iterable[tuple[T, int]], quantity: int) -> list[tuple[T, int]]:
    """How much of each lot (itself, what it holds) is taken for `quantity`, in their order.

    Raises ValueError when they do not hold as much: a mistake of ours.
    """
    found: list[tuple[T, int]] = []
    for lot, holds in lots:
        part = min(holds, quantity)
        if part:
            found.append((lot, part))
            quantity -= part
    if quantity:
        raise ValueError(f"the lots lack {quantity}")
    return found


def is_low(quantity: int, warning_level: int | None) -> bool:
    """Whether it is time to buy: the level is reached or passed. Without a level it never is."""
    return warning_level is not None and quantity <= warning_level


def crossing(was_low: bool, low: bool) -> StockLevelChange | None:
    """What is announced, once per crossing."""
    if was_low == low:
        return None
    return StockLevelChange.LOW if low else StockLevelChange.RECOVERED


def fits(quantity: int, decimals: int) -> bool:
    """Whether a quantity has no more places than its item allows: half a tube is a mistake, half a metre is not."""
    return bool(quantity % 10 ** (PLACES - decimals) == 0)


def written(quantity: int) -> str:
    """A quantity for people: 2500 is 2.5."""
    whole, rest = divmod(quantity, THOUSAND)
    return f"{whole}.{rest:03}".rstrip("0").rstrip(".")


def search_text(*, code: str, name: str, barcode: str | None, keywords: str | None) -> str:
    """What a search looks through: lower case, with the initials of the name."""
    parts = (code, name, initials(name), keywords, barcode)
    return " ".join(part.lower() for part in parts if part)


def search_words(search: str) -> list[str]:
    """What an item must have, each of them: "灯 t8" finds LED灯管 T8."""
    return search.lower().split()
