"""Pings: one timer for all sockets of a process, so that one that is silent costs an entry and no task."""

from __future__ import annotations

import asyncio
import logging
from itertools import islice, takewhile
from typing import Protocol

logger = logging.getLogger("wuye.websocket")
AT_ONCE = 100
"""Sockets in one turn of the loop: many that came together are pinged together."""


class Pulsed(Protocol):
    """A socket."""

    def beat(self) -> None:
        """It is time for a ping: send it, and say so by `Pulse.asked`."""
        ...

    def fade(self) -> None:
        """The last ping was not answered in time."""
        ...


class Pulse:
    """A ping `period` seconds after a socket came, or after it answered the last one; `grace` seconds to answer it.

    All wait equally long, so each of the two dicts is in the order in which its sockets are due.
    """

    def __init__(self, period: float, grace: float) -> None:
        self._period = period
        self._grace = grace
        self._resting: dict[Pulsed, float] = {}
        self._asked: dict[Pulsed, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._wakes = 0.0  # when it rings, for uvloop's cannot say so where it rings at once

    def add(self, socket: Pulsed) -> None:
        """From now on."""
        self._resting[socket] = asyncio.get_running_loop().time() + self._period
        self._arm()

    def asked(self, socket: Pulsed) -> None:
        """It has been sent a ping."""
        self._asked[socket] = asyncio.get_running_loop().time() + self._grace
        self._arm()

    def answered(self, socket: Pulsed) -> None:
        """It sent a pong, asked or not."""
        if self._asked.pop(socket, None) is not None:
            self.add(socket)

    def remove(self, socket: Pulsed) -> None:
        """No more."""
        self._resting.pop(socket, None)
        self._asked.pop(socket, None)
        if not self._resting and not self._asked and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        """Be woken when the next one is due, or before."""
        due = min((next(iter(some.values())) for some in (self._resting, self._asked) if some), default=None)
        if due is None or (self._timer is not None and self._wakes <= due):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._wakes = asyncio.get_running_loop().call_at(due, self._turn), due

    def _turn(self) -> None:
        self._timer = None
        for socket in _due(self._asked):
            del self._asked[socket]
            socket.fade()
        for socket in _due(self._resting):
            del self._resting[socket]
            try:
                socket.beat()
            except Exception:
                logger.exception("a ping failed: its socket is closed, the others go on")
                socket.fade()
        self._arm()


def _due(waiting: dict[Pulsed, float]) -> list[Pulsed]:
    now = asyncio.get_running_loop().time()
    return [socket for socket, _ in takewhile(lambda one: one[1] <= now, islice(waiting.items(), AT_ONCE))]
