"""Notifications in the contract."""

from schema.notification.root import NotificationMutation, NotificationQuery, NotificationSubscription
from schema.notification.type import Notification, NotificationReceived
from schema.notification.way import NotificationWayMutation, NotificationWayQuery

__all__ = [
    "Notification",
    "NotificationMutation",
    "NotificationQuery",
    "NotificationReceived",
    "NotificationSubscription",
    "NotificationWayMutation",
    "NotificationWayQuery",
]
