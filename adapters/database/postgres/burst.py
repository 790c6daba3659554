"""Statements of a transaction that nobody waits for: they go out in front of the next one that somebody waits for.

A verb writes a handful of rows whose statements return nothing. Sent one by one each costs a round trip, with the
transaction's locks held; together they cost none. asyncpg sends one statement at a time, so for what comes in front the
connection's bytes are read here, up to the answer that is asyncpg's own (docs/decisions/0026-bursts.md).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import asyncpg

from adapters.database.postgres.message import EXECUTE, SYNC, bind, close, error_fields, parse
from adapters.database.postgres.text import encoded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

MOST_WAITING = 32  # statements; more are not kept waiting
MOST_STATEMENTS = 500  # prepared on one connection; the one used longest ago goes first


class Burst(asyncio.Protocol):
    """Of one connection: takes its bytes from asyncpg's protocol, up to the first that is not ours."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._transport: asyncio.Transport = connection._transport  # noqa: SLF001 - it has no public name
        self._theirs: Any = connection._protocol  # noqa: SLF001
        self._waiting: list[tuple[str, list[bytes | None]]] = []
        self._flight: _Flight | None = None
        self._names: OrderedDict[str, bytes] = OrderedDict()
        self._count = 0
        self._rest = b""

    @property
    def waits(self) -> bool:
        """Whether anything waits."""
        return bool(self._waiting)

    @property
    def full(self) -> bool:
        """Whether what waits should go out now."""
        return len(self._waiting) >= MOST_WAITING

    def later(self, sql: str, values: Sequence[Any]) -> None:
        """Keep a statement for the next send. Raises TypeError, UnicodeEncodeError for values that cannot be sent."""
        self._waiting.append((sql, [encoded(value) for value in values]))

    def drop(self) -> None:
        """Forget what waits: its transaction is undone."""
        self._waiting.clear()

    def send(self) -> _Flight | None:
        """Send what waits; whoever sends the next statement waits for both by `before`. None when nothing waits."""
        if not self._waiting:
            return None
        if self._flight is not None:
            raise asyncpg.InterfaceError("what was sent before has no answer yet")
        flight, out = _Flight(), list[bytes]()
        for sql, values in self._waiting:
            name = self._names.get(sql)
            if name is None:
                name = self._prepare(sql, flight, out)
            else:
                self._names.move_to_end(sql)
            out += (bind(name, values), EXECUTE)
            flight.left.append(sql)
        out.append(SYNC)
        self._waiting.clear()
        self._flight = flight
        self._transport.set_protocol(self)
        self._transport.write(b"".join(out))
        return flight

    def _prepare(self, sql: str, flight: _Flight, out: list[bytes]) -> bytes:
        if len(self._names) >= MOST_STATEMENTS:
            out.append(close(self._names.popitem(last=False)[1]))
        self._count += 1
        name = self._names[sql] = b"b%d\0" % self._count
        flight.prepared.append(sql)
        out.append(parse(name, sql))
        return name

    def data_received(self, data: bytes) -> None:
        """asyncio.Protocol."""
        data, at = self._rest + data, 0
        while at + 5 <= len(data):
            after = at + 1 + int.from_bytes(data[at + 1 : at + 5])
            if after > len(data):
                break
            if self._said(data[at], data[at + 5 : after]):
                self._rest = b""
                self._give_back()
                if after < len(data):
                    self._theirs.data_received(data[after:])
                return
            at = after
        self._rest = data[at:]

    def _said(self, kind: int, body: bytes) -> bool:
        """Take one message of the server's; whether it was the last one of ours."""
        flight = self._flight
        assert flight is not None  # noqa: S101 - bytes come here only then
        match chr(kind):
            case "1":  # parsed
                flight.known += 1
            case "C":  # done
                flight.left.pop(0)
            case "E":  # the rest is passed over, and the transaction is at an end
                flight.error = asyncpg.PostgresError.new(
                    error_fields(body), query=flight.left[0] if flight.left else None
                )
            case "Z":
                for sql in flight.prepared[flight.known :]:
                    self._names.pop(sql, None)
                return True
        return False

    def _give_back(self) -> None:
        self._flight = None
        self._transport.set_protocol(self._theirs)

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio.Protocol: asyncpg tells whoever waits."""
        self._flight = None
        self._theirs.connection_lost(exc)

    def pause_writing(self) -> None:
        """asyncio.Protocol."""
        self._theirs.pause_writing()

    def resume_writing(self) -> None:
        """asyncio.Protocol."""
        self._theirs.resume_writing()


class _Flight:
    """Statements that were sent, and the first failure among them."""

    __slots__ = ("error", "known", "left", "prepared")

    def __init__(self) -> None:
        self.left: list[str] = []
        self.prepared: list[str] = []
        self.known = 0  # of `prepared`, by the server
        self.error: Exception | None = None

    async def before(self, statement: Awaitable[Any]) -> Any:
        """The result of the next statement. Raises what failed in front of it, else what that raises."""
        try:
            result = await statement
        except asyncpg.PostgresError as error:
            if self.error is not None:
                raise self.error from error
            raise
        if self.error is not None:  # such as a COMMIT, which undoes without a word
            raise self.error
        return result
