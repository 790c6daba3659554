"""Notification (通知): what one Account was told, how it wants to be told, and each way out that was taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tortoise import fields

from models.base import Versioned, reference
from models.rules.notification import DeliveryState, NotificationChannel, NotificationKind, PushPlatform

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class Notification(Versioned):
    """One piece of news of one Account. `params` fill its text (rules/notification/text.py); none is personal."""

    account: Any = reference("Account")
    property: Any = reference("Property", null=True)
    kind = fields.CharEnumField(NotificationKind, max_length=40)
    subject_type = fields.CharField(max_length=40, description="a model's name")
    subject_id = fields.UUIDField()
    params: Any = fields.JSONField()
    read_at: datetime | None = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        account_id: UUID
        property_id: UUID | None

    class Meta:
        table = "notification"


class NotificationPreference(Versioned):
    """How an Account wants to be told of one `kind`, or (null) of every kind that has no row of its own.

    Quiet hours are HH:MM of the Property's local time; both or none.
    """

    account: Any = reference("Account")
    kind = fields.CharEnumField(NotificationKind, max_length=40, null=True)
    channels: Any = fields.JSONField(description="names of NotificationChannel, APP left out: it is always on")
    quiet_from = fields.CharField(max_length=5, null=True)
    quiet_until = fields.CharField(max_length=5, null=True)

    if TYPE_CHECKING:
        account_id: UUID

    class Meta:
        table = "notification_preference"


class NotificationDelivery(Versioned):
    """A notification on one way out of the house; whoever works on it holds it until `locked_until`."""

    account: Any = reference("Account")
    notification: Any = reference("Notification")
    kind = fields.CharEnumField(NotificationKind, max_length=40, null=True, description="the notification's")
    channel = fields.CharEnumField(NotificationChannel, max_length=20)
    state = fields.CharEnumField(DeliveryState, max_length=20)
    attempts = fields.IntField(default=0, description="grows with each claim: an older worker notices")
    due_at = fields.DatetimeField(description="not before: quiet hours, or the wait after a failure")
    locked_until: datetime | None = fields.DatetimeField(null=True)
    once_key = fields.CharField(max_length=100, null=True, description="by which the provider knows a repeat")
    provider_key = fields.CharField(max_length=200, null=True, description="the provider's id for it")
    error = fields.CharField(max_length=80, null=True, description="the provider's word, or ours")
    sent_at: datetime | None = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        account_id: UUID
        notification_id: UUID

    class Meta:
        table = "notification_delivery"


class PushDevice(Versioned):
    """A phone that an Account is pushed to: its registration id at the provider."""

    account: Any = reference("Account")
    platform = fields.CharEnumField(PushPlatform, max_length=20)
    token = fields.CharField(max_length=100, description="unique in the Organization while not removed")
    removed_at: datetime | None = fields.DatetimeField(null=True)

    if TYPE_CHECKING:
        account_id: UUID

    class Meta:
        table = "push_device"
