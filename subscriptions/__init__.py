"""What happened, and who may hear it: event types, the log, the hub, the two live transports."""

from subscriptions.alarm import AlarmChanged
from subscriptions.attendance import StaffPresenceChanged
from subscriptions.bill import BillChanged
from subscriptions.data_import import ImportProgressed
from subscriptions.device import DeviceStateChanged
from subscriptions.event import DomainEvent, Entry
from subscriptions.export import ExportProgressed
from subscriptions.forum import ForumReplyPosted
from subscriptions.gate import AccessEventRecorded
from subscriptions.notification import NotificationReceived
from subscriptions.sla import SlaClockChanged
from subscriptions.stock import StockLevelChanged
from subscriptions.ticket import TicketChanged
from subscriptions.work_order import WorkOrderChanged

EVENT_TYPES: dict[str, type[DomainEvent]] = {
    event.TYPE: event
    for event in (
        AccessEventRecorded,
        AlarmChanged,
        BillChanged,
        DeviceStateChanged,
        ExportProgressed,
        ForumReplyPosted,
        ImportProgressed,
        NotificationReceived,
        SlaClockChanged,
        StaffPresenceChanged,
        StockLevelChanged,
        TicketChanged,
        WorkOrderChanged,
    )
}

__all__ = [
    "EVENT_TYPES",
    "AccessEventRecorded",
    "AlarmChanged",
    "BillChanged",
    "DeviceStateChanged",
    "DomainEvent",
    "Entry",
    "ExportProgressed",
    "ForumReplyPosted",
    "ImportProgressed",
    "NotificationReceived",
    "SlaClockChanged",
    "StaffPresenceChanged",
    "StockLevelChanged",
    "TicketChanged",
    "WorkOrderChanged",
]
