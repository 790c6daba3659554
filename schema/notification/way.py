"""How somebody wants to be told, in the contract, and the ways that were taken."""

from __future__ import annotations

from datetime import datetime

import strawberry

import models
from models.query import Query as Rows
from models.rules.notification import DeliveryState, NotificationChannel, NotificationKind, PushPlatform
from models.rules.permission import Permission
from resolvers.notification import preference as usecase
from schema.account import Account
from schema.base import Info, ListOrder, Node, Payload, column, decode, many, node, one, text, to_one, values, verb

PEOPLE: frozenset[Permission] = frozenset()  # a program has no inbox


def _channels(names: list[str]) -> list[NotificationChannel]:
    return [NotificationChannel.APP, *map(NotificationChannel, names)]


@node(models.NotificationPreference, "通知偏好: how an Account wants to be told of one kind of news, or of all others.")
class NotificationPreference(Node):
    """How somebody wants to be told."""

    kind: NotificationKind | None = column("Of which kind; null: of every kind that has no preference of its own.")
    channels: list[NotificationChannel] = column("By which ways; APP is always among them.", convert=_channels)
    quiet_from: str | None = column("Since when nothing but urgent news leaves the house: HH:MM where it happens.")
    quiet_until: str | None = column("Until when: HH:MM. Before `quietFrom`: of the next day.")
    version: int = column("Grows by one with each change.")


@node(models.NotificationDelivery, "送达: a Notification on one way out of the house.")
class NotificationDelivery(Node):
    """One way out."""

    account: Account | None = to_one("Whose inbox; null for whoever may not see the Account.")
    kind: NotificationKind | None = column("What it tells; null for one that was written before this was kept.")
    channel: NotificationChannel = column("Which way.")
    state: DeliveryState = column("How far it is.")
    attempts: int = column("How often it was tried; 8 at most.")
    due_at: datetime = column("Not before: the end of quiet hours, or of the wait after a failure.")
    sent_at: datetime | None = column("When the provider took it.")
    error: str | None = column("Why it was given up, dropped or is tried again: the provider's word, or ours.")
    created_at: datetime = column("When it was written.")
    version: int = column("Grows by one with each change.")


@node(models.PushDevice, "推送设备: a phone that an Account is pushed to.")
class PushDevice(Node):
    """A phone."""

    platform: PushPlatform = column("What it runs.")
    created_at: datetime = column("Since when.")
    removed_at: datetime | None = column("Since when it is pushed to no more.")
    version: int = column("Grows by one with each change.")


@strawberry.input(description="Which deliveries: all that is given holds.")
class NotificationDeliveryFilter:
    """Which deliveries."""

    state: list[DeliveryState] | None = text("Only those that stand so.", optional=True)
    channel: NotificationChannel | None = text("Only by this way.", optional=True)


@strawberry.input(description="How to be told.")
class NotificationPreferenceSetInput:
    """How to be told."""

    kind: NotificationKind | None = text(
        "Of which kind; null: of every kind that has no preference of its own.", optional=True
    )
    channels: list[NotificationChannel] = text("By which ways. The inbox (APP) is on, named or not.")
    quiet_from: str | None = text(
        "From when nothing but urgent news leaves the house: HH:MM where it happens. With `quietUntil`, or neither.",
        optional=True,
    )
    quiet_until: str | None = text("Until when: HH:MM; before `quietFrom`: of the next day.", optional=True)
    expected_version: int | None = text("The version that is changed; null for what was never said.", optional=True)


@strawberry.input(description="A phone that is to be pushed to.")
class PushDeviceRegisterInput:
    """A phone."""

    platform: PushPlatform = text("What it runs.")
    token: str = text("Its registration id at the push service; 8 to 100 characters.")


@strawberry.type(description="Answer to notificationPreferenceSet.")
class NotificationPreferenceSetPayload(Payload):
    """The preference after the verb."""

    notification_preference: NotificationPreference | None = strawberry.field(
        default=None, description="The preference after the verb; on CONFLICT as it is now."
    )


@strawberry.type(description="Answer to pushDeviceRegister.")
class PushDeviceRegisterPayload(Payload):
    """The phone."""

    push_device: PushDevice | None = strawberry.field(default=None, description="The phone.")


@strawberry.type(description="Answer to pushDeviceRemove.")
class PushDeviceRemovePayload(Payload):
    """The phone."""

    push_device: PushDevice | None = strawberry.field(default=None, description="The phone, removed.")


@strawberry.type
class NotificationWayQuery:
    """Reads of how somebody is told."""

    @many(
        "What the viewer said of how to be told. Without any: by the inbox and by push, at any hour.",
        NotificationPreference,
        scopes=PEOPLE,
    )
    def notification_preferences(self, info: Info, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Preferences."""
        return usecase.preferences(info.context.viewer, order.order)

    @many("The phones that the viewer is pushed to.", PushDevice, scopes=PEOPLE)
    def push_devices(self, info: Info, order: ListOrder = ListOrder.OLDEST) -> Rows:
        """Phones."""
        return usecase.devices(info.context.viewer, order.order)

    @many(
        "送达记录: what became of news on its way out of the house; with delivery.read of all of the Organization,"
        " otherwise the own. FAILED is what was given up.",
        NotificationDelivery,
    )
    def notification_deliveries(
        self, info: Info, filter: NotificationDeliveryFilter | None = None, order: ListOrder = ListOrder.NEWEST
    ) -> Rows:
        """Deliveries."""
        wanted = values(filter or NotificationDeliveryFilter())
        return usecase.deliveries(info.context.viewer, order.order, **wanted)

    notification_delivery: NotificationDelivery | None = one("A NotificationDelivery.", "NotificationDelivery")
    notification_preference: NotificationPreference | None = one(
        "An own NotificationPreference.", "NotificationPreference", scopes=PEOPLE
    )
    push_device: PushDevice | None = one("An own PushDevice.", "PushDevice", scopes=PEOPLE)


@strawberry.type
class NotificationWayMutation:
    """Verbs of how somebody is told."""

    @verb(
        "Say how to be told of one kind of news, or of all others; it counts for what is written from then on.",
        shows="NotificationPreference",
        scopes=PEOPLE,
    )
    async def notification_preference_set(
        self, info: Info, input: NotificationPreferenceSetInput
    ) -> NotificationPreferenceSetPayload | None:
        """Set."""
        context = info.context
        row = await usecase.set_preference(context.viewer, context.house, usecase.Wish(**values(input)))
        shown = await context.show("NotificationPreference", row.id)
        return NotificationPreferenceSetPayload(notification_preference=shown)

    @verb(
        "Be pushed to on this phone, at most 10 of an Account; whoever was before on the same phone is no more."
        " Again changes nothing.",
        scopes=PEOPLE,
    )
    async def push_device_register(
        self, info: Info, input: PushDeviceRegisterInput
    ) -> PushDeviceRegisterPayload | None:
        """Register."""
        context = info.context
        device = await usecase.register(context.viewer, context.house, **values(input))
        return PushDeviceRegisterPayload(push_device=await context.show("PushDevice", device.id))

    @verb("Be pushed to on this phone no more: to be called before signing out.", scopes=PEOPLE)
    async def push_device_remove(self, info: Info, id: strawberry.ID) -> PushDeviceRemovePayload | None:
        """Remove."""
        device = await usecase.remove(info.context.viewer, info.context.house, decode("PushDevice", id))
        return PushDeviceRemovePayload(push_device=await info.context.show("PushDevice", device.id))
