"""Alarms: raised and cleared by sources inside any transaction; handled by people; listed and heard."""

from resolvers.alarm.raising import clear_alarm, clear_alarms, raise_alarm

__all__ = ["clear_alarm", "clear_alarms", "raise_alarm"]
