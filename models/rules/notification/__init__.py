"""Notifications as pure rules: who is told of what (table.py), in which words (text.py), by which way (way.py)."""

from models.rules.notification.kind import (
    URGENT,
    DeliveryState,
    NotificationChannel,
    NotificationKind,
    PushPlatform,
)
from models.rules.notification.table import IN_HAND, RULES, Rule, Whom, rules_for
from models.rules.notification.text import filled, text_of, title_of
from models.rules.notification.way import (
    DEFAULT_CHANNELS,
    MAX_TOKEN,
    MOST_DEVICES,
    MOST_TRIES,
    WAYS_OUT,
    after_quiet,
    again_in,
    is_token,
)

__all__ = [
    "DEFAULT_CHANNELS",
    "IN_HAND",
    "MAX_TOKEN",
    "MOST_DEVICES",
    "MOST_TRIES",
    "RULES",
    "URGENT",
    "WAYS_OUT",
    "DeliveryState",
    "NotificationChannel",
    "NotificationKind",
    "PushPlatform",
    "Rule",
    "Whom",
    "after_quiet",
    "again_in",
    "filled",
    "is_token",
    "rules_for",
    "text_of",
    "title_of",
]
