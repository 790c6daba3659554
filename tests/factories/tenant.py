"""Names for what is in the world."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from schema.base import encode

if TYPE_CHECKING:
    from uuid import UUID

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECRET = "device-secret"
PERSONAL_DATA_KEY = "test key of personal data, 32 characters"


@dataclass
class Tenant:
    """One company. `keys` and `ids` name its rows: home, away, building, entrance, unit0.., resident, tech1, gate0 …"""

    slug: str
    keys: dict[str, UUID] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def id(self, name: str) -> str:
        """The node id of a row."""
        return encode(self.types[name], self.keys[name])

    def token(self, login: str) -> str:
        """The token of an account's session."""
        return f"{self.slug}-{login}"

    @property
    def device_token(self) -> str:
        """What the gates' device signs in with."""
        return f"{self.keys['device'].hex}.{SECRET}"


@dataclass
class World:
    """Both companies."""

    acme: Tenant
    rival: Tenant
