"""Alarms: raised and cleared by sources inside any transaction; handled by people; listed and heard."""

from resolvers.alarm.escalation import effective_waits, escalations, set_waits, waits_of
from resolvers.alarm.handling import Draft, acknowledge, clear, open_work_order, raise_by_hand
from resolvers.alarm.raising import clear_alarm, clear_alarms, raise_alarm
from resolvers.alarm.reading import Wanted, changes, in_property, viewer_can_handle, viewer_can_open

__all__ = [
    "Draft",
    "Wanted",
    "acknowledge",
    "changes",
    "clear",
    "clear_alarm",
    "clear_alarms",
    "effective_waits",
    "escalations",
    "in_property",
    "open_work_order",
    "raise_alarm",
    "raise_by_hand",
    "set_waits",
    "viewer_can_handle",
    "viewer_can_open",
    "waits_of",
]
