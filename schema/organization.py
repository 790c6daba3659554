"""Organization in the contract."""

from __future__ import annotations

import models
from schema.base import Cursor, Node, column, live_cursor, node


@node(models.Organization, "物业公司: a property-management company, the tenant of the system.")
class Organization(Node):
    """The tenant."""

    name: str = column("Its name.")
    slug: str = column("The name it is called by at sign-in.")
    host: str | None = column("The server's name under which no slug is needed at sign-in, such as wuye.example.com.")
    live_cursor: Cursor = live_cursor(
        "Where the Organization's live stream (imports) stood before this operation read anything: subscribe with"
        " `after` from here and nothing is missed."
    )
    version: int = column("Grows by one with each change.")
