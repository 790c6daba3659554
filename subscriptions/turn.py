"""Turns: of a crowd that comes at once a few begin at a time, in their order, and others are served in between."""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """At most `few` begin in a turn of the loop. Who waits costs nothing but its place."""

    def __init__(self, few: int) -> None:
        self._few = few
        self._begun = 0  # in this turn of the loop
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._next: asyncio.Handle | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    async def mine(self) -> None:
        """Wait for it."""
        if self._begun < self._few and not self._waiting:
            self._begin()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _begin(self) -> None:
        self._begun += 1
        if self._next is None:
            self._next = asyncio.get_running_loop().call_soon(self._pass)

    def _pass(self) -> None:
        """The loop has come round: as many again."""
        self._next, self._begun = None, 0
        while self._waiting and self._begun < self._few:
            turn = self._waiting.popleft()
            if not turn.done():
                self._begin()
                turn.set_result(None)
