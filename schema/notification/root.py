"""Reads, verbs and the stream of the inbox."""

from __future__ import annotations

import strawberry

from models.query import Query as Rows
from models.rules.permission import Permission
from resolvers.notification import inbox as usecase
from schema.base import Cursor, Info, ListOrder, Payload, decode, live, many, one, text, verb
from schema.notification.type import Notification, NotificationReceived

PEOPLE: frozenset[Permission] = frozenset()  # a program has no inbox


@strawberry.input(description="What was read.")
class NotificationReadInput:
    """What was read."""

    ids: list[strawberry.ID] = text("Own Notifications, 1 to 100.")


@strawberry.type(description="Answer to notificationRead.")
class NotificationReadPayload(Payload):
    """The inbox after the verb."""

    notifications: list[Notification] = strawberry.field(
        default_factory=list, description="Those that were named, as they are now."
    )
    unread_count: int | None = strawberry.field(default=None, description="How many are unread now, at most 1,000.")


@strawberry.type(description="Answer to notificationReadAll.")
class NotificationReadAllPayload(Payload):
    """The inbox after the verb."""

    unread_count: int | None = strawberry.field(
        default=None, description="How many are unread now, at most 1,000: 0 unless there were more than 1,000."
    )


@strawberry.type
class NotificationQuery:
    """Reads of the inbox."""

    @many("The viewer's own inbox, newest first.", Notification, scopes=PEOPLE)
    def notifications(self, info: Info, unread_only: bool = False, order: ListOrder = ListOrder.NEWEST) -> Rows:
        """The inbox."""
        return usecase.notifications(info.context.viewer, order.order, unread_only=unread_only)

    notification: Notification | None = one("An own Notification.", "Notification", scopes=PEOPLE)

    @strawberry.field(
        description="How many of the viewer's own Notifications are unread, at most 1,000; null for who has no inbox.",
        metadata={"scopes": PEOPLE},
    )
    async def unread_notification_count(self, info: Info) -> int | None:
        """The number on the bell."""
        return await usecase.count_unread(info.context.viewer, info.context.house)


@strawberry.type
class NotificationMutation:
    """Verbs of the inbox."""

    @verb("已读: mark own Notifications as read; again changes nothing.", scopes=PEOPLE)
    async def notification_read(self, info: Info, input: NotificationReadInput) -> NotificationReadPayload | None:
        """Read some."""
        context = info.context
        ids = [decode("Notification", id_, "ids") for id_ in input.ids]
        left = await usecase.read_some(context.viewer, context.house, ids)
        shown = [await context.show("Notification", id_) for id_ in dict.fromkeys(ids)]
        return NotificationReadPayload(notifications=shown, unread_count=left)

    @verb(
        "全部已读: mark all of the own inbox as read, the oldest 1,000 at once; `unreadCount` says what is left.",
        scopes=PEOPLE,
    )
    async def notification_read_all(self, info: Info) -> NotificationReadAllPayload | None:
        """Read all."""
        left = await usecase.read_all(info.context.viewer, info.context.house)
        return NotificationReadAllPayload(unread_count=left)


@strawberry.type
class NotificationSubscription:
    """The inbox live."""

    @live(
        "Everything new in the viewer's own inbox; resume from Account.liveCursor or a cursor.",
        NotificationReceived,
        scopes=PEOPLE,
    )
    def notification_received(self, info: Info, after: Cursor | None = None) -> object:
        """The inbox live."""
        return usecase.arrivals(info.context.viewer, after)
