"""Who sees which rows of the world, by hand: one file of expectations per group of domains, merged here."""

from __future__ import annotations

from tests.visible import billing, core, forum, ingest
from tests.visible.core import LOGINS
from tests.visible.furnish import furnish

__all__ = ["DEVICE_LISTS", "LIST_EXCEPTIONS", "LOGINS", "PROPERTY_LISTS", "ROOT_LISTS", "SEES", "SINGLES", "furnish"]

_PARTS = (core, ingest, billing)

__all__ = ["LIST_EXCEPTIONS", "LOGINS", "PARENT_LISTS", "PROPERTY_LISTS", "ROOT_LISTS", "SEES", "SINGLES", "furnish"]

_PARTS = (core, forum)

SEES: dict[str, set[str]] = {login: set().union(*(part.SEES.get(login, set()) for part in _PARTS)) for login in LOGINS}
ROOT_LISTS = {name: rows for part in _PARTS for name, rows in part.ROOT_LISTS.items()}
PROPERTY_LISTS = {name: rows for part in _PARTS for name, rows in part.PROPERTY_LISTS.items()}
LIST_EXCEPTIONS = {key: rows for part in _PARTS for key, rows in part.LIST_EXCEPTIONS.items()}
SINGLES = {name: type_ for part in _PARTS for name, type_ in part.SINGLES.items()}
# Of one device: (arguments besides its id, rows of the gates' device).
DEVICE_LISTS = ingest.DEVICE_LISTS
PARENT_LISTS = {name: rows for part in _PARTS for name, rows in getattr(part, "PARENT_LISTS", {}).items()}
