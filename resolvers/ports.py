"""The house's tools, wired once by server.py and handed to every use-case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from adapters.trace import NoTracer
from resolvers.status import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from adapters.broker import Broker
    from adapters.clock import Clock
    from adapters.counter import Counters
    from adapters.database import Database
    from adapters.identity import Identity, Passwords, Signer
    from adapters.outside import Outside
    from adapters.seat import Seats
    from adapters.settings import Settings
    from adapters.storage import Storage
    from adapters.trace import Tracer
    from adapters.vault import Vault
    from models.rules.export import Column
    from models.viewer import Viewer


class Runner(Protocol):
    """Works in the background of a process, from start to stop."""

    async def start(self) -> None:
        """Begin."""
        ...

    async def stop(self) -> None:
        """End; what is under way is finished or taken up again by the next one."""
        ...


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
    counters: Counters
    seats: Seats
    outside: Outside
    watch: Watch = field(default_factory=Watch)
    tracer: Tracer = field(default_factory=NoTracer)


@dataclass(frozen=True)
class ListPage:
    """Rows of a list, one value a column; `after` leads to the next page, None at the end."""

    rows: Sequence[Sequence[Any]]
    after: str | None


class Listing(Protocol):
    """A document that reads one list, ready to be read page after page."""

    columns: Sequence[Column]
    property_id: UUID | None  # of which Property the list is, when it is of one

    async def page(self, viewer: Viewer, after: str | None) -> ListPage:
        """The next page as `viewer` sees it now. Raises Refusal when a field is refused."""
        ...


class Documents(Protocol):
    """What a use-case needs of the contract above it: reading a list by a client's own document."""

    def listing(self, document: str, variables: Mapping[str, Any], viewer: Viewer, locale: str) -> Listing:
        """Check the document as any query is checked, and that it reads one list. Raises Refusal BAD_USER_INPUT."""
        ...
