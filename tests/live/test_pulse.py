"""One timer pings all sockets of a process, and closes those that do not answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
import uvloop

from subscriptions.websocket.pulse import AT_ONCE, Pulse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MANY = 2 * AT_ONCE + 50
SECONDS = 15.0


class Socket:
    """Answers every ping at once, none, or fails to send one."""

    def __init__(self, pulse: Pulse, *, answers: bool = True, fails: bool = False) -> None:
        self._pulse, self._answers, self._fails = pulse, answers, fails
        self.beats, self.faded = 0, 0

    def beat(self) -> None:
        """Implements Pulsed."""
        if self._fails:
            raise OSError("it failed")
        self.beats += 1
        self._pulse.asked(self)
        if self._answers:
            self._pulse.answered(self)

    def fade(self) -> None:
        """Implements Pulsed."""
        self.faded += 1


async def until(done: Callable[[], bool]) -> None:
    """Wait for it."""
    async with asyncio.timeout(SECONDS):
        while not done():  # noqa: ASYNC110 - there is no event for all
            await asyncio.sleep(0.001)


def beaten(sockets: Iterable[Socket]) -> int:
    """The least that any of them was."""
    return min(socket.beats for socket in sockets)


async def pings(period: float) -> None:
    pulse = Pulse(period, 0.02)
    answering = [Socket(pulse) for _ in range(MANY)]
    silent, failing, gone = Socket(pulse, answers=False), Socket(pulse, fails=True), Socket(pulse)
    for socket in (failing, *answering, gone, silent):
        pulse.add(socket)
    pulse.remove(gone)
    await until(lambda: beaten(answering) >= 3 and silent.faded > 0 and failing.faded > 0)
    assert (silent.beats, silent.faded, failing.faded, gone.beats) == (1, 1, 1, 0)
    assert sum(socket.faded for socket in answering) == 0
    for socket in answering:
        pulse.remove(socket)
    counts = [socket.beats for socket in answering]
    late = Socket(pulse)
    pulse.add(late)  # after all have left, it begins anew
    await until(lambda: late.beats > 1)
    assert [socket.beats for socket in answering] == counts


@pytest.mark.parametrize("period", [0.0, 0.005])  # uvloop's timers are of another kind where they ring at once
@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_everybody_is_pinged_and_who_is_silent_fades(
    loop: Callable[[], asyncio.AbstractEventLoop], period: float
) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(pings(period))
