"""What a unit of work does on PostgreSQL: statements on its transaction's connection."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from adapters.database.base import Row, door_call
from adapters.database.postgres.insert import insert_few, insert_many

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FEW = 4  # rows of which each value is a parameter of its own; arrays are for many


class PostgresTransaction:
    """Statements on the transaction's connection."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def run(self, sql: str) -> None:
        """Run a statement that returns nothing."""
        await self.client._connection.execute(sql)  # noqa: SLF001 - as below

    async def read(self, sql: str, args: Sequence[Any]) -> list[Row]:
        """A connection takes one statement at a time: reads of a held transaction queue."""
        async with self.client.acquire_connection() as connection:
            rows: list[Row] = await connection.fetch(sql, *args)
            return rows

    async def write(self, sql: str, *args: Any) -> None:
        """In front of the next statement."""
        await self.client._connection.later(sql, *args)  # noqa: SLF001 - as below

    async def settle(self) -> None:
        """Wait for what was written."""
        await self.client._connection.settle()  # noqa: SLF001 - as below

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        """Run a statement that returns rows."""
        rows: list[Row] = await self.client._connection.fetch(sql, *args)  # noqa: SLF001 - Tortoise would turn rows into dicts
        return rows

    async def call(self, door: str, *args: Any) -> list[Row]:
        """Run a door inside this transaction."""
        return await self.fetch(door_call(door, "postgres"), *args)

    async def insert(
        self, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]], tail: str = ""
    ) -> list[Row]:
        """One array a column: the text is the same for any number of rows. Few are sent as they are."""
        if len(rows) > FEW:
            return await self.fetch(insert_many(table, columns, tail), *zip(*rows, strict=True))
        sql = insert_few(table, columns, len(rows), tail)
        if tail:
            return await self.fetch(sql, *chain.from_iterable(rows))
        await self.write(sql, *chain.from_iterable(rows))
        return []
