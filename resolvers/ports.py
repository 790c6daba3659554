"""The house's tools, wired once by server.py and handed to every use-case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.broker import Broker
    from adapters.clock import Clock
    from adapters.database import Database
    from adapters.identity import Identity, Passwords, Signer
    from adapters.settings import Settings
    from adapters.storage import Storage
    from adapters.vault import Vault


@dataclass(frozen=True)
class House:
    """Every adapter that a use-case may need."""

    settings: Settings
    clock: Clock
    identity: Identity
    passwords: Passwords
    signer: Signer
    database: Database
    broker: Broker
    storage: Storage
    vault: Vault
