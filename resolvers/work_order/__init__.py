"""Work orders: which ones a viewer lists, and the steps of their life (models/rules/work_order.py)."""

from resolvers.work_order.batch import Wanted, assign_many, cancel_many
from resolvers.work_order.board import COLUMNS, board
from resolvers.work_order.charge import Charge, Price, charge
from resolvers.work_order.cost import Cost, costs
from resolvers.work_order.doing import Report, assign, complete, start, step
from resolvers.work_order.extra import Labour, check_item, record_labour, set_contractor
from resolvers.work_order.opening import free_number, open_for_alarm, open_order
from resolvers.work_order.reading import changes, in_property, viewer_can, viewer_can_charge, viewer_can_work
from resolvers.work_order.step import Told, follow, take_step

__all__ = [
    "COLUMNS",
    "Charge",
    "Cost",
    "Labour",
    "Price",
    "Report",
    "Told",
    "Wanted",
    "assign",
    "assign_many",
    "board",
    "cancel_many",
    "changes",
    "charge",
    "check_item",
    "complete",
    "costs",
    "follow",
    "free_number",
    "in_property",
    "open_for_alarm",
    "open_order",
    "record_labour",
    "set_contractor",
    "start",
    "step",
    "take_step",
    "viewer_can",
    "viewer_can_charge",
    "viewer_can_work",
]
