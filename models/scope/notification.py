"""Who sees notifications, preferences and push devices: whose they are. Deliveries: who runs the company, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.notification import Notification, NotificationDelivery, NotificationPreference, PushDevice
from models.predicate import EVERYTHING, NOTHING, Predicate, eq
from models.rules.permission import Permission

if TYPE_CHECKING:
    from models.scope.word import Scopes
    from models.viewer import Viewer


def _own(viewer: Viewer) -> Predicate:
    """A program has an Account, but no inbox."""
    return NOTHING if viewer.api_client_id else eq("account_id", viewer.account_id)


def _delivery(viewer: Viewer) -> Predicate:
    return EVERYTHING if Permission.DELIVERY_READ in viewer.everywhere else _own(viewer)


SCOPES: Scopes = {
    **dict.fromkeys((Notification, NotificationPreference, PushDevice), _own),
    NotificationDelivery: _delivery,
}
