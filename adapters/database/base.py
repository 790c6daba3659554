"""What the house asks of a database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tortoise import Tortoise
from tortoise.exceptions import IntegrityError

from adapters.database.held import current_held, holding
from models.door import DOORS
from models.errors import ErrorCode, Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from adapters.database.held import Held
    from models.predicate.sql import Dialect

    Row = Mapping[str, Any]
else:
    Row = dict

__all__ = ["Database", "DatabaseUnavailable", "PoolUse", "Row", "Transaction", "UniqueViolation"]


@dataclass(frozen=True, slots=True)
class PoolUse:
    """How the connections of this process are used; with SQLite its readers."""

    size: int
    open: int
    busy: int
    waiting: int


class DatabaseUnavailable(Exception):
    """The database does not answer; the client is told SERVICE_UNAVAILABLE and may try again."""


class DatabaseBusy(DatabaseUnavailable):
    """It answers others: a statement of ours was cut off by its time, though nobody's input made it long."""


class UniqueViolation(Exception):
    """A unique key refused the write."""


class Transaction(Protocol):
    """Statements inside one write transaction; Tortoise's models join it by themselves."""

    @property
    def client(self) -> Any:
        """Tortoise's side of it."""
        ...

    async def run(self, sql: str) -> None:
        """Run a statement that returns nothing."""
        ...

    async def write(self, sql: str, *args: Any) -> None:
        """Run a statement that returns nothing; what it fails by is raised by a later one, or by `settle`."""
        ...

    async def settle(self) -> None:
        """Wait for what `write` and `insert` were given."""
        ...

    async def read(self, sql: str, args: Sequence[Any]) -> list[Row]:
        """As `fetch`, for reads of which several may be under way at once."""
        ...

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """Run a statement that returns rows."""
        ...

    async def call(self, door: str, *args: Any) -> list[Row]:
        """Run a door inside this transaction."""
        ...

    async def insert(
        self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], tail: str = ""
    ) -> list[Row]:
        """Add many rows in one statement, in their order; `columns` gives PostgreSQL's type of each.

        `tail` is what follows: ON CONFLICT, RETURNING.
        """
        ...


class Database(Protocol):
    """Reads with connections of their own, and write transactions, each for one Organization."""

    dialect: Dialect

    async def connect(self) -> None:
        """Open the pools and bind the models. Raises DatabaseUnavailable."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...

    def use(self) -> PoolUse:
        """How busy the connections are."""
        ...

    async def fetch(self, sql: str, args: Sequence[Any], organization_id: UUID) -> list[Row]:
        """Read rows as the Organization. Raises DatabaseUnavailable."""
        ...

    async def written(self, sql: str, args: Sequence[Any], organization_id: UUID) -> Sequence[Sequence[Any]]:
        """As `fetch`, of rows whose first column is a text that goes into an answer: str, or bytes of UTF-8."""
        ...

    async def call(self, door: str, *args: Any) -> list[Row]:
        """Run a door (models/door/) outside any Organization."""
        ...

    def transaction(self, organization_id: UUID | None) -> AbstractAsyncContextManager[Transaction]:
        """A write transaction as the Organization; None sees only what has no Organization (jobs)."""
        ...

    def holding(self, first: Callable[[Transaction], Awaitable[None]]) -> AbstractAsyncContextManager[Held]:
        """One transaction over everything done inside, opened by the first write after the statement `first`."""
        ...

    @property
    def held(self) -> Held | None:
        """The one that the operation under way runs in."""
        ...

    async def append_events(self, tx: Transaction, stream: UUID, organization_id: UUID, events: list[Any]) -> int:
        """Give `events` (JSON-ready dicts) the next positions of `stream`, as the last act of `tx`; the new head."""
        ...

    async def append_to_streams(
        self, tx: Transaction, organization_id: UUID, by_stream: Mapping[UUID, list[Any]]
    ) -> dict[UUID, int]:
        """As `append_events` to several streams, whose counters are taken in the order of their ids; the new heads."""
        ...

    async def ahead(self, at: datetime) -> None:
        """Make storage ready for the coming months (partitions on PostgreSQL)."""
        ...

    def value(self, kind: str, raw: Any) -> Any:
        """A raw column value as Python's: `kind` is the name of the Tortoise field's class."""
        ...


class Holding(ABC):
    """What both databases do alike about a held transaction."""

    def holding(self, first: Callable[[Transaction], Awaitable[None]]) -> AbstractAsyncContextManager[Held]:
        """One transaction over everything done inside."""
        return holding(self._own_transaction, first)

    @property
    def held(self) -> Held | None:
        """The one that the operation under way runs in."""
        return current_held()

    def transaction(self, organization_id: UUID | None) -> AbstractAsyncContextManager[Transaction]:
        """A write transaction, or a part of the held one."""
        held = current_held()
        return self._own_transaction(organization_id) if held is None else self._part(held, organization_id)

    @asynccontextmanager
    async def _part(self, held: Held, organization_id: UUID | None) -> AsyncIterator[Transaction]:
        with self._mapped():
            async with held.joined(organization_id) as tx:
                yield tx

    @staticmethod
    def _held_transaction() -> Transaction | None:
        held = current_held()
        return None if held is None else held.tx

    async def append_to_streams(
        self, tx: Transaction, organization_id: UUID, by_stream: Mapping[UUID, list[Any]]
    ) -> dict[UUID, int]:
        """One stream after the other: where the database is in this process."""
        return {
            stream: await self.append_events(tx, stream, organization_id, by_stream[stream])
            for stream in sorted(by_stream)
        }

    @abstractmethod
    async def append_events(self, tx: Transaction, stream: UUID, organization_id: UUID, events: list[Any]) -> int:
        """Positions in one stream."""

    @abstractmethod
    def _own_transaction(self, organization_id: UUID | None) -> AbstractAsyncContextManager[Transaction]:
        """One that nobody holds."""

    @abstractmethod
    def _mapped(self) -> AbstractContextManager[None]:
        """The drivers' errors as ours."""


async def ask_door(database: Database, name: str, *args: Any) -> list[Row]:
    """As `call`, of what the house itself asks. Raises DatabaseBusy when it took too long, DatabaseUnavailable."""
    try:
        return await database.call(name, *args)
    except Refusal as refusal:
        if refusal.code is not ErrorCode.TIMEOUT:
            raise
        raise DatabaseBusy(f"{name} takes too long to read") from refusal


def door_call(name: str, dialect: Dialect) -> str:
    """The text that runs a door."""
    door = DOORS[name]
    if dialect == "sqlite":
        return door.text("sqlite")
    marks = ", ".join(f"${n}" for n in range(1, len(door.arguments) + 1))
    return f"SELECT * FROM door_{name}({marks})"


async def bind_models(connection: str, engine: str, credentials: dict[str, Any]) -> None:
    """Bind Tortoise's models to one connection. Each dialect has a connection name of its own (traps.md)."""
    await Tortoise.init(
        config={
            "connections": {connection: {"engine": engine, "credentials": credentials}},
            "apps": {"models": {"models": ["models"], "default_connection": connection}},
            "use_tz": True,
            "timezone": "UTC",
        },
        _enable_global_fallback=True,
    )


def refused(error: IntegrityError) -> Exception:
    """Map the drivers' integrity errors in one place: SQLite has only text, PostgreSQL a class behind it."""
    cause = error.__cause__ or error
    unique = type(cause).__name__ == "UniqueViolationError" or "UNIQUE constraint" in str(error)
    return UniqueViolation(str(error)[:200]) if unique else error
