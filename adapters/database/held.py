"""A held transaction: one over everything that an operation writes and reads, opened by its first write.

Inside `Database.holding()` each transaction of a use-case is a savepoint of it, and reads see what was written; nothing
is committed before whoever holds it says `commit`. It lives in a task of its own, because it is opened deep inside an
operation and closed outside of it, in other tasks with other contexts.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from tortoise.connection import get_connections

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from adapters.database.base import Transaction

    Opening = Callable[[UUID | None], AbstractAsyncContextManager["Transaction"]]
    First = Callable[[Transaction], Awaitable[None]]


class _Undone(Exception):
    """Rolls the transaction back: its holder does not want it."""


class Held:
    """The transaction, not open yet. `done` counts the transactions of use-cases that ended well inside it.

    `left` is for what those have still to write: the holder does it before `commit`. `after` is done outside, however
    it ended.
    """

    def __init__(self, opening: Opening, first: First) -> None:
        self._opening = opening
        self._first = first
        self._task: asyncio.Task[None] | None = None
        self._opened: asyncio.Future[Transaction] | None = None
        self._verdict: asyncio.Future[bool] | None = None
        self.tx: Transaction | None = None  # while it is open
        self.done = 0
        self.left: list[Any] = []
        self.after: list[Callable[[], Awaitable[Any]]] = []

    async def open(self, organization_id: UUID | None) -> Transaction:
        """Begin, with the holder's first statement, unless that is done. Raises what that raises."""
        if self._opened is None:
            loop = asyncio.get_running_loop()
            self._opened, self._verdict = loop.create_future(), loop.create_future()
            self._task = asyncio.create_task(self._keep(organization_id, self._opened, self._verdict))
        return await asyncio.shield(self._opened)

    @asynccontextmanager
    async def joined(self, organization_id: UUID | None) -> AsyncIterator[Transaction]:
        """A use-case's transaction, as a savepoint."""
        tx = await self.open(organization_id)
        client: Any = tx.client
        token = get_connections().set(client.connection_name, client)
        try:
            await tx.run("SAVEPOINT inside")
            try:
                yield tx
                await tx.settle()
            except TimeoutError:  # of a statement: nobody is there to go back
                raise
            except BaseException:
                with suppress(Exception):  # whoever cannot go back cannot commit either
                    await tx.run("ROLLBACK TO inside")
                raise
            await tx.run("RELEASE inside")
            self.done += 1
        finally:
            get_connections().reset(token)

    async def commit(self) -> None:
        """Keep what was done. Raises DatabaseUnavailable when that cannot be said."""
        await self._end(keep=True)

    async def drop(self) -> None:
        """Undo everything, if it is open still."""
        await self._end(keep=False)

    async def _end(self, *, keep: bool) -> None:
        if self._task is None or self._verdict is None:
            return
        if not self._verdict.done():
            self._verdict.set_result(keep)
        task, self._task = self._task, None
        await asyncio.shield(task)

    async def _keep(
        self, organization_id: UUID | None, opened: asyncio.Future[Transaction], verdict: asyncio.Future[bool]
    ) -> None:
        try:
            async with self._opening(organization_id) as tx:
                await self._first(tx)
                self.tx = tx
                opened.set_result(tx)
                try:
                    if not await verdict:
                        raise _Undone
                finally:
                    self.tx = None
        except _Undone:
            pass
        except BaseException as error:
            if opened.done():
                raise
            opened.set_exception(error)
            opened.exception()  # seen, also when whoever wanted it has left


_held: ContextVar[Held | None] = ContextVar("held", default=None)


def current_held() -> Held | None:
    """The held transaction of the operation under way."""
    return _held.get()


@asynccontextmanager
async def holding(opening: Opening, first: First) -> AsyncIterator[Held]:
    """Hold one transaction over what is done inside; it is undone at the end unless it was committed."""
    held = Held(opening, first)
    token = _held.set(held)
    try:
        yield held
    finally:
        _held.reset(token)
        await held.drop()
        for rest in held.after:
            await rest()
