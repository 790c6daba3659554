"""Organization in the contract."""

from __future__ import annotations

import models
from schema.base import Node, column, node


@node(models.Organization, "物业公司: a property-management company, the tenant of the system.")
class Organization(Node):
    """The tenant."""

    name: str = column("Its name.")
    slug: str = column("The name it is called by at sign-in.")
    version: int = column("Grows by one with each change.")
