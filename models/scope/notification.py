"""Who sees notifications, preferences, deliveries and push devices: whose they are, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.notification import Notification, NotificationDelivery, NotificationPreference, PushDevice
from models.predicate import NOTHING, Predicate, eq

if TYPE_CHECKING:
    from models.scope.word import Scopes
    from models.viewer import Viewer


def _own(viewer: Viewer) -> Predicate:
    """A program has an Account, but no inbox."""
    return NOTHING if viewer.api_client_id else eq("account_id", viewer.account_id)


SCOPES: Scopes = dict.fromkeys((Notification, NotificationPreference, NotificationDelivery, PushDevice), _own)
