"""Sessions: written by hand. Everybody sees the own ones; all of the Organization with account.manage everywhere."""

from __future__ import annotations

from tests.visible.core import LOGINS

SESSIONS = {f"{login}_session" for login in LOGINS}

SEES: dict[str, set[str]] = {**{login: {f"{login}_session"} for login in LOGINS}, "admin": SESSIONS}
ROOT_LISTS = {"sessions": SESSIONS}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"session": "Session"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(name, arguments) of each verb that takes an id, with ids of `of`."""
    return [
        ("sessionRevoke", f'id: "{of["resident_session"]}"'),
        ("accountPasswordReset", f'id: "{of["resident"]}", input: {{ expectedVersion: 1 }}'),
    ]
