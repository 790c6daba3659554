"""One connection to PostgreSQL that takes many reads at a time: the extended protocol, pipelined.

A driver sends a statement and waits for its rows: for a short one the two processes spend more on waking each other
than on the work. Here the reads of many requests go out as one message and come back as one, in one transaction of
the server's (docs/decisions/0024-pipelined-reads.md has the figures). Texts stay the bytes that the server sent.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from time import perf_counter
from typing import TYPE_CHECKING, Any

import asyncpg

from adapters.database.postgres.message import (
    EXECUTE,
    SYNC,
    TERMINATE,
    bind,
    close,
    describe,
    error_fields,
    parse,
)
from adapters.database.postgres.text import decoder, encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

MOST_STATEMENTS = 500  # prepared on one connection; the one used longest ago goes first
SET = "SELECT set_config('app.organization', $1, false)"

_STALE = ("0A000", "26000")  # its tables have changed since it was prepared; it is not known there


class Read:
    """One statement with its values, and the rows that came."""

    __slots__ = ("again", "found", "organization_id", "rows", "sql", "statement", "values")

    def __init__(self, sql: str, values: Sequence[Any], organization_id: UUID | None, found: Any) -> None:
        """`found` is a future that is given the rows: tuples, the first column as bytes, the others as Python's.

        Raises TypeError, UnicodeEncodeError for values that cannot be sent: here, so that no batch meets them.
        """
        self.sql = sql
        self.values = [encoded(value) for value in values]
        self.organization_id = organization_id
        self.found: asyncio.Future[list[tuple[Any, ...]]] = found
        self.rows: list[tuple[Any, ...]] = []
        self.statement: _Statement | None = None
        self.again = False

    def done(self) -> None:
        """Its rows are all there."""
        if not self.found.done():
            self.found.set_result(self.rows)

    def fail(self, error: Exception) -> None:
        """There will be none."""
        if not self.found.done():
            self.found.set_exception(error)


class _Statement:
    """Prepared under a name; what its columns are, as soon as the server has said it."""

    __slots__ = ("decoders", "name")

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.decoders: list[Callable[[bytes], Any] | None] | None = None


class Wire(asyncio.Protocol):
    """Sends one batch after the other; `ready` is called when one is done, with the reads that are to be sent again.

    It takes a connection over from asyncpg, which has signed in, and ends with it.
    """

    def __init__(self, connection: asyncpg.Connection, ready: Callable[[Wire, list[Read]], None]) -> None:
        self.connection = connection  # asyncpg's objects end it
        self._ready = ready
        self._statements: OrderedDict[str, _Statement] = OrderedDict()
        self._names = 0
        self._flight: deque[Read] = deque()
        self._rest = bytearray()
        self.organization_id: UUID | None = connection.organization_id
        self.closed = False
        self.heard = 0.0  # when the server last said something, or was last asked
        self._transport: asyncio.Transport = connection._transport  # noqa: SLF001 - it has no public name
        self._transport.set_protocol(self)

    def send(self, batch: Sequence[Read], now: float) -> None:
        """Ask these reads, all of one Organization; `now` is perf_counter's. The batch before must be done."""
        out: list[bytes] = []
        self.heard = now
        if batch[0].organization_id != self.organization_id:
            self._belong(batch[0].organization_id, out)
        for read in batch:
            self._ask(read, out)
        out.append(SYNC)
        self._transport.write(b"".join(out))

    def _belong(self, organization_id: UUID | None, out: list[bytes]) -> None:
        """Row-level security shows the rows of one Organization. The reads that follow fail if this does."""
        nobody = asyncio.get_running_loop().create_future()
        nobody.cancel()  # waits for it
        setting = Read(SET, [str(organization_id or "")], organization_id, nobody)
        self.organization_id = organization_id
        self._ask(setting, out)

    def _ask(self, read: Read, out: list[bytes]) -> None:
        statement = self._statements.get(read.sql)
        if statement is None:
            statement = self._prepare(read.sql, out)
        else:
            self._statements.move_to_end(read.sql)
        read.statement = statement
        out += (bind(statement.name, read.values), EXECUTE)
        self._flight.append(read)

    def _prepare(self, sql: str, out: list[bytes]) -> _Statement:
        if len(self._statements) >= MOST_STATEMENTS:
            _, oldest = self._statements.popitem(last=False)
            out.append(close(oldest.name))
        self._names += 1
        statement = self._statements[sql] = _Statement(b"w%d\0" % self._names)
        out += (parse(statement.name, sql), describe(statement.name))
        return statement

    def data_received(self, data: bytes) -> None:
        """asyncio.Protocol."""
        self.heard = perf_counter()
        if self._rest:
            self._rest += data
            if len(self._rest) < 5 or len(self._rest) <= int.from_bytes(self._rest[1:5]):
                return
            data = bytes(self._rest)
        at, end = 0, len(data)
        while at + 5 <= end:
            after = at + 1 + int.from_bytes(data[at + 1 : at + 5])
            if after > end:
                break
            kind = data[at]
            if kind == 68:  # D: a row, which most messages are
                read = self._flight[0]
                try:
                    read.rows.append(_row(data, at + 5, read.statement.decoders))  # type: ignore[union-attr, arg-type]
                except ValueError as error:  # no value of Python's: the others of its batch are none the worse
                    read.fail(error)
            elif kind == 67:  # C: all rows of a statement
                self._flight.popleft().done()
            else:
                self._said(kind, data[at + 5 : after])
            at = after
        self._rest = bytearray(data[at:]) if at < end else bytearray()

    def _said(self, kind: int, body: bytes) -> None:
        """What is neither a row nor an end of rows."""
        match chr(kind):
            case "T":
                self._flight[0].statement.decoders = _columns(body)  # type: ignore[union-attr]
            case "E":
                self._failed(error_fields(body))
            case "Z":
                left, self._flight = list(self._flight), deque()
                for read in left:
                    read.rows = []
                self._ready(self, left)

    def _failed(self, fields: dict[str, str]) -> None:
        """One statement failed: the server passes over the rest of the batch, which is asked again."""
        self.organization_id = _UNKNOWN  # a change of it that stood in the same transaction is undone
        for sql, statement in list(self._statements.items()):
            if statement.decoders is None:  # passed over, too
                del self._statements[sql]
        if not self._flight:
            return  # of the connection: it ends
        read = self._flight.popleft()
        if fields.get("C") in _STALE and not read.again:
            self._statements.pop(read.sql, None)
            read.again, read.rows = True, []
            self._flight.append(read)
        elif read.sql is SET:
            self.connection_lost(None)  # whose rows the others would see is not known
        else:
            read.fail(asyncpg.PostgresError.new(fields, query=read.sql))

    def connection_lost(self, _exc: Exception | None) -> None:
        """asyncio.Protocol: whoever waits is told."""
        if self.closed:
            return
        self.closed = True
        left, self._flight = self._flight, deque()
        for read in left:
            read.fail(asyncpg.ConnectionDoesNotExistError("the connection was closed in the middle of a read"))
        self.connection.terminate()
        self._ready(self, [])

    def close(self) -> None:
        """Say good-bye and end it."""
        if not self.closed:
            self._transport.write(TERMINATE)
            self.connection_lost(None)


_UNKNOWN: Any = object()


def _row(data: bytes, at: int, decoders: Sequence[Callable[[bytes], Any] | None]) -> tuple[Any, ...]:
    """DataRow: how many columns, and of each its length (-1: null) and its text."""
    at += 2
    columns: list[Any] = []
    for decode in decoders:
        size = int.from_bytes(data[at : at + 4])
        at += 4
        if size == 0xFFFFFFFF:
            columns.append(None)
            continue
        text = data[at : at + size]
        columns.append(text if decode is None else decode(text))
        at += size
    return tuple(columns)


def _columns(body: bytes) -> list[Callable[[bytes], Any] | None]:
    """RowDescription: the first column stays as it is, the others by their types."""
    at, decoders = 2, []
    for _ in range(int.from_bytes(body[:2])):
        at = body.index(0, at) + 1
        decoders.append(decoder(int.from_bytes(body[at + 6 : at + 10])))
        at += 18
    return [None, *decoders[1:]]
