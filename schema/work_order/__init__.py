"""Work orders in the contract."""

from schema.work_order.root import WorkOrderMutation, WorkOrderQuery, WorkOrderSubscription
from schema.work_order.type import WorkOrder, WorkOrderChanged

__all__ = ["WorkOrder", "WorkOrderChanged", "WorkOrderMutation", "WorkOrderQuery", "WorkOrderSubscription"]
