"""Notifications live: each new one, to whose inbox it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from models.rules.notification import NotificationKind
from subscriptions.event import DomainEvent, audience

if TYPE_CHECKING:
    from datetime import datetime

    from models import Notification


@dataclass(frozen=True, kw_only=True)
class NotificationReceived(DomainEvent):
    """Something new is in an inbox."""

    TYPE: ClassVar[str] = "notification.received"

    kind: NotificationKind
    subject_version: int


def received(notification: Notification, at: datetime) -> NotificationReceived:
    """The event, on the stream of the Account whose inbox it is."""
    return NotificationReceived(
        stream=notification.account_id,
        subject_id=notification.id,
        occurred_at=at,
        heard_by=audience(notification, columns=("account_id",)),
        kind=notification.kind,
        subject_version=notification.version,
    )
