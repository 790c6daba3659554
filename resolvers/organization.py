"""Organizations: what the operator of the installation sets for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adapters.database import UniqueViolation
from adapters.settings import SettingsError
from models import Organization
from resolvers.unit import system_unit

if TYPE_CHECKING:
    from resolvers.ports import House

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


async def named(house: House, slug: str) -> UUID:
    """The Organization of that slug. Raises SettingsError: it is the operator who named it."""
    rows = await house.database.call("organizations")
    found = next((UUID(str(row["id"])) for row in rows if row["slug"] == slug), None)
    if found is None:
        raise SettingsError(f"there is no organization {slug[:40]!r}")
    return found


async def set_host(house: House, slug: str, host: str | None) -> None:
    """Name the host under which an Organization signs in without its slug; None takes it away.

    The operator's, not a verb of the contract: a company could claim another's name by it.
    Raises SettingsError.
    """
    host = host.strip().lower() if host else None
    if host is not None and not _HOST.fullmatch(host):
        raise SettingsError("Write the name of a host, such as wuye.example.com: no scheme, no port.")
    found = await named(house, slug)
    try:
        async with system_unit(house, found) as unit:
            company: Any = await Organization.filter(id=found).select_for_update().get()
            before = await unit.change(company, host=host)
            unit.audit("organization.host", before, company, actor="operator")
    except UniqueViolation:
        raise SettingsError(f"Another organization has the host {host}. Take it away there first.") from None
