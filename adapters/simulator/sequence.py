"""Sequence numbers of the devices: they grow and never repeat, over restarts and beside a second simulator."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.clock import Clock

BLOCK = 1_000


class Sequences:
    """Hands out numbers of blocks that were reserved in a file before their first number is used.

    A crash skips the rest of a block. A block also starts no earlier than the clock's milliseconds, so that a lost
    file repeats nothing either: the server would take a repeated number for a message that it has.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._next = self._end = 0

    def take(self) -> int:
        """The next number."""
        if self._next == self._end:
            self._reserve()
        number = self._next
        self._next += 1
        return number

    def _reserve(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            kept = os.pread(file, 32, 0).strip()
            now = int(self._clock.now().timestamp() * 1000)
            self._next = max(int(kept) if kept.isdigit() else 0, now)
            self._end = self._next + BLOCK
            os.pwrite(file, b"%020d\n" % self._end, 0)  # of one width: nothing to truncate, nothing to tear
            os.fsync(file)
        finally:
            os.close(file)
