"""Who may see what devices sent: measured values, and messages that could not be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.rejected_message import RejectedMessage
from models.rules.permission import Permission
from models.scope.word import Scopes, where
from models.telemetry import DeviceReading, LatestReading

if TYPE_CHECKING:
    from models.predicate import Predicate
    from models.viewer import Viewer


def _reading(viewer: Viewer) -> Predicate:
    return where(viewer, Permission.DEVICE_READ)


def _rejected(viewer: Viewer) -> Predicate:
    return where(viewer, Permission.INGEST_READ)


SCOPES: Scopes = {DeviceReading: _reading, LatestReading: _reading, RejectedMessage: _rejected}
