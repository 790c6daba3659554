"""Inboxes: everybody the own, nobody another's, whatever their role. Deliveries: with delivery.read everywhere, too."""

from __future__ import annotations

SEES: dict[str, set[str]] = {
    "tech1": {"news0", "news1", "delivery0"},
    "resident": {"resident_news"},
    "guard": {"guard_news"},
    "admin": {"admin_news", "delivery0"},  # who runs the company sees what was not delivered
    "cashier": {"phone", "preference0"},
}
ROOT_LISTS = {
    "notifications": {"news0", "news1", "resident_news", "guard_news", "admin_news"},
    "notificationPreferences": {"preference0"},
    "pushDevices": {"phone"},
    "notificationDeliveries": {"delivery0"},
}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {
    "notification": "Notification",
    "notificationPreference": "NotificationPreference",
    "pushDevice": "PushDevice",
    "notificationDelivery": "NotificationDelivery",
}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(field, arguments) of each verb that takes an id, with ids of `of`."""
    return [
        ("notificationRead", f'input: {{ ids: ["{of["news0"]}"] }}'),
        ("pushDeviceRemove", f'id: "{of["phone"]}"'),
    ]
