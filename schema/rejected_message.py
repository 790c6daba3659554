"""Rejected messages in the contract."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

import models
from models.query import Order
from models.query import Query as Rows
from models.rules.ingest import Transport
from models.rules.permission import Permission
from resolvers import rejected_message as usecase
from schema.base import Info, Node, Payload, column, decode, many, node, one, text, to_one, values, verb
from schema.device import Device
from schema.place import Property


@node(models.RejectedMessage, "异常报文: a message of a device that could not be taken, set aside. Kept 90 days.")
class RejectedMessage(Node):
    """A message that could not be taken."""

    property: Property = to_one("The estate.")
    device: Device | None = to_one("Who sent it.")
    transport: Transport = column("The way it came.")
    sequence: str | None = column("The number that the device gave it, if it gave a good one.", convert=str)
    payload: str = column("What the device sent, its first 4 KiB.")
    code: str = column("The code of the refusal, as the device was told.")
    reason: str = column("Why, at most 200 characters.")
    count: int = column(
        "How often it came. What a device sends beyond its cap (1,000 different ones) is counted on one row."
    )
    first_at: datetime = column("When it came first.", source="created_at")
    last_at: datetime = column("When it came last.")
    dismissed_at: datetime | None = column("When somebody put it away; the same message sent again opens a new one.")
    version: int = column("Grows by one with each change by people.")


@strawberry.enum(description="The order of rejected messages.")
class RejectedMessageOrder(Enum):
    """The order of rejected messages."""

    NEWEST = strawberry.enum_value("NEWEST", description="The one that was set aside last comes first.")
    OLDEST = strawberry.enum_value("OLDEST", description="The one that was set aside first comes first.")
    LAST_SEEN = strawberry.enum_value("LAST_SEEN", description="The one that came last comes first.")

    @property
    def order(self) -> Order:
        """As the read engine takes it."""
        if self is RejectedMessageOrder.LAST_SEEN:
            return Order("last_at", descending=True)
        return Order(descending=self is RejectedMessageOrder.NEWEST)


@strawberry.input(description="Which rejected messages.")
class RejectedMessageFilter:
    """Which rejected messages."""

    device_id: strawberry.ID | None = text("Only of this Device.", optional=True)
    dismissed: bool | None = text("Only those that were put away, or only those that were not.", optional=True)


@strawberry.input(description="To put a rejected message away.")
class RejectedMessageDismissInput:
    """To put a rejected message away."""

    expected_version: int = text("The version the viewer saw; a newer one is a CONFLICT.")


@strawberry.type(description="Answer to rejectedMessageDismiss.")
class RejectedMessageDismissPayload(Payload):
    """The message, put away."""

    rejected_message: RejectedMessage | None = strawberry.field(default=None, description="The message, put away.")


@strawberry.type
class RejectedMessageQuery:
    """Reads of rejected messages."""

    @many("Messages of the devices of a Property that could not be taken (ingest.read).", RejectedMessage)
    def rejected_messages(
        self,
        info: Info,
        property_id: strawberry.ID,
        filter: RejectedMessageFilter | None = None,
        order: RejectedMessageOrder = RejectedMessageOrder.NEWEST,
    ) -> Rows:
        """Messages that could not be taken."""
        wanted = filter or RejectedMessageFilter()
        return usecase.in_property(
            info.context.viewer,
            decode("Property", property_id, "property_id"),
            order.order,
            decode("Device", wanted.device_id, "device_id") if wanted.device_id else None,
            wanted.dismissed,
        )

    rejected_message: RejectedMessage | None = one("A rejected message.", "RejectedMessage")


@strawberry.type
class RejectedMessageMutation:
    """Verbs of rejected messages."""

    @verb(
        "Put a rejected message away: somebody has looked at it.",
        shows="RejectedMessage",
        permission=Permission.INGEST_READ,
    )
    async def rejected_message_dismiss(
        self, info: Info, id: strawberry.ID, input: RejectedMessageDismissInput
    ) -> RejectedMessageDismissPayload | None:
        """Put away."""
        context = info.context
        done = await usecase.dismiss(context.viewer, context.house, decode("RejectedMessage", id), **values(input))
        return RejectedMessageDismissPayload(rejected_message=await context.show("RejectedMessage", done.id))
