"""Who may see identity providers and bound identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.account_identity import AccountIdentity
from models.identity_provider import IdentityProvider
from models.predicate import EVERYTHING, NOTHING, Predicate, all_of, eq, is_null
from models.rules.permission import Permission
from models.scope.word import Scopes

if TYPE_CHECKING:
    from models.viewer import Viewer


def _provider(viewer: Viewer) -> Predicate:
    return EVERYTHING if Permission.ACCOUNT_MANAGE in viewer.everywhere else NOTHING


def _identity(viewer: Viewer) -> Predicate:
    every = Permission.ACCOUNT_MANAGE in viewer.everywhere
    return all_of(is_null("removed_at"), EVERYTHING if every else eq("account_id", viewer.account_id))


SCOPES: Scopes = {IdentityProvider: _provider, AccountIdentity: _identity}
