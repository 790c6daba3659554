"""The database port: one set of reads, one kind of transaction, two real implementations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.database.base import (
    Database,
    DatabaseBusy,
    DatabaseUnavailable,
    Row,
    Transaction,
    UniqueViolation,
    ask_door,
)
from adapters.database.held import Held

if TYPE_CHECKING:
    from adapters.settings import Settings

__all__ = [
    "Database",
    "DatabaseBusy",
    "DatabaseUnavailable",
    "Held",
    "Row",
    "Transaction",
    "UniqueViolation",
    "ask_door",
    "make_database",
]


def make_database(settings: Settings) -> Database:
    """The implementation that DATABASE_URL names; not connected yet."""
    if settings.on_sqlite:
        from adapters.database.sqlite import SqliteDatabase

        return SqliteDatabase(settings.sqlite_path)
    from adapters.database.postgres import PostgresDatabase

    return PostgresDatabase(settings.database_url, settings.limits.statement_seconds)
