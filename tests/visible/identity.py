"""Who sees identity providers and bound identities, written by hand.

- Providers: with account.manage for the whole Organization.
- Bound identities: the own ones; all with account.manage for the whole Organization.
"""

from __future__ import annotations

SEES: dict[str, set[str]] = {"resident": {"identity"}, "admin": {"identity", "provider"}}
ROOT_LISTS = {"identityProviders": {"provider"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"identityProvider": "IdentityProvider"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(field, arguments) of each verb that takes an id, with ids of `of`."""
    return [
        ("identityRemove", f'id: "{of["identity"]}"'),
        ("identityProviderArchive", f'id: "{of["provider"]}", input: {{ expectedVersion: 1 }}'),
    ]
