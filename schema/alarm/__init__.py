"""Alarms in the contract."""

from schema.alarm.root import AlarmMutation, AlarmQuery, AlarmSubscription
from schema.alarm.type import Alarm, AlarmChanged

__all__ = ["Alarm", "AlarmChanged", "AlarmMutation", "AlarmQuery", "AlarmSubscription"]
