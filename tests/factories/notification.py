"""News of the world: two of tech1's about his order, one each of the administrator, the resident and the guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import models
from models.rules.notification import DeliveryState, NotificationChannel, NotificationKind, PushPlatform
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from tests.factories.world import Builder

K = NotificationKind
NEWS = (
    ("news0", "tech1", K.WORK_ORDER_ASSIGNED, "WorkOrder", "order1"),
    ("news1", "tech1", K.WORK_ORDER_RETURNED, "WorkOrder", "order1"),
    ("admin_news", "admin", K.ALARM_ESCALATED, "Alarm", "alarm1"),
    ("resident_news", "resident", K.TICKET_ANSWERED, "Ticket", "ticket1"),
    ("guard_news", "guard", K.ALARM_RAISED, "Alarm", "alarm0"),
)


def furnish(builder: Builder) -> None:
    """Unread, each in the inbox of its Account."""
    keys, slug = builder.tenant.keys, builder.tenant.slug
    for name, login, kind, model, subject in NEWS:
        builder.add(
            name,
            models.Notification,
            account_id=keys[login],
            property_id=keys["home"],
            kind=kind,
            subject_type=model,
            subject_id=keys[subject],
            params={"number": f"{slug}-1", "place": f"{slug} home", "severity": 4, "type": "FIRE"},
            read_at=None,
        )
    sent = {"channel": NotificationChannel.SMS, "state": DeliveryState.FAILED, "attempts": 1, "due_at": NOW}
    whose = {"account_id": keys["tech1"], "notification_id": keys["news0"]}
    builder.add("delivery0", models.NotificationDelivery, error=f"{slug}.isv", **sent, **whose)
    # The cashier is told of nothing in this world: what is here sends nobody anything.
    his = {"account_id": keys["cashier"]}
    builder.add("phone", models.PushDevice, platform=PushPlatform.IOS, token=f"{slug}-cashier-phone", **his)
    builder.add("preference0", models.NotificationPreference, kind=None, channels=["SMS"], **his)
