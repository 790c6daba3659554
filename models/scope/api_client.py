"""Who may see partners' programs: who manages them for the whole Organization, and a program itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.api_client import ApiClient, ApiClientSecret
from models.predicate import EVERYTHING, NOTHING, Predicate, eq
from models.rules.permission import Permission

if TYPE_CHECKING:
    from models.scope.word import Scopes
    from models.viewer import Viewer


def _manages(viewer: Viewer) -> bool:
    return Permission.API_CLIENT_MANAGE in viewer.everywhere


def _client(viewer: Viewer) -> Predicate:
    return EVERYTHING if _manages(viewer) else eq("id", viewer.api_client_id)


def _secret(viewer: Viewer) -> Predicate:
    return EVERYTHING if _manages(viewer) else NOTHING


SCOPES: Scopes = {ApiClient: _client, ApiClientSecret: _secret}
