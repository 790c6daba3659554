"""What a resident is charged for a work order, as pure rules: from labour and materials to the lines of a bill.

Quantities and unit prices of a bill are integers of 1/10,000, those of stock integers of 1/1,000.
"""

from enum import Enum

from models.rules.bill import MAX_DESCRIPTION, PLACES, Line
from models.rules.stock import THOUSAND
from models.rules.work_order import WorkOrderStatus

CHARGEABLE = frozenset({WorkOrderStatus.DONE, WorkOrderStatus.VERIFIED, WorkOrderStatus.CLOSED})
MAX_DAYS = 366  # of one reckoning of costs
MOST_COSTS = 500  # rows of it
_MINUTES = 60
_PER_FEN = PLACES // 100  # 1/10,000 yuan in a fen


class WorkOrderCostGroup(str, Enum):
    """By what costs are added up."""

    WORK_ORDER = "WORK_ORDER"
    TEAM = "TEAM"
    PROPERTY = "PROPERTY"


def hours(minutes: int) -> int:
    """Minutes as hours with four places, half up; as everybody can work out from the bill again."""
    return (minutes * PLACES * 2 + _MINUTES) // (2 * _MINUTES)


def labour_line(minutes: int, unit_price: int) -> Line:
    """The time spent, at yuan for an hour."""
    return Line("人工（小时）", hours(minutes), unit_price)


def material_line(name: str, measure: str, used: int, wanted: int | None, unit_price: int) -> Line:
    """What was used of an item (1/1,000), or `wanted` of it (1/10,000). Raises ValueError for more than was used."""
    there = used * (PLACES // THOUSAND)
    quantity = there if wanted is None else wanted
    if quantity > there:
        raise ValueError("more is charged than was used")
    unit = f"（{measure}）"
    return Line(name[: MAX_DESCRIPTION - len(unit)] + unit, quantity, unit_price)


def whole_fen(cost: int) -> int:
    """What stock cost (1/10,000 yuan) in fen, half up."""
    return (cost + _PER_FEN // 2) // _PER_FEN
