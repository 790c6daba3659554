"""What the live transports need of the floors above; server.py hands it in."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

import orjson

from models.origin import Origin
from models.rules.attempt import network

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from models.predicate import Predicate
    from models.viewer import Viewer
    from subscriptions.event import Entry
    from subscriptions.feed import Feed


NOWHERE = Origin()


class Request(NamedTuple):
    """A GraphQL request as any transport receives it."""

    query: str
    variables: Mapping[str, Any] = MappingProxyType({})
    operation_name: str | None = None
    idempotency_key: str | None = None  # of a mutation; elsewhere it says nothing
    explain: bool = False  # the answer says how it was read


class Caller(NamedTuple):
    """Who asks, in which language, with which token (kept to ask again whether it still holds), and from where."""

    viewer: Viewer | None
    locale: str = "zh"
    token: str | None = None
    origin: Origin = NOWHERE

    @property
    def user(self) -> str:
        """Whose sockets and event streams are counted together: an account, a program; of nobody the address."""
        return network(self.origin.address or "nowhere") if self.viewer is None else self.viewer.bucket


class RequestRefused(Exception):
    """The request or its document is refused before execution: `errors` are GraphQL errors, `status` is for HTTP."""

    def __init__(self, errors: list[dict[str, Any]], status: int = 400) -> None:
        super().__init__(errors)
        self.errors = errors
        self.status = status


Batch = dict[Any, Any]
"""What the executions of some events read together; whoever executes keeps in it what it likes, nobody else looks."""


@dataclass(frozen=True)
class Sharing:
    """Who has an equal `key` reads the same of an event, but for the rows that its scopes do not show.

    `scope` is that of the event's subject, `others` are those of the rows that it points at, by their types.
    """

    key: Hashable
    scope: Predicate
    others: tuple[tuple[str, Predicate], ...] = ()


@dataclass(frozen=True, slots=True)
class Rendering:
    """An event as many share it: `content` is for those whose scope finds `row`, the subject as it was read.

    `row` is None where there is none: the document does not ask for it, or it is gone. Then all get `content`.
    `others` are rows that it points at, with their types: `content` is for those whose scopes find these too.
    """

    content: bytes
    row: Mapping[str, Any] | None
    others: tuple[tuple[str, Mapping[str, Any]], ...] = ()


class Operation(Protocol):
    """One compiled operation of one caller."""

    kind: Literal["query", "mutation", "subscription"]
    replayed: bool  # after `run`: the answer is the one kept under the idempotency key

    async def run(self) -> bytes:
        """Execute a query or mutation: the JSON of the whole result."""
        ...

    async def feed(self) -> Feed:
        """The description of a subscription's stream. Raises RequestRefused; Refusal TIMEOUT: ask again."""
        ...

    @property
    def sharing(self) -> Sharing | None:
        """With whom its events are shared; None: with nobody."""
        ...

    async def render(self, entry: Entry) -> bytes:
        """One event as the JSON of an execution result, for this viewer alone."""
        ...

    async def share(self, entry: Entry, batch: Batch) -> Rendering:
        """One event for all who share; executions with the same `batch` at the same time read together."""
        ...

    async def unseen(self, entry: Entry) -> bytes:
        """The event for those who share and do not see its subject: it is null."""
        ...


async def run_marked(operation: Operation) -> bytes:
    """Run it; where no header can say so, `extensions.idempotencyReplayed` marks an answer that was kept."""
    answer = await operation.run()
    if not operation.replayed:
        return answer
    result = orjson.loads(answer)
    return orjson.dumps({**result, "extensions": {**result.get("extensions", {}), "idempotencyReplayed": True}})


class Watcher(Protocol):
    """Who wants to know when rights may have changed."""

    def stirred(self) -> None:
        """They may have: ask again. Told once for each `Rights.watch`."""
        ...


class Rights(Protocol):
    """Whom a token stands for, and when to ask again."""

    async def __call__(self, token: str) -> Viewer | None:
        """The viewer as of now; None when the token does not hold (any more). Raises DatabaseUnavailable."""
        ...

    def watch(self, watcher: Watcher, viewer: Viewer) -> None:
        """Tell it, in a later turn of the loop, as soon as the viewer may hold no more."""
        ...

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no more; it need not be watching."""
        ...


class Admit(Protocol):
    """Let a request in: count it, parse, limit, validate. Raises RequestRefused."""

    async def __call__(self, body: object, caller: Caller) -> Operation:
        """The operation of a decoded JSON value."""
        ...


class Stranger(Protocol):
    """Count a token that does not hold, against where it comes from. Raises RequestRefused after too many."""

    async def __call__(self, origin: Origin, locale: str) -> None:
        """Once for each."""
        ...


class Explain(Protocol):
    """A refusal as a GraphQL error in the caller's language."""

    def __call__(self, error: Exception, locale: str) -> dict[str, Any]:
        """Message and extensions.code."""
        ...


@dataclass(frozen=True)
class Ports:
    """The four together."""

    rights: Rights
    stranger: Stranger
    admit: Admit
    explain: Explain
