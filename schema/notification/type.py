"""The types of the inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import models
from models.rules.notification import URGENT, NotificationKind, text_of, title_of
from schema.audit import SubjectSpec
from schema.base import Event, Node, column, computed, event, happened, node, subject, to_many, to_one
from schema.base.field import Spec, declare
from schema.notification.way import NotificationDelivery
from schema.place import Property
from subscriptions import NotificationReceived as Received


class TextSpec(Spec):
    """The text of its kind in the caller's language."""

    words = staticmethod(text_of)

    def needs(self, name: str) -> set[str]:
        """Kind and parameters."""
        return {"kind", "params"}

    def resolve(self, name: str, row: Any, arguments: object) -> str:
        """Never more than what was known when it was written."""
        return self.words(NotificationKind(row.values["kind"]), row.reader.locale, row.values["params"])


class TitleSpec(TextSpec):
    """The same in a few words."""

    words = staticmethod(title_of)


@node(models.Notification, "通知: one piece of news in the inbox of one Account.")
class Notification(Node):
    """One piece of news."""

    kind: NotificationKind = column("What it tells.")
    urgent: bool = computed(
        "Whether it does not wait for the end of quiet hours.",
        needs=("kind",),
        compute=lambda row, _: NotificationKind(row["kind"]) in URGENT,
        personal=False,
    )
    title: str = declare(TitleSpec(), "A few words, in the caller's language.")
    text: str = declare(TextSpec(), "One sentence or two, in the caller's language.")
    subject: Node | None = declare(SubjectSpec(), "What it is about, as it is now, if the viewer may see it.")
    property: Property | None = to_one("Where; null for what is in no Property.")
    deliveries: list[NotificationDelivery] = to_many(
        "The ways out of the house that it took or will take.",
        "NotificationDelivery",
        "notification_id",
        page=10,
        connection=False,
    )
    read_at: datetime | None = column("When it was read; null while it is unread.")
    created_at: datetime = column("When it was written: with what it tells of.")
    version: int = column("Grows by one with each change.")


@event(Received, "Something new is in the inbox.")
class NotificationReceived(Event):
    """Something new is in the inbox."""

    notification: Notification | None = subject("It, as it is at delivery.", "Notification")
    kind: NotificationKind = happened("What it tells.", "kind")
    version: int = happened("Its version after the event: apply it only if it is newer.", "subject_version")
