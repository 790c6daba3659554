"""Who sees which rows of the world, by hand: one file of expectations per group of domains, merged here."""

from __future__ import annotations

from tests.visible import (
    api_client,
    audit,
    billing,
    core,
    device,
    dispatch,
    export,
    forum,
    identity,
    ingest,
    notification,
    personal,
    role,
    session,
    sheet,
    sla,
    staff,
    stock,
)
from tests.visible.core import LOGINS
from tests.visible.furnish import furnish

__all__ = [
    "LIST_EXCEPTIONS",
    "LOGINS",
    "PARENT_LISTS",
    "PROPERTY_LISTS",
    "ROOT_LISTS",
    "SEES",
    "SINGLES",
    "furnish",
    "further",
]

_PARTS = (
    core,
    audit,
    device,
    forum,
    billing,
    ingest,
    export,
    notification,
    sheet,
    sla,
    staff,
    stock,
    dispatch,
    api_client,
    session,
    role,
    identity,
    personal,
)

SEES: dict[str, set[str]] = {login: set().union(*(part.SEES.get(login, set()) for part in _PARTS)) for login in LOGINS}
ROOT_LISTS = {name: rows for part in _PARTS for name, rows in part.ROOT_LISTS.items()}
PROPERTY_LISTS = {name: rows for part in _PARTS for name, rows in part.PROPERTY_LISTS.items()}
LIST_EXCEPTIONS = {key: rows for part in _PARTS for key, rows in part.LIST_EXCEPTIONS.items()}
SINGLES = {name: type_ for part in _PARTS for name, type_ in part.SINGLES.items()}
PARENT_LISTS = {name: rows for part in _PARTS for name, rows in getattr(part, "PARENT_LISTS", {}).items()}


def further(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(field, arguments) of each verb of the groups that takes an id, with ids of `of`."""
    parts = [part.verbs(of, own) for part in _PARTS if part is not core]
    return [verb for part in parts for verb in part]
